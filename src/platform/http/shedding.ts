// Load shedding: a process whose event loop is late rejects calls of voters as `busy`, before it reads their bodies. A
// route is shed only if it says so. Control APIs, the public list, documents, pages and health are always served: they
// are few or answered from memory, and a lone administrator must get through.
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../protocol/problem.ts';
import { retrySoon } from './problems.ts';

/** Mean delay of the event loop above which work is shed, and how often it is sampled, in milliseconds. */
const loopDelayMsMax = 500;
const loopSampleMs = 250;
/** How much longer the delay must be before those who have begun are rejected too. */
const lastFactor = 2;
/**
 * No shedding for this time after the start, in milliseconds: a process that is loading code has delays without load.
 */
const shedAfterMsDefault = 10_000;

/** `first`: voters who begin. `last`: voters who have begun, because their work would be lost. */
export type ShedOrder = 'first' | 'last';

/** The part of a route's `config` that allows its rejection under load. */
export const sheds = (order: ShedOrder): object => ({ sheds: order });

export type SheddingOptions = {
  /** Event-loop delay above which new work is rejected, in milliseconds; 0 never rejects. */
  readonly shedAtLoopDelayMs?: number;
  /** How long after its creation an application sheds nothing, in milliseconds. */
  readonly shedAfterMs?: number;
};

export async function registerShedding(app: FastifyInstance, options: SheddingOptions): Promise<void> {
  const delayMsMax = options.shedAtLoopDelayMs ?? loopDelayMsMax;
  if (delayMsMax === 0) return;
  const shedFrom = performance.now() + (options.shedAfterMs ?? shedAfterMsDefault);
  await app.register(underPressure, {
    maxEventLoopDelay: delayMsMax,
    sampleInterval: loopSampleMs,
    pressureHandler: (request: FastifyRequest, _reply, _type, delayMs) => {
      if (performance.now() < shedFrom) return;
      const order = shedOrderOf(request.routeOptions.config);
      if (isShed(order, delayMs ?? 0, delayMsMax)) throw new Problem('busy', retrySoon());
    },
  });
}

/** Whether a route is shed at a delay of the event loop above `delayMsMax`, both in milliseconds. */
export function isShed(order: ShedOrder | null, delayMs: number, delayMsMax: number): boolean {
  return order === 'first' || (order === 'last' && delayMs > delayMsMax * lastFactor);
}

const shedOrderOf = (config: object): ShedOrder | null => (config as { sheds?: ShedOrder }).sheds ?? null;
