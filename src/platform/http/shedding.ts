// Load shedding: a process that is late rejects calls of voters as `busy`, before it reads their bodies. A route is shed
// only if it says so. Voters who begin are served last and shed first, by share, so that those who have begun can finish.
// Casts are not shed here but by the bounds of their queue. Control APIs, the public list, documents, pages and health are
// always served: they are few or answered from memory, and a lone administrator must get through.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../protocol/problem.ts';
import { Counter } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import { createAdmission } from './admission.ts';
import { retryIn, retrySoon } from './problems.ts';
import { createWorkQueue, workOrders } from './work-queue.ts';
import type { WorkOrder } from './work-queue.ts';

/**
 * Mean delay of the event loop at which the share of voters who may begin neither falls nor rises, and how often it is
 * sampled, in milliseconds.
 */
const loopDelayMsMax = 100;
const loopSampleMs = 250;
const loopResolutionMs = 10;
/** Part of the time that the event loop has work, below which a delay is not of its own making: see `watchLoopDelay`. */
const busyShareMin = 0.9;
/** How much longer the delay must be before those who have begun are rejected too. */
const lastFactor = 15;
/**
 * No shedding for this time after the start, in milliseconds: a process that is loading code has delays without load.
 */
const shedAfterMsDefault = 10_000;

/** The part of a route's `config` that says in which order its requests are served and shed under load. */
export const sheds = (order: WorkOrder): object => ({ sheds: order });

export type SheddingOptions = {
  /** Event-loop delay above which new work is rejected, in milliseconds; 0 never rejects. */
  readonly shedAtLoopDelayMs?: number;
  /** How long after its creation an application sheds nothing, in milliseconds. */
  readonly shedAfterMs?: number;
  /** How late later steps of admitted work are, in parts of what they may be: above 1, less new work is admitted. */
  readonly lateness?: () => number;
};

/** Lets a request begin, by its route's order, or rejects it as `busy`: calls `done` now or later. */
export type BeginRequest = (request: FastifyRequest, done: (rejection?: Problem) => void) => void;

export function createShedding(
  app: FastifyInstance,
  options: SheddingOptions & { readonly metrics: Metrics },
): BeginRequest {
  const delayMsMax = options.shedAtLoopDelayMs ?? loopDelayMsMax;
  if (delayMsMax === 0) return (_request, done) => done();
  const shedFrom = performance.now() + (options.shedAfterMs ?? shedAfterMsDefault);
  const count = countSheds(options.metrics);
  const admission = createAdmission();
  const work = createWorkQueue();
  const onSample = (delayMs: number): void => {
    if (performance.now() < shedFrom) return;
    // On target while those who begin wait half of what they may.
    const lateness = [delayMs / delayMsMax, 2 * work.beginnersLateness(), options.lateness?.() ?? 0];
    admission.adjust(Math.max(...lateness));
  };
  let loop: LoopDelay | undefined;
  // Most applications shed nothing, and watching wakes an idle process a hundred times a second.
  app.addHook('onRoute', ({ config }) => {
    if (shedOrderOf(config ?? {}) !== null) loop ??= watchLoopDelay(onSample);
  });
  const isShed = (order: WorkOrder): boolean =>
    order === 'first' ? !admission.admits() : order === 'last' && (loop?.delayMs() ?? 0) > delayMsMax * lastFactor;
  const retryAfter = (order: WorkOrder) => (order === 'first' ? retryIn(1_000 / admission.share) : retrySoon());
  app.addHook('onClose', (_app, done) => {
    loop?.stop();
    done();
  });
  return (request, done) => {
    const order = shedOrderOf(request.routeOptions.config);
    if (order === null) {
      done();
      return;
    }
    const { socket } = request.raw;
    const reject = (reason: ShedReason): void => {
      count(order, reason);
      done(new Problem('busy', retryAfter(order)));
    };
    if (performance.now() >= shedFrom && isShed(order)) reject(order === 'first' ? 'share' : 'event-loop');
    else
      work.add(
        order,
        () => (socket.destroyed ? reject('gone') : done()),
        () => reject('queue'),
      );
  };
}

/** `share`: fewer may begin. `event-loop`: the process is far too late. `queue`: it waited too long. `gone`: the client left. */
const shedReasons = ['share', 'event-loop', 'queue', 'gone'] as const;
type ShedReason = (typeof shedReasons)[number];

function countSheds(registry: Metrics): (order: WorkOrder, reason: ShedReason) => void {
  const name = 'popvote_sheds_total';
  const counter =
    (registry.getSingleMetric(name) as Counter<'order' | 'reason'> | undefined) ??
    new Counter({
      name,
      help: 'Requests of voters that were shed, by order (first: those who begin) and reason: share, event-loop, queue, gone.',
      labelNames: ['order', 'reason'],
      registers: [registry],
    });
  for (const order of workOrders) for (const reason of shedReasons) counter.inc({ order, reason }, 0);
  return (order, reason) => counter.inc({ order, reason });
}

const shedOrderOf = (config: object): WorkOrder | null => (config as { sheds?: WorkOrder }).sheds ?? null;

type LoopDelay = { delayMs(): number; stop(): void };

/**
 * Samples the mean delay of the event loop, in milliseconds. It is 0 while the loop has idle time: then no work waits for
 * it, and a delay comes from other processes of the machine, to which rejections would be no help.
 */
function watchLoopDelay(onSample: (delayMs: number) => void): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: loopResolutionMs });
  histogram.enable();
  let delayMs = 0;
  let used = performance.eventLoopUtilization();
  let sampledAt = performance.now();
  const timer = setInterval(() => {
    const passedMs = performance.now() - sampledAt;
    sampledAt += passedMs;
    const now = performance.eventLoopUtilization();
    const isBusy = performance.eventLoopUtilization(now, used).utilization >= busyShareMin;
    used = now;
    // NaN without a single value: the loop had one turn in all this time.
    const mean = Number.isNaN(histogram.mean) ? passedMs : histogram.mean / 1e6 - loopResolutionMs;
    delayMs = isBusy ? Math.max(0, mean) : 0;
    histogram.reset();
    onSample(delayMs);
  }, loopSampleMs);
  timer.unref();
  return {
    delayMs: () => delayMs,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
