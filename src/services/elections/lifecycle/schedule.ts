// What has to happen without anybody asking: changes that a process left pending are settled, intakes are closed when
// their grace is over, turnouts are counted, and what Redis or `ballots` has lost is put there again. Every step may be
// done twice, so that any number of processes may run this; none of it may end the process.
import type { Logger } from '../../../platform/logger.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import { Problem, isTemporary } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import { dueElections } from '../../../store/elections/lifecycle.ts';
import type { DueElection } from '../../../store/elections/lifecycle.ts';
import type { Audit } from '../audit/audit.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Background } from '../outside.ts';
import type { Publishing } from '../publishing/publishing.ts';
import type { Settling } from './settling.ts';
import { rehearsalTurnoutMsMin, turnoutMsMin } from '../turnout/turnout.ts';
import type { Turnouts } from '../turnout/turnout.ts';

/** Between two looks, in milliseconds. */
const lookMs = 1_000;
/** Between two repairs of Redis, in milliseconds. */
const repairMs = 3_000;
/** Elections that one look takes up: more than can be out at once, so that none that fails stands in another's way. */
const electionsMax = 200;
/** An election with which something failed is left alone for this long, in milliseconds, and twice as long each time. */
const pauseMsMin = 1_000;
const pauseMsMax = 30_000;

export type Schedule = Background & {
  /** Looks once, now. Never rejects. */
  look(): Promise<void>;
};

type Parts = {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly ballots: BallotsCalls;
  readonly settling: Settling;
  readonly lifecycle: Pick<Lifecycle, 'closeIntake'>;
  readonly turnouts: Turnouts;
  readonly publishing: Publishing;
  readonly logger: Logger;
};

export function createSchedule(parts: Parts): Schedule {
  const { pool, publishing, logger } = parts;
  const pauses = new Map<string, { untilMs: number; ms: number }>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let repairedAtMs = -Infinity;
  let stopped = true;

  const attend = async (due: DueElection): Promise<void> => {
    const paused = pauses.get(due.id);
    if (paused && performance.now() < paused.untilMs) return;
    try {
      await doWhatIsDue(parts, due);
      pauses.delete(due.id);
    } catch (error) {
      const ms = Math.min(pauseMsMax, (paused?.ms ?? pauseMsMin / 2) * 2);
      pauses.set(due.id, { untilMs: performance.now() + ms, ms });
      logger.warn({ err: error, electionId: due.id, againInMs: ms }, 'schedule.failed');
    }
  };

  const lookOnce = async (): Promise<void> => {
    const bounds = { limit: electionsMax, turnoutMs: turnoutMsMin, rehearsalTurnoutMs: rehearsalTurnoutMsMin };
    const due = await dueElections(pool, bounds).catch((error: unknown) => {
      logger.warn({ err: error }, 'schedule.no-database');
      return [];
    });
    await Promise.all(due.map(attend));
    if (performance.now() - repairedAtMs < repairMs) return;
    repairedAtMs = performance.now();
    await publishing.repair();
  };
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => (looking = undefined));
    return looking;
  };
  const schedule = (): void => {
    if (!stopped) timer = setTimeout(() => void look().finally(schedule), lookMs).unref();
  };
  return {
    look,
    start() {
      stopped = false;
      void look().finally(schedule);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function doWhatIsDue(parts: Parts, due: DueElection): Promise<void> {
  const { id } = due;
  if (due.pending) await settleLeft(parts, id);
  if (due.ended && (await answers(parts.ballots, id))) await parts.lifecycle.closeIntake(id);
  if (due.uncounted) await parts.turnouts.refresh(id);
  if (due.unkept) await parts.publishing.keep(id);
}

// While `ballots` is away nothing is attempted, so that the record of acts holds no attempt for each second of it.
async function settleLeft({ audit, settling, ballots }: Parts, id: string): Promise<void> {
  if (!(await answers(ballots, id))) throw new Problem('busy');
  const act = { actor: { kind: 'clock' }, act: 'election.settle', object: { kind: 'election', id } } as const;
  try {
    await audit.record(act, async () => {
      await settling.settle({ id });
      return { result: undefined };
    });
  } catch (error) {
    // Refused, and withdrawn: that settles it too.
    if (!(error instanceof Problem) || isTemporary(error.code)) throw error;
  }
}

async function answers(ballots: BallotsCalls, id: string): Promise<boolean> {
  try {
    await ballots.counts(id);
    return true;
  } catch (error) {
    if (error instanceof CallFailed) return false;
    return error instanceof Problem && !isTemporary(error.code);
  }
}
