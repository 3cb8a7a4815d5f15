// Puts an opened batch into the box: with the entries of its ballots where the election has a public log.
import { depositOnline } from '../../store/box.ts';
import type { Pool } from '../../store/database.ts';
import { depositLogged } from '../../store/record/deposits.ts';
import type { OpenedBallot } from './open-batch.ts';

/** Throws TrackerConflict where two ballots have one tracker. Nothing of the batch is in the box then. */
export async function depositBatch(box: Pool, electionId: string, opened: readonly OpenedBallot[]): Promise<void> {
  if (opened.length === 0) return;
  const logged = opened.flatMap(({ ballot: { tracker, text, entry } }) => (entry ? [{ tracker, text, entry }] : []));
  if (logged.length > 0) await depositLogged(box, electionId, logged);
  else {
    await depositOnline(
      box,
      electionId,
      opened.map(({ ballot }) => ballot),
    );
  }
}
