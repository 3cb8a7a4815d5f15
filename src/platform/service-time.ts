// The time by which a service acts. Its machine's clock may be wrong, and may be set at any moment. So it is compared with
// a reference: a database, or a service that follows one. Three witnesses say what time it is: the machine, the reference,
// and the last agreed time plus the time that has passed since (`performance.now()`, which is never set).
//
// - Machine and reference agree: the service acts by its machine.
// - They differ: the service acts by the reference, and says so. A service that refused to act until someone corrects
//   the clock would be the outage that the comparison is there to prevent.
// - They differ, but the machine agrees with the time that has passed: the reference was set. The service goes on, and
//   says so. It would otherwise leave the services that have another reference.
//
// Between two comparisons only passed time counts, so a step of the machine's clock changes nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { clockAheadMs, clockDifferenceMsMax, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import { createLoop } from './loop.ts';
import { Gauge } from './metrics.ts';
import type { Metrics } from './metrics.ts';

/** Time between two comparisons with the reference, in milliseconds. */
const compareMs = 60_000;
/** The same while the reference gives no answer, and least time between two that a step of the clock causes. */
const compareAgainMs = 1_000;
/** Longest wait for the first comparison at the start, in milliseconds. Then the service starts by its machine's clock. */
const firstMsMax = 2_000;
/** How long after the last difference the clocks are steady again, in milliseconds. */
const steadyMs = 3_600_000;

export type ServiceTime = {
  /** The time to act by. */
  readonly clock: Clock;
  /** Whether the clocks agreed at the last comparison; false before the first. */
  agrees(): boolean;
  /** Whether they have agreed for an hour, or since the start. Only then may anything be destroyed because it is old. */
  steady(): boolean;
  /** Compares now. Returns the time of the reference, in milliseconds since the epoch. Throws its errors. */
  compare(): Promise<number>;
  /** Compares now and each minute until `stop`. Resolves after the first comparison, or two seconds. */
  start(): Promise<void>;
  stop(): Promise<void>;
};

export type ServiceTimeOptions = {
  /** The name of the reference, for the log. */
  readonly reference: string;
  /** Reads the clock of the reference, in milliseconds since the epoch. It must bound its wait. */
  readonly read: () => Promise<number>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly machine?: Clock;
  /** Milliseconds that have passed since any moment. */
  readonly passed?: () => number;
};

type Finding = { readonly aheadMs: number; readonly differs: boolean; readonly actsBy: 'machine' | 'reference' };

const aheadGauge = (metrics: Metrics): Gauge<'reference'> =>
  new Gauge({
    name: 'popvote_clock_ahead_seconds',
    help: 'By how much the clock of this machine was ahead of its reference at the last comparison; behind it: negative.',
    labelNames: ['reference'],
    registers: [metrics],
  });

export function createServiceTime(options: ServiceTimeOptions): ServiceTime {
  const { reference, read, logger, metrics, machine = systemClock, passed = () => performance.now() } = options;
  const ahead = aheadGauge(metrics);
  let anchor = { atMs: machine(), passedMs: passed() };
  let last: Finding | undefined;
  let differedAtMs = -Infinity;
  let comparedAtMs = -Infinity;
  const now = (): number => Math.floor(anchor.atMs + passed() - anchor.passedMs);

  const compare = async (): Promise<number> => {
    const startedMs = passed();
    const theirsMs = await read();
    const waitedMs = passed() - startedMs;
    comparedAtMs = passed();
    // The machine's clock may have been set during the wait, so its end is the one that counts.
    const machineMs = machine();
    const aheadMs = -clockAheadMs(theirsMs, machineMs - waitedMs, machineMs);
    ahead.set({ reference }, aheadMs / 1_000);
    const differs = Math.abs(aheadMs) > clockDifferenceMsMax;
    const jumped = Math.abs(machineMs - now()) > clockDifferenceMsMax;
    const actsBy = differs && (last === undefined || jumped) ? 'reference' : 'machine';
    const nowMs = actsBy === 'reference' ? theirsMs + waitedMs / 2 : machineMs;
    if (differs || (jumped && last !== undefined)) differedAtMs = passed();
    anchor = { atMs: nowMs, passedMs: passed() };
    const finding = { aheadMs, differs, actsBy } as const;
    say(finding);
    last = finding;
    return theirsMs;
  };

  const say = ({ aheadMs, differs, actsBy }: Finding): void => {
    const line = { reference, aheadMs: Math.round(aheadMs), actsBy };
    const same = last?.differs === differs && last.actsBy === actsBy;
    if (differs && !same) logger.error(line, 'clock.differs');
    if (!differs && last?.differs === true) logger.info(line, 'clock.agrees');
  };

  const loop = createLoop({
    turn: () => compare().then(() => compareMs),
    failureMs: compareAgainMs,
    // An outage of the reference is reported by what uses it.
    onError: (error) => logger.debug({ err: error, reference }, 'clock.not-compared'),
  });

  // A step of the machine's clock is noticed by the next read of the time, and not only a minute later.
  const notice = (nowMs: number): void => {
    const expectedMs = nowMs + (last?.actsBy === 'reference' ? last.aheadMs : 0);
    const stepped = Math.abs(machine() - expectedMs) > clockDifferenceMsMax;
    if (last !== undefined && stepped && passed() - comparedAtMs > compareAgainMs) {
      comparedAtMs = passed();
      void loop.turnNow();
    }
  };

  return {
    clock() {
      const nowMs = now();
      notice(nowMs);
      return nowMs;
    },
    agrees() {
      notice(now());
      return last?.differs === false;
    },
    steady: () => last?.differs === false && passed() - differedAtMs > steadyMs,
    compare,
    async start() {
      loop.start();
      const first = new AbortController();
      const late = pause(firstMsMax, undefined, { signal: first.signal, ref: false }).catch(() => undefined);
      await Promise.race([loop.turnNow(), late]);
      first.abort();
    },
    stop: () => loop.stop(),
  };
}
