// Elections for officials: those that accept paper ballots now, the next one, and the options on their ballots. The
// services decide when a file is complete; this list may be some seconds old.
import { useQuery } from '@tanstack/preact-query';
import type { ElectionPreview, ElectionSummary } from '../../../../protocol/control/elections-api.ts';
import { callPanel } from '../../calls.ts';
import type { Refused } from '../../calls.ts';
import { useRemote } from '../../remote.ts';
import { ownZone } from '../../session/own-zone.ts';

/** Elections in one page of a list. */
const pageElections = 200;
/** Time between two polls, in milliseconds: elections open and close while a page is open. */
const lookMs = 30_000;

type Listed = { readonly elections: readonly ElectionSummary[]; readonly next: string | null };
export type PaperElections = { readonly open: readonly ElectionSummary[]; readonly next: ElectionSummary | null };

/** The elections that accept paper ballots now, and the next one. */
export function usePaperElections() {
  return useQuery<PaperElections, Refused>({
    queryKey: ['elections', 'paper'],
    queryFn: ({ signal }) => readPaperElections(signal),
    refetchInterval: lookMs,
  });
}

async function readPaperElections(signal: AbortSignal): Promise<PaperElections> {
  const [open, scheduled] = await Promise.all([paperElections('open', signal), paperElections('scheduled', signal)]);
  const [next = null] = scheduled.sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt));
  return { open, next };
}

/** All of one phase: the service bounds how many elections are open or upcoming. */
async function paperElections(phase: 'open' | 'scheduled', signal: AbortSignal): Promise<ElectionSummary[]> {
  const path = `/v1/elections?channel=batches&phase=${phase}&limit=${pageElections}`;
  const all: ElectionSummary[] = [];
  for (let next: string | null = ''; next !== null;) {
    const { data }: { data: Listed } = await callPanel<Listed>('elections', path + next, { signal });
    all.push(...data.elections);
    next = data.next === null ? null : `&before=${data.next}`;
  }
  return all;
}

/** One announced election with its contests; null waits. */
export function useElection(electionId: string | null) {
  const preview = useRemote<ElectionPreview>(
    'elections',
    electionId === null ? null : `/v1/elections/${encodeURIComponent(electionId)}/preview`,
  );
  return { ...preview, data: preview.data?.election, manifestHash: preview.data?.manifestHash ?? null };
}

/** For the times of a page; the reader's own where the election cannot be read. */
export const electionZone = ({ data, error }: Pick<ReturnType<typeof useElection>, 'data' | 'error'>): string | null =>
  data?.timeZone ?? (error === null ? null : ownZone);

/** The newest elections, for a select field. Drafts have no batches. */
export function useElectionList(): readonly ElectionSummary[] {
  const { data } = useRemote<Listed>('elections', `/v1/elections?limit=${pageElections}`);
  return (data?.elections ?? []).filter(({ state }) => state !== 'draft');
}
