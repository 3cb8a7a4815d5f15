// The logic of `log`: a loop that brings the public log of each election to the state of the box. One process works, and
// others wait as standbys.
import { createFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Loop } from '../../platform/loop.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { signingKey } from '../../platform/keys/signatures.ts';
import type { DurableFolder } from '../../platform/durable-folder.ts';
import type { Finding } from '../../protocol/control/system-api.ts';
import type { LogKeys } from '../../protocol/key-files.ts';
import type { Pool } from '../../store/database.ts';
import { listLogs } from '../../store/record/logs.ts';
import { createWorkLock } from '../../store/work-lock.ts';
import { createAdvance } from './advance.ts';
import { RecordDiffers } from './log-folder.ts';
import { createLogMetrics } from './log-metrics.ts';

/** The part of the work that is no election's. */
const wholeStep = '';
/** The service is not ready after this long without a successful step, in milliseconds. */
const silentMsMax = 60_000;

export type LogDependencies = {
  readonly box: Pool;
  readonly keys: LogKeys;
  readonly directory: string;
  /** Least time between two checkpoints of an election before its end, in milliseconds. */
  readonly growthMs: number;
  /** Pause between two steps, in milliseconds. */
  readonly pollMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How a folder is opened; a test may end it between two writes. */
  readonly open?: (path: string) => DurableFolder;
};

export type LogLogic = {
  /** Started and stopped with the application. */
  readonly growing: Pick<Loop, 'start' | 'stop'>;
  /** One step over all elections. Throws the errors of all of them together. */
  step(): Promise<void>;
  /** Whether a step succeeded in the last minute. */
  alive(): boolean;
  /** Whether every log agrees with the box. */
  agrees(): boolean;
  findings(): readonly Finding[];
};

export function createLogLogic(dependencies: LogDependencies): LogLogic {
  const { box, keys, logger, pollMs } = dependencies;
  const metrics = createLogMetrics(dependencies.metrics);
  const signing = [keys.checkpoints, ...(keys.earlier ?? [])].map((jwk) => [jwk.x, signingKey(jwk)] as const);
  const keysByX = new Map(signing);
  const lock = createWorkLock(box, { take: 'pv.take_log_lock()', release: 'pv.release_log_lock()' });
  const { advance } = createAdvance({ ...dependencies, keyOf: (x) => keysByX.get(x) });
  /** Elections whose log is not signed further, with the reason. */
  const differing = new Map<string, string>();
  const faults = createFaultLog(logger);
  let successMs = performance.now();

  const advanceOne = async (log: Awaited<ReturnType<typeof listLogs>>[number]): Promise<unknown> => {
    const { electionId } = log;
    try {
      metrics.entries.set({ election: electionId }, await advance(log));
      differing.delete(electionId);
      faults.succeeded(electionId);
      return undefined;
    } catch (error) {
      metrics.failures.inc();
      if (error instanceof RecordDiffers) differing.set(electionId, error.message);
      const event = error instanceof RecordDiffers ? 'log.differs' : 'log.failed';
      faults.failed(electionId, error, event, { electionId });
      return error;
    }
  };
  const step = async (): Promise<void> => {
    const active = await lock.held();
    metrics.active.set(active ? 1 : 0);
    const errors: unknown[] = [];
    for (const log of active ? await listLogs(box) : []) errors.push(await advanceOne(log));
    metrics.differs.set(differing.size);
    const failures = errors.filter((error) => error !== undefined);
    if (failures.length > 0) throw new AggregateError(failures, 'not every log could be written');
    successMs = performance.now();
    faults.succeeded(wholeStep);
  };
  const loop = createLoop({
    turn: async () => {
      await step();
      return pollMs;
    },
    failureMs: pollMs,
    onError: (error) => faults.failed(wholeStep, error, 'log.step-failed'),
  });
  return {
    growing: {
      start: () => loop.start(),
      async stop() {
        await loop.stop();
        await lock.release();
      },
    },
    step,
    alive: () => performance.now() - successMs < silentMsMax,
    agrees: () => differing.size === 0,
    findings: () => [differenceFinding(differing)],
  };
}

function differenceFinding(differing: ReadonlyMap<string, string>): Finding {
  const finding = { service: 'log', check: 'public logs' };
  if (differing.size === 0) return { ...finding, state: 'ok', observed: 'agree with the box' };
  const observed = [...differing].map(([electionId, reason]) => `${electionId}: ${reason}`).join('; ');
  const next =
    'Nothing more is signed for these. Restore the newest copy of box and of LOG_DIRECTORY. See docs/reliability.md.';
  return { ...finding, state: 'failed', observed, next };
}
