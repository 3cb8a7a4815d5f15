// Closes the intake of an election, permanently, and signs a statement of it. The mixer records the statement in the box,
// which stays open without it. Closing again signs it again.
import { signValue } from '../../platform/keys/signatures.ts';
import type { Logger } from '../../platform/logger.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import type { ClosingBody, ClosingStatement } from '../../protocol/proofs/closing-statement.ts';
import { Problem } from '../../protocol/problem.ts';
import { keepClosingStatement } from '../../store/closing-statements.ts';
import type { Pool } from '../../store/database.ts';
import { closeElection } from '../../store/intake-elections.ts';
import { findAcceptedLosses } from '../../store/marks.ts';

const differRule =
  'The votes in the intake are not those that were counted when they were recorded. The election was not closed. The ' +
  'operator of the databases must investigate with popvote recount.';
const closeRule = 'An election can be closed only after its end and the grace period. Nothing was changed.';

/**
 * Returns the final participation. Throws `election-not-found`, and `conflict` before the end of the grace period or if
 * the votes are not those that were recorded.
 */
export async function closeIntake(
  { pool, receiptKey, logger }: { readonly pool: Pool; readonly receiptKey: SigningKey; readonly logger: Logger },
  electionId: string,
): Promise<number> {
  const closed = await closeElection(pool, electionId);
  if (closed.outcome === 'not-found') throw new Problem('election-not-found');
  if (closed.outcome === 'too-early') throw new Problem('conflict', { detail: closeRule });
  if (closed.outcome === 'counts-differ') {
    logger.error({ electionId }, 'intake.recount-differs');
    throw new Problem('conflict', { detail: differRule });
  }
  const { participation } = closed;
  const losses = (await findAcceptedLosses(pool, electionId)).length;
  const closing: ClosingBody = { version: 'popvote/closing/v1', electionId, participation, losses };
  const statement: ClosingStatement = { closing, signature: signValue(receiptKey, closing) };
  const text = JSON.stringify(statement);
  if (await keepClosingStatement(pool, { electionId, participation, text })) return participation;
  throw new Error('The intake is closed with another number of voters than a moment ago.');
}
