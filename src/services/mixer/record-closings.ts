// Records in the box which intakes are closed, from the statements that `ballots` signed. Only then can `elections`
// close a box and read choices. A statement that is not signed, or that contradicts a recorded one, is not recorded.
import { parseJson } from '../../platform/json.ts';
import type { FaultLog } from '../../platform/fault-log.ts';
import { valueIsSigned } from '../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { closingStatement } from '../../protocol/proofs/closing-statement.ts';
import type { ClosingBody } from '../../protocol/proofs/closing-statement.ts';
import { noteStatementRecorded, recordIntakeClosing, waitingStatements } from '../../store/closing-statements.ts';
import type { StoredStatement } from '../../store/closing-statements.ts';
import type { Pool } from '../../store/database.ts';
import type { MixerMetrics } from './mixer-metrics.ts';

/** Most statements that one step reads. The others come in later steps. */
const statementsMax = 100;

export type ClosingParts = {
  readonly intake: Pool;
  readonly box: Pool;
  /** The keys of receipts of `ballots`. */
  readonly signers: VerificationKeys;
  readonly faults: FaultLog;
  readonly metrics: MixerMetrics;
};

export async function recordClosings(parts: ClosingParts): Promise<void> {
  const waiting = await waitingStatements(parts.intake, statementsMax);
  let refused = 0;
  for (const statement of waiting) {
    if (await recordClosing(parts, statement)) {
      await noteStatementRecorded(parts.intake, statement);
      parts.faults.succeeded(statement.electionId);
    } else refused += 1;
  }
  parts.metrics.statementsRefused.set(refused);
}

async function recordClosing(parts: ClosingParts, { electionId, text }: StoredStatement): Promise<boolean> {
  const closing = signedClosing(parts.signers, electionId, text);
  if (closing === null) {
    parts.faults.failed(electionId, undefined, 'mixer.closing-not-signed', { electionId });
    return false;
  }
  const outcome = await recordIntakeClosing(parts.box, { ...closing, text });
  if (outcome === 'differs')
    parts.faults.failed(electionId, undefined, 'mixer.closing-differs', {
      electionId,
      participation: closing.participation,
    });
  return outcome !== 'differs';
}

/** A statement about this election that one of the keys signed. */
function signedClosing(signers: VerificationKeys, electionId: string, text: string): ClosingBody | null {
  const { data } = closingStatement.safeParse(parseJson(text));
  if (data?.closing.electionId !== electionId) return null;
  return valueIsSigned(signers, data.closing, data.signature) ? data.closing : null;
}
