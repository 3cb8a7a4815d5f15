// Examination of a process by itself: one at a time, in bounded time, and never a reason for the service to stop. The
// checks are dependencies; nothing here opens a connection.
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { findingCharactersMax, findingsMax } from '../../protocol/control/system-api.ts';
import type { Finding, HealthReport, ShownFinding } from '../../protocol/control/system-api.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { createLoop } from '../loop.ts';

const examinationBounds = {
  /** Longest wait for one examination, in milliseconds. Its own checks time out earlier. */
  examinationMsMax: 30_000,
  /** Pause between two examinations, in milliseconds: without and with a failed check. */
  pauseMs: 60_000,
  failedPauseMs: 10_000,
};
export type ExaminationBounds = typeof examinationBounds;
/** Largest part by which a pause is lengthened, so that many processes do not examine in step. */
const jitter = 0.1;

/** Runs all checks of a service. */
export type Examine = () => Promise<readonly Finding[]>;
/** Examines and reports. Never rejects. */
export type Report = () => Promise<HealthReport>;

export function createReport(options: {
  readonly examine: Examine;
  readonly version: string;
  readonly clock: Clock;
  readonly bounds?: Partial<ExaminationBounds>;
}): Report {
  const { examine, version, clock } = options;
  const { examinationMsMax } = { ...examinationBounds, ...options.bounds };
  const instance = instanceName();
  let underWay: Promise<readonly Finding[]> | undefined;
  return async () => {
    // A hanging examination is awaited again: a second one beside it would open the same connections once more.
    underWay ??= startOf(examine).finally(() => (underWay = undefined));
    const findings = (await bounded(underWay, examinationMsMax)).slice(0, findingsMax);
    return { instance, version, reportedAt: new Date(clock()).toISOString(), findings: findings.map(shownFinding) };
  };
}

const startOf = async (examine: Examine): Promise<readonly Finding[]> => {
  try {
    return await examine();
  } catch {
    return [unfinished('broke off')];
  }
};

async function bounded(work: Promise<readonly Finding[]>, msMax: number): Promise<readonly Finding[]> {
  const done = new AbortController();
  const late = pause(msMax, [unfinished('does not end')], { signal: done.signal, ref: false });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    done.abort();
  }
}

const unfinished = (observed: string): Finding => ({
  service: '',
  check: 'examination',
  state: 'failed',
  observed,
  next: 'Run popvote doctor in the environment of this service.',
});

const cut = (text: string): string => text.slice(0, findingCharactersMax);
const shownFinding = ({ check, state, observed, next }: Finding): ShownFinding => ({
  check: cut(check),
  state,
  observed: cut(observed),
  ...(next !== undefined && { next: cut(next) }),
});

/** The name by which an operator can locate this process. */
const instanceName = (): string =>
  `${hostname()
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 80)}-${process.pid}`;

/** The same report for the length of a pause, so that frequent requests do not cause frequent examinations. */
export function rememberedReport(report: Report, bounds: Partial<ExaminationBounds> = {}): Report {
  const pauseAfter = pausesOf(bounds);
  let last: { readonly made: Promise<HealthReport>; untilMs: number } | undefined;
  return () => {
    if (last && performance.now() < last.untilMs) return last.made;
    const next = { made: report(), untilMs: Infinity };
    last = next;
    void next.made.then((completed) => (next.untilMs = performance.now() + pauseAfter(completed)));
    return next.made;
  };
}

function pausesOf(bounds: Partial<ExaminationBounds> = {}): (report: HealthReport) => number {
  const { pauseMs, failedPauseMs } = { ...examinationBounds, ...bounds };
  return ({ findings }) => (findings.some(({ state }) => state === 'failed') ? failedPauseMs : pauseMs);
}

/** The result of the work, or null as soon as the signal aborts. */
async function untilAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result | null> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<null>((resolve) => (onAbort = () => resolve(null)));
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Stores reports, and removes them when the process ends. Both may fail. */
export type ReportKeeper = {
  keep(report: HealthReport): Promise<void>;
  forget(instance: string): Promise<void>;
};

/** Reports at once and repeatedly until `stop`, which does not wait for an examination. */
export function startReporting(options: {
  readonly report: Report;
  readonly keeper: ReportKeeper;
  readonly logger: Logger;
  readonly bounds?: Partial<ExaminationBounds>;
}): { stop(): Promise<void> } {
  const { report, keeper, logger, bounds } = options;
  const pauseAfter = pausesOf(bounds);
  const failureMs = (bounds?.failedPauseMs ?? examinationBounds.failedPauseMs) * (1 + Math.random() * jitter);
  const state = { instance: '', failing: false };
  const loop = createLoop({
    failureMs,
    turn: async (signal) => {
      const own = await untilAbort(report(), signal);
      if (own === null) return 0;
      await keeper.keep(own);
      state.instance = own.instance;
      if (state.failing) logger.info('report.kept-again');
      state.failing = false;
      return pauseAfter(own) * (1 + Math.random() * jitter);
    },
    onError: (error) => {
      // Logged once: it is tried again while Redis is unavailable.
      if (!state.failing) logger.warn({ err: error }, 'report.not-kept');
      state.failing = true;
    },
  });
  loop.start();
  return {
    async stop() {
      await loop.stop();
      if (state.instance === '') return;
      // A report that cannot be removed expires in a few minutes.
      await keeper.forget(state.instance).catch(() => undefined);
    },
  };
}
