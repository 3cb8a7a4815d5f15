// Marks of the participation, which others keep outside the intake (docs/reliability.md). Taking one signs it. A mark from
// outside counts only with a signature of this service, so that no caller can interrupt an election with a made-up one.
import { createBoundedReading } from '../../platform/health/bounded-reading.ts';
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { signValue, valueIsSigned } from '../../platform/keys/signatures.ts';
import type { SigningKey, VerificationKeys } from '../../platform/keys/signatures.ts';
import type { Logger } from '../../platform/logger.ts';
import type { MarkAnswer } from '../../protocol/ballot-service.ts';
import type { MarkBody, ParticipationMark } from '../../protocol/proofs/participation-mark.ts';
import { Problem } from '../../protocol/problem.ts';
import type { Pool } from '../../store/database.ts';
import { acceptLoss, compareMarks, interruptedElections, takeMark } from '../../store/marks.ts';
import type { IntakeMark } from '../../store/marks.ts';

/** Most verified marks in memory. Beyond it the one that was verified first is verified again. */
export const verifiedMarksMax = 4_000;

export type Marks = {
  /** The mark as the intake compares it; null if there is none, or if this service did not sign it. */
  verified(electionId: string, mark: ParticipationMark | undefined): IntakeMark | null;
  /**
   * Compares a mark from outside, and takes the mark of the participation now. Throws `election-not-found`, and
   * `invalid-request` if the mark was not signed by this service.
   */
  take(electionId: string, outside: ParticipationMark | null): Promise<MarkAnswer>;
  /** Accepts the loss of this number. Throws `election-not-found`, and `conflict` if no such loss is to be accepted. */
  acceptLoss(electionId: string, losses: number): Promise<void>;
  /** Whether the intake has every mark that it was asked for. */
  complete(): Promise<boolean>;
};

type Parts = {
  readonly pool: Pool;
  readonly key: SigningKey;
  /** Every key of receipts, also the earlier ones. */
  readonly signers: VerificationKeys;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export function createMarks(parts: Parts): Marks {
  const { pool, logger } = parts;
  const read = new Map<string, IntakeMark | null>();
  watchInterrupted(parts);
  const verified: Marks['verified'] = (electionId, mark) => {
    if (mark === undefined) return null;
    const text = electionId + JSON.stringify(mark);
    const before = read.get(text);
    if (before !== undefined) return before;
    const value = readMark(parts, electionId, mark);
    read.set(text, value);
    const [oldest] = read.size > verifiedMarksMax ? read.keys() : [];
    if (oldest !== undefined) read.delete(oldest);
    return value;
  };
  return {
    verified,
    async take(electionId, outside) {
      if (outside !== null) {
        const mark = verified(electionId, outside);
        if (mark === null) throw new Problem('invalid-request', { errors: [notSigned] });
        await compareMarks(pool, electionId, [mark]);
      }
      const answer = await takeMark(pool, electionId);
      if (answer.outcome === 'not-found') throw new Problem('election-not-found');
      const { losses, voters, hash } = answer.mark;
      if (answer.outcome === 'missing') {
        logger.error({ electionId, voters }, 'marks.votes-missing');
        return { state: 'missing', missing: { losses, voters } };
      }
      const body: MarkBody = {
        version: 'popvote/mark/v1',
        electionId,
        losses,
        voters,
        hash: hash.toString('base64url'),
      };
      return { state: 'taken', mark: { mark: body, signature: signValue(parts.key, body) } };
    },
    async acceptLoss(electionId, losses) {
      const outcome = await acceptLoss(pool, electionId, losses);
      if (outcome === 'not-found') throw new Problem('election-not-found');
      if (outcome === 'nothing-missing' || outcome === 'changed') throw new Problem('conflict', { detail: lossRule });
      if (outcome === 'accepted') logger.warn({ electionId, losses }, 'marks.loss-accepted');
    },
    complete: async () => (await interruptedElections(pool)).length === 0,
  };
}

function readMark(parts: Parts, electionId: string, { mark, signature }: ParticipationMark): IntakeMark | null {
  if (mark.electionId === electionId && valueIsSigned(parts.signers, mark, signature)) {
    return { losses: mark.losses, voters: mark.voters, hash: Buffer.from(mark.hash, 'base64url') };
  }
  parts.logger.error({ electionId, kid: signature.kid }, 'marks.not-signed-here');
  return null;
}

const notSigned = { path: 'body/outside', detail: 'This mark has no signature by a key of receipts.' };
const lossRule = 'No recorded votes of this election are missing now, or others than before. Nothing was changed.';

function watchInterrupted({ pool, metrics }: Parts): void {
  // Administration may wait for a statement much longer than a scrape may.
  const reading = createBoundedReading(() => interruptedElections(pool));
  new Gauge({
    name: 'popvote_ballots_elections_interrupted',
    help: 'ALARM above 0: elections that lost recorded votes. They record no ballot until the loss is accepted.',
    registers: [metrics],
    async collect() {
      const interrupted = await reading();
      if (interrupted) this.set(interrupted.length);
    },
  });
}
