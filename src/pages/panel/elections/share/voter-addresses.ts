// The addresses of an election for everyone, below the public address of the voters' page.
import { useQuery } from '@tanstack/preact-query';
import type { Definition } from '../draft/definition.ts';
import { fetchJson } from '../../calls.ts';
import type { Refused } from '../../calls.ts';

export type VoterAddresses = {
  /** null where no one votes online. */
  readonly vote: string | null;
  readonly turnout: string;
  readonly results: string;
};

/** Undefined while they are read; null where the operator has not set the public address. */
export function useVoterAddresses({
  id,
  channels,
}: Pick<Definition, 'id' | 'channels'>): VoterAddresses | null | undefined {
  const { data } = useQuery<{ votersOrigin: string | null }, Refused>({
    queryKey: ['installation'],
    queryFn: async ({ signal }) =>
      (await fetchJson<{ votersOrigin: string | null }>('/api/installation', { signal })).data,
    staleTime: Infinity,
  });
  if (data === undefined) return undefined;
  const { votersOrigin } = data;
  if (votersOrigin === null) return null;
  return {
    vote: channels.includes('online') ? `${votersOrigin}/?election=${id}` : null,
    turnout: `${votersOrigin}/turnout/${id}`,
    results: `${votersOrigin}/results/${id}`,
  };
}
