// Elections by title, for lists that carry IDs.
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { distinctNames } from '../parts/distinct-names.ts';
import { useRemote } from '../remote.ts';
import { titleInEnglish } from '../words.ts';

/** The newest elections whose titles are read; others are named by ID. */
const titlesRead = 200;

/** The title of an election, with its ID where another one has the same title. */
export function useElectionTitles(): (electionId: string) => string {
  const { data } = useRemote<{ readonly elections: readonly ElectionSummary[] }>(
    'elections',
    `/v1/elections?limit=${titlesRead}`,
  );
  const titles = new Map(distinctNames((data?.elections ?? []).map(({ id, title }) => [id, titleInEnglish(title)])));
  return (electionId) => titles.get(electionId) ?? electionId;
}
