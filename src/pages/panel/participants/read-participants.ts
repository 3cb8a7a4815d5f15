// All participants of a filter, by name.
import { keepPreviousData, useQuery } from '@tanstack/preact-query';
import type { ListedParticipant } from '../../../protocol/control/participants-api.ts';
import { callPanel } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { nameText } from '../elections/draft/definition.ts';

/** Most participants that are read; a search finds the others. */
const participantsMax = 5_000;
/** Participants in one page of the service. */
const pageParticipants = 200;

type AllParticipants = { readonly participants: readonly ListedParticipant[]; readonly more: boolean };
type Page = { readonly participants: readonly ListedParticipant[]; readonly next: string | null };

export function useAllParticipants(filter: { readonly kind: string; readonly search: string }) {
  return useQuery<AllParticipants, Refused>({
    queryKey: ['elections', 'participants', filter.kind, filter.search],
    queryFn: ({ signal }) => readAll(filter, signal),
    placeholderData: keepPreviousData,
  });
}

async function readAll(
  { kind, search }: { readonly kind: string; readonly search: string },
  signal: AbortSignal,
): Promise<AllParticipants> {
  const query = new URLSearchParams({ limit: String(pageParticipants) });
  if (kind !== '') query.set('kind', kind);
  if (search !== '') query.set('search', search);
  const participants: ListedParticipant[] = [];
  let next: string | null = null;
  do {
    if (next !== null) query.set('after', next);
    const { data }: { data: Page } = await callPanel<Page>('elections', `/v1/participants?${query}`, { signal });
    participants.push(...data.participants);
    next = data.next;
  } while (next !== null && participants.length < participantsMax);
  const byName = new Intl.Collator('en', { numeric: true });
  return {
    participants: participants.sort((a, b) => byName.compare(nameText(a.name), nameText(b.name))),
    more: next !== null,
  };
}
