// How long the caller of a private route waits. The time travels with the call as the milliseconds that are left, because
// the clocks of two machines differ. Work is dropped once no caller waits for its answer: the deadline has passed, or
// the connection is closed.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { remainingMsHeader } from '../../protocol/private-calls.ts';
import { Problem } from '../../protocol/problem.ts';
import { retrySoon } from '../http/problems.ts';

/** Somebody who waits for an answer. */
export type AnswerWaiter = {
  /** Whether the answer is still awaited in `inMs` milliseconds, as far as is known now. */
  waits(inMs?: number): boolean;
};

/** Waits for as long as it takes. */
export const patientWaiter: AnswerWaiter = { waits: () => true };

const deadlines = new WeakMap<FastifyRequest, number>();

/** The caller of a private route. Without a deadline it waits while its connection is open. */
export function waiterOf(request: FastifyRequest): AnswerWaiter {
  const untilMs = deadlines.get(request) ?? Infinity;
  const { socket } = request.raw;
  return { waits: (inMs = 0) => performance.now() + inMs < untilMs && !socket.destroyed };
}

/** Milliseconds until the caller of a private route waits no more; null if it gave no time. */
export function msLeftOf(request: FastifyRequest): number | null {
  const untilMs = deadlines.get(request);
  return untilMs === undefined ? null : Math.max(0, untilMs - performance.now());
}

/** Drops calls of private routes, once they are read, for whose answer no caller waits any more. */
export function registerCallDeadline(app: FastifyInstance, isPrivate: (request: FastifyRequest) => boolean): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const text = request.headers[remainingMsHeader];
    if (typeof text === 'string' && /^\d{1,9}$/.test(text)) deadlines.set(request, performance.now() + Number(text));
    done();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    done(isPrivate(request) && !waiterOf(request).waits() ? new Problem('busy', retrySoon()) : undefined);
  });
}
