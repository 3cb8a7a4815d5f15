// POST /private/casts: casts ballots. Only `api` may call it. Only a certain outcome is returned as a receipt. It is not
// shed by the delay of the process: the voters have done everything, and the queue has bounds of its own.
import { createCallFaultLog } from '../../../platform/fault-log.ts';
import type { CallFaultLog } from '../../../platform/fault-log.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { App } from '../../../platform/http/http.ts';
import { msLeftOf, waiterOf } from '../../../platform/private-calls/call-deadline.ts';
import type { AnswerWaiter } from '../../../platform/private-calls/call-deadline.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { castBytesMax, castCall, castsAnswer, castsBytesMax, castsCall } from '../../../protocol/ballot-service.ts';
import type { CastOutcomeAnswer } from '../../../protocol/ballot-service.ts';
import { Problem, rejectedItemOf } from '../../../protocol/problem.ts';
import type { Casting } from '../casting.ts';

/** What `api` adds to the body of one voter's cast, in bytes. */
const addedBytesMax = 8_192;
const bodyLimit = castsBytesMax + castBytesMax + addedBytesMax;
/** How long before the end of the caller's wait the outcomes that are known are answered, in milliseconds. */
const answerMsMin = 200;

export async function castRoutes(app: App, { casting }: { casting: Casting }): Promise<void> {
  const faults = createCallFaultLog(app.log, 'error');
  app.post(
    '/private/casts',
    { bodyLimit, config: admits('api'), schema: { body: castsCall, response: { 200: castsAnswer } } },
    async (request) => {
      const waiter = waiterOf(request);
      const outcomes = request.body.casts.map((cast) => outcomeOf(casting, cast, waiter, faults));
      return { outcomes: await knownInTime(outcomes, msLeftOf(request)) };
    },
  );
}

/** One slow election does not keep the outcomes of others: what is not known before the caller leaves is unknown. */
async function knownInTime(
  outcomes: readonly Promise<CastOutcomeAnswer>[],
  msLeft: number | null,
): Promise<CastOutcomeAnswer[]> {
  if (outcomes.length === 1 || msLeft === null) return Promise.all(outcomes);
  const ended = new AbortController();
  const late = pause(Math.max(0, msLeft - answerMsMin), unknown(), { signal: ended.signal });
  try {
    return await Promise.all(outcomes.map((outcome) => Promise.race([outcome, late])));
  } finally {
    ended.abort();
  }
}

const unknown = (): CastOutcomeAnswer => rejectedItemOf(new Problem('outcome-unknown', retrySoon()));

async function outcomeOf(
  casting: Casting,
  cast: unknown,
  waiter: AnswerWaiter,
  faults: CallFaultLog,
): Promise<CastOutcomeAnswer> {
  try {
    const call = castCall.safeParse(cast);
    if (!call.success) throw new Problem('invalid-request');
    return { receipt: await casting.cast(call.data, waiter) };
  } catch (error) {
    if (error instanceof Problem) return rejectedItemOf(error);
    // The error may have occurred after the ballot was recorded.
    faults.failed('cast', error, 'cast.failed');
    return unknown();
  }
}
