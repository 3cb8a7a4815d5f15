// Puts an opened batch into the box. Two ballots with one cast tag cannot both be in the public log: the second one is left
// out, and the others go on.
import { equalBytes } from '../../domain/record/bytes.ts';
import { decodeEntry } from '../../domain/record/entry.ts';
import { TrackerConflict, depositOnline } from '../../store/box.ts';
import type { Pool } from '../../store/database.ts';
import { castTagClashes, depositLogged } from '../../store/record/deposits.ts';
import type { LoggedBallot } from '../../store/record/deposits.ts';
import type { OpenedBallot } from './open-batch.ts';

/** Slots. `deposited` is null where too few would go without those that clash, so that nothing went. */
export type DepositedBatch = { readonly deposited: readonly string[] | null; readonly clashing: readonly string[] };

/** Throws TrackerConflict where two ballots have one tracker. Nothing of the batch is in the box then. */
export async function depositBatch(
  box: Pool,
  electionId: string,
  opened: readonly OpenedBallot[],
  tooFew: (ballots: number) => boolean,
): Promise<DepositedBatch> {
  const all = slotsOf(opened);
  if (opened.length === 0) return { deposited: [], clashing: [] };
  const logged = opened.flatMap(({ slot, ballot: { tracker, text, entry } }) =>
    entry ? [{ slot, ballot: { tracker, text, entry } }] : [],
  );
  if (logged.length === 0) {
    await depositOnline(
      box,
      electionId,
      opened.map(({ ballot }) => ballot),
    );
    return { deposited: all, clashing: [] };
  }
  const deposit = (some: typeof logged): Promise<number> => depositLogged(box, electionId, some.map(ballotOf));
  try {
    await deposit(logged);
    return { deposited: all, clashing: [] };
  } catch (error) {
    if (!(error instanceof TrackerConflict)) throw error;
    const others = await withoutClashes(box, electionId, logged);
    if (others.length === logged.length) throw error;
    const clashing = slotsOf(logged.filter((each) => !others.includes(each)));
    if (tooFew(others.length)) return { deposited: null, clashing };
    if (others.length > 0) await deposit(others);
    return { deposited: slotsOf(others), clashing };
  }
}

type Logged = { readonly slot: string; readonly ballot: LoggedBallot };
const slotsOf = (ballots: readonly { readonly slot: string }[]): string[] => ballots.map(({ slot }) => slot);
const ballotOf = ({ ballot }: Logged): LoggedBallot => ballot;

/** The ballots whose cast tag no ballot in the box has, and of those with one cast tag the first by tracker. */
async function withoutClashes(box: Pool, electionId: string, logged: readonly Logged[]): Promise<Logged[]> {
  const inBox = await castTagClashes(box, electionId, logged.map(ballotOf));
  const tags = new Set<string>();
  return [...logged]
    .sort((a, b) => Buffer.compare(a.ballot.tracker, b.ballot.tracker))
    .filter(({ ballot: { tracker, entry } }) => {
      if (inBox.some((each) => equalBytes(each, tracker))) return false;
      const tag = Buffer.from(decodeEntry(entry)?.castTag ?? []).toString('hex');
      const isFirst = !tags.has(tag);
      tags.add(tag);
      return isFirst;
    });
}
