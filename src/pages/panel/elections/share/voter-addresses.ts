// The addresses of an election for everyone, below the public address of the voters' page.
import { useQuery } from '@tanstack/preact-query';
import type { Definition } from '../draft/definition.ts';
import { fetchJson } from '../../calls.ts';
import type { Refused } from '../../calls.ts';

type VoterAddresses = {
  /** null where no one votes online. */
  readonly vote: string | null;
  readonly turnout: string;
  readonly results: string;
};
type Installation = { readonly votersOrigin: string | null };
type Place = Pick<Definition, 'id' | 'channels'>;

export const useInstallation = () =>
  useQuery<Installation, Refused>({
    queryKey: ['installation'],
    queryFn: async ({ signal }) => (await fetchJson<Installation>('/api/installation', { signal })).data,
    staleTime: Infinity,
  });

/** null where the operator has not set the public address. */
export function voterAddresses(votersOrigin: string | null, { id, channels }: Place): VoterAddresses | null {
  if (votersOrigin === null) return null;
  return {
    vote: channels.includes('online') ? `${votersOrigin}/?election=${id}` : null,
    turnout: `${votersOrigin}/turnout/${id}`,
    results: `${votersOrigin}/results/${id}`,
  };
}

/** What a device opens once to be enrolled. Browsers send no fragment, so that the secret reaches no service here. */
export const deviceAddress = (votersOrigin: string, electionId: string, secret: string): string =>
  `${votersOrigin}/?kiosk=1&election=${encodeURIComponent(electionId)}#device=${secret}`;

/** Undefined while they are read; null where the operator has not set the public address. */
export function useVoterAddresses(place: Place): VoterAddresses | null | undefined {
  const { data } = useInstallation();
  return data && voterAddresses(data.votersOrigin, place);
}
