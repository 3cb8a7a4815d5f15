// Closes the intake of an election, permanently, and signs a statement of it. The mixer records the statement in the box,
// which stays open without it. Closing again signs it again.
import { signValue } from '../../platform/keys/signatures.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import type { ClosingBody, ClosingStatement } from '../../protocol/proofs/closing-statement.ts';
import { Problem } from '../../protocol/problem.ts';
import { keepClosingStatement } from '../../store/closing-statements.ts';
import type { Pool } from '../../store/database.ts';
import { closeElection } from '../../store/intake-elections.ts';
import { findAcceptedLosses } from '../../store/marks.ts';

const closeRule = 'An election can be closed only after its end and the grace period. Nothing was changed.';

/** Returns the final participation. Throws `election-not-found`, and `conflict` before the end of the grace period. */
export async function closeIntake(
  { pool, receiptKey }: { readonly pool: Pool; readonly receiptKey: SigningKey },
  electionId: string,
): Promise<number> {
  const closed = await closeElection(pool, electionId);
  if (closed.outcome === 'not-found') throw new Problem('election-not-found');
  if (closed.outcome === 'too-early') throw new Problem('conflict', { detail: closeRule });
  const { participation } = closed;
  const losses = (await findAcceptedLosses(pool, electionId)).length;
  const closing: ClosingBody = { version: 'popvote/closing/v1', electionId, participation, losses };
  const statement: ClosingStatement = { closing, signature: signValue(receiptKey, closing) };
  const text = JSON.stringify(statement);
  if (await keepClosingStatement(pool, { electionId, participation, text })) return participation;
  throw new Error('The intake is closed with another number of voters than a moment ago.');
}
