// Marks of the participation (docs/reliability.md): the newest one is compared with the intake before each turnout, each
// count and each accepted loss, and the next one is kept here, outside the intake. A mark that the intake does not have
// shows that recorded votes are missing. Marks are signed by `ballots`.
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { MarkAnswer } from '../../../protocol/ballot-service.ts';
import { participationMark } from '../../../protocol/proofs/participation-mark.ts';
import type { ParticipationMark } from '../../../protocol/proofs/participation-mark.ts';
import type { Pool } from '../../../store/database.ts';
import { findKeptMark, keepMark } from '../../../store/elections/kept-marks.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';

export type KeptMarks = {
  /**
   * Compares the kept mark with the intake. `taken`: nothing is missing, and the mark of now is kept. `missing`: recorded
   * votes are missing, and the kept mark stays. Throws a rejection of `ballots`, or `CallFailed`.
   */
  compare(electionId: string): Promise<MarkAnswer>;
};

type Parts = {
  readonly pool: Pool;
  readonly ballots: Pick<BallotsCalls, 'mark'>;
  /** Public keys of receipts. */
  readonly signers: VerificationKeys;
  readonly logger: Logger;
};

export function createKeptMarks({ pool, ballots, signers, logger }: Parts): KeptMarks {
  return {
    async compare(electionId) {
      const mine = participationMark.nullable().parse(await findKeptMark(pool, electionId));
      const answer = await ballots.mark(electionId, mine);
      if (answer.state === 'missing') {
        logger.error({ electionId, voters: answer.missing.voters }, 'marks.votes-missing');
        return answer;
      }
      const { mark, signature } = answer.mark;
      if (mark.electionId !== electionId || !valueIsSigned(signers, mark, signature)) {
        throw new Error('`ballots` answered with a mark that no key of receipts has signed.');
      }
      await keepMark(pool, electionId, { losses: mark.losses, voters: mark.voters, mark: answer.mark });
      return answer;
    },
  };
}

/**
 * The mark that a turnout shows: the one before until the number of voters moves by a step, since another hash would
 * show that somebody voted.
 */
export function shownMark(
  before: ParticipationMark | undefined,
  now: ParticipationMark,
  final: boolean,
): ParticipationMark {
  const same = before?.mark.losses === now.mark.losses && before.mark.voters === now.mark.voters;
  return before && same && !final ? before : now;
}
