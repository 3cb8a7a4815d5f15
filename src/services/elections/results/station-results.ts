// The results of each station of an election: its batches, and the votes on its paper ballots. Pure, like the results.
import type { ContestTotals } from '../../../domain/counting/contest-totals.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { ResultsBody } from '../../../protocol/public-results.ts';

export type CountedStation = {
  readonly files: number;
  /** received = valid + duplicates + invalidNumbers + withdrawn. */
  readonly received: number;
  readonly valid: number;
  readonly missing: number;
  /** By contest id; null where none of its ballots counts. */
  readonly totals: ReadonlyMap<string, ContestTotals> | null;
};
export type CountedStations = ReadonlyMap<string, CountedStation>;

/**
 * In the order of the election; null in an election without stations. Throws `RangeError` if the stations are not
 * together what all batches are.
 */
export function stationResults(
  { paper, contests }: Pick<ElectionDefinition, 'paper' | 'contests'>,
  counted: CountedStations,
  all: ResultsBody['reconciliation']['batches'],
): NonNullable<ResultsBody['stations']> | null {
  const stations = paper?.stations;
  if (stations === undefined) return null;
  const results = stations.map(({ id }) => {
    const { files, received, valid, missing, totals } = counted.get(id) ?? nothing;
    return {
      stationId: id,
      files,
      received,
      valid,
      invalid: received - valid,
      missing,
      contests: contests.map((contest) => votesOf(contest, totals?.get(contest.id), valid)),
    };
  });
  for (const each of ['files', 'received', 'valid', 'missing'] as const) {
    if (results.reduce((sum, station) => sum + station[each], 0) !== all[each])
      throw new RangeError(`the stations have not all ${each} of the batches`);
  }
  return results;
}

const nothing: CountedStation = { files: 0, received: 0, valid: 0, missing: 0, totals: null };

function votesOf(
  { id, options }: ElectionDefinition['contests'][number],
  totals: ContestTotals | undefined,
  ballots: number,
): NonNullable<ResultsBody['stations']>[number]['contests'][number] {
  const { valid, abstained, votes } = totals ?? { valid: 0, abstained: 0, votes: [] };
  if (valid + abstained !== ballots) throw new RangeError(`the ballots of contest ${id} are not those of the station`);
  const byOption = new Map(votes.map((option) => [option.optionId, option.votes]));
  const ordered = [...options].sort((a, b) => a.number - b.number);
  return { contestId: id, valid, abstained, votes: ordered.map((option) => byOption.get(option.id) ?? 0) };
}
