// Counts the ballots in a closed box. Counting stops at a text that is not a canonical ballot of the election, because
// no voter can have cast it. Errors never quote its choices.
import type { ContestTotals } from '../../../domain/counting/contest-totals.ts';
import { createTally } from '../../../domain/counting/tally.ts';
import type { Tally } from '../../../domain/counting/tally.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { readBallots } from '../../../store/tally.ts';
import { createBallotReader } from './ballot-reader.ts';

export type BoxTally = {
  /** Ballots by channel. */
  readonly online: number;
  readonly batches: number;
  /** By contest id. */
  readonly totals: ReadonlyMap<string, ContestTotals>;
  /** Paper ballots by the id of their station, of the stations that have any. */
  readonly stations: ReadonlyMap<string, ReadonlyMap<string, ContestTotals>>;
};

/** Counts a closed box. Throws `BoxOpen` while it is open, and `NotCanonical` for a text that is not a valid ballot. */
export async function tallyBox(
  pool: Pool,
  { id, contests }: Pick<ElectionDefinition, 'id' | 'contests'>,
): Promise<BoxTally> {
  const tally = createTally(contests);
  const read = createBallotReader(contests);
  const stations = new Map<string, Tally>();
  const ballots = { online: 0, batch: 0 };
  await readBallots(pool, id, ({ channel, ballot: text, copies, station }) => {
    const ballot = read(text);
    tally.add(ballot, copies);
    if (station !== null) {
      const ofStation = stations.get(station) ?? createTally(contests);
      stations.set(station, ofStation);
      ofStation.add(ballot, copies);
    }
    ballots[channel] += copies;
  });
  const byStation = new Map([...stations].map(([station, each]) => [station, each.totals()]));
  return { online: ballots.online, batches: ballots.batch, totals: tally.totals(), stations: byStation };
}
