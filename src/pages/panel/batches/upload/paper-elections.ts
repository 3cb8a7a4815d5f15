// Elections for officials: those that accept paper ballots now, the next one, and the options on their ballots. The
// services decide when a file is complete; this list may be some seconds old.
import { useQuery } from '@tanstack/preact-query';
import type { ElectionPreview, ElectionSummary } from '../../../../protocol/control/elections-api.ts';
import type { PublicElection } from '../../../../protocol/public-document.ts';
import { callPanel } from '../../calls.ts';
import type { Refused } from '../../calls.ts';
import { useRemote } from '../../remote.ts';

/** Most open elections in the list, and most upcoming ones examined to find the next with paper ballots. */
const openMax = 20;
const nextMax = 10;
/** Elections in a list of titles. */
const listedMax = 200;
/** Time between two polls, in milliseconds: elections open and close while a page is open. */
const lookMs = 30_000;

type Listed = { readonly elections: readonly ElectionSummary[] };
export type PaperElections = { readonly open: readonly PublicElection[]; readonly next: PublicElection | null };

/** The elections that accept paper ballots now, and the next one. */
export function usePaperElections() {
  return useQuery<PaperElections, Refused>({
    queryKey: ['elections', 'paper'],
    queryFn: ({ signal }) => readPaperElections(signal),
    refetchInterval: lookMs,
  });
}

async function readPaperElections(signal: AbortSignal): Promise<PaperElections> {
  const list = async (phase: string, limit: number): Promise<readonly ElectionSummary[]> =>
    (await callPanel<Listed>('elections', `/v1/elections?phase=${phase}&limit=${limit}`, { signal })).data.elections;
  const [open, scheduled] = await Promise.all([list('open', openMax), list('scheduled', listedMax)]);
  const taking = await Promise.all(open.map(({ id }) => readElection(id, signal)));
  return { open: taking.filter(takesPaper), next: await firstTaking(scheduled, signal) };
}

async function firstTaking(scheduled: readonly ElectionSummary[], signal: AbortSignal): Promise<PublicElection | null> {
  const soonest = [...scheduled].sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt)).slice(0, nextMax);
  for (const { id } of soonest) {
    const election = await readElection(id, signal);
    if (takesPaper(election)) return election;
  }
  return null;
}

const takesPaper = ({ channels }: PublicElection): boolean => channels.includes('batches');
const readElection = async (id: string, signal: AbortSignal): Promise<PublicElection> =>
  (await callPanel<ElectionPreview>('elections', `/v1/elections/${id}/preview`, { signal })).data.election;

/** One announced election with its contests; null waits. */
export function useElection(electionId: string | null) {
  const preview = useRemote<ElectionPreview>(
    'elections',
    electionId === null ? null : `/v1/elections/${encodeURIComponent(electionId)}/preview`,
  );
  return { ...preview, data: preview.data?.election };
}

/** The newest elections, for a select field. Drafts have no batches. */
export function useElectionList(): readonly ElectionSummary[] {
  const { data } = useRemote<Listed>('elections', `/v1/elections?limit=${listedMax}`);
  return (data?.elections ?? []).filter(({ state }) => state !== 'draft');
}
