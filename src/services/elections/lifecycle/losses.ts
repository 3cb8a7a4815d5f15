// Accepts that recorded votes of an election are missing, with a reason. Until then no one can vote in it, nothing is
// mixed, and it cannot be counted. The audit log has the reason, and the results report the loss.
import type { Logger } from '../../../platform/logger.ts';
import type { AcceptedLoss } from '../../../protocol/proofs/participation-mark.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { correctParticipation } from '../../../store/elections/kept-marks.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Audit, Caller } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import type { KeptMarks } from '../turnout/marks.ts';
import type { Turnouts } from '../turnout/turnout.ts';

export type Losses = {
  /**
   * Accepts the loss of the votes that are missing now. Throws `election-not-found`, and `conflict` if nothing is missing
   * or the election is counted.
   */
  accept(caller: Caller, electionId: string, reason: string): Promise<AcceptedLoss>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: Pick<BallotsCalls, 'acceptLoss' | 'close' | 'counts'>;
  readonly marks: KeptMarks;
  readonly turnouts: Pick<Turnouts, 'refreshNow'>;
  readonly logger: Logger;
};

export function createLosses(parts: Parts): Losses {
  return {
    accept({ actor, request }, id, reason) {
      const object = { kind: 'election', id } as const;
      return parts.audit.record({ actor, request, act: 'election.accept-loss', object, reason }, async () => {
        const loss = await accept(parts, id);
        return { result: loss, changed: { acceptedLoss: { to: loss } } };
      });
    },
  };
}

async function accept({ pool, ballots, marks, turnouts, logger }: Parts, id: string): Promise<AcceptedLoss> {
  const election = await findLifecycle(pool, id);
  if (!election) throw new Problem('election-not-found');
  const { state } = election;
  if (state !== 'announced' && state !== 'closed') throw new Problem('conflict', { detail: stateRule });
  const compared = await marks.compare(id);
  if (compared.state === 'taken') throw new Problem('conflict', { detail: nothingMissing });
  await ballots.acceptLoss(id, compared.missing.losses + 1);
  // The older intake may be open again.
  if (state === 'closed') await correctParticipation(pool, id, await ballots.close(id));
  // The schedule publishes the next turnout anyway, a minute later.
  await turnouts
    .refreshNow(id)
    .catch((error: unknown) => logger.warn({ err: error, electionId: id }, 'losses.turnout'));
  const accepted = (await ballots.counts(id)).acceptedLosses.at(-1);
  if (!accepted) throw new Error('`ballots` accepted a loss and does not know it.');
  return accepted;
}

const stateRule = 'A loss is accepted after the announcement and before the count. Nothing was changed.';
const nothingMissing =
  'No recorded votes of this election are missing: the intake knows the newest mark. Nothing was changed.';
