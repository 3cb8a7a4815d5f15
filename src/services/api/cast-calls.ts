// The calls of `api` to `ballots` that cast. Whether a ballot was recorded is never guessed: a cast that was certainly not
// recorded is `busy`, and `outcome-unknown` is only a cast that was sent and whose answer is missing. All waiting is
// bounded by one deadline, which `ballots` knows.
import { retryIn } from '../../platform/http/problems.ts';
import type { Logger } from '../../platform/logger.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import type { CastCall } from '../../protocol/ballot-service.ts';
import { Problem, isTemporary, problemCodesOf } from '../../protocol/problem.ts';
import { castAnswer } from '../../protocol/public-api.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import { forwardedRejection } from './service-calls.ts';
import { createCastTries } from './sessions/cast-tries.ts';

/** Longest time of a cast, its second attempt included, in milliseconds. */
export const castMsMax = 2_500;
/** Longest wait for a free connection to `ballots`, in milliseconds. After it the cast was certainly not sent. */
const castFreeMsMax = 1_000;
/** Most casts in flight in this process. Beyond it new ones are rejected at once instead of waiting in memory. */
export const castsInFlightMax = 4_000;
/** Most second attempts in flight. While `ballots` is unavailable, retries must not double its later load. */
export const castRetriesInFlightMax = 200;
/** Least time that a second attempt needs, in milliseconds. */
const castRetryMsMin = 500;
/** Longest time of the casts in flight, in milliseconds. Beyond it fewer voters may begin. */
const castLateMs = 600;
/** Fewest casts in flight of which that is said: a few that wait for a restart of `ballots` are no load. */
const castsLateMin = 20;

export type CastCalls = {
  /**
   * Casts, with one retry of the same bytes. Throws a rejection, `busy` or `outcome-unknown`, and `too-many-requests` after
   * many casts of one session.
   */
  cast(call: CastCall): Promise<Receipt>;
  /** How long the casts in flight take, in parts of what they may take: above 1, fewer voters may begin. */
  lateness(): number;
};

export function createCastCalls(client: PrivateClient, logger: Logger): CastCalls {
  // In the order in which they began.
  const inFlight = new Set<{ readonly sinceMs: number }>();
  const tries = createCastTries();
  let retries = 0;
  const oldestMs = (): number => {
    const [oldest] = inFlight;
    return oldest ? performance.now() - oldest.sinceMs : 0;
  };
  const attempt = async (body: CastCall, msMax: number): Promise<Receipt> => {
    const call = { method: 'POST', path: '/private/casts', body, answer: castAnswer, msMax } as const;
    return (await client.call({ ...call, freeMsMax: Math.min(msMax, castFreeMsMax) })).receipt;
  };
  const retry = async (body: CastCall, msMax: number, first: unknown): Promise<Receipt> => {
    // The first may have been recorded, so only a receipt or a rejection of the ballot settles it.
    if (retries >= castRetriesInFlightMax || msMax < castRetryMsMin) throw unknown(first);
    retries += 1;
    try {
      return await attempt(body, msMax);
    } catch (error) {
      throw certainRejection(error) ?? unknown(error);
    } finally {
      retries -= 1;
    }
  };
  const unknown = (error: unknown): unknown => {
    if (!(error instanceof Problem) && !(error instanceof CallFailed)) return error;
    logger.warn({ err: error, rejection: error instanceof Problem ? error.code : 'none' }, 'call.failed');
    return new Problem('outcome-unknown', retryIn(oldestMs()));
  };
  const send = async (body: CastCall, sinceMs: number): Promise<Receipt> => {
    try {
      return await attempt(body, castMsMax);
    } catch (first) {
      const rejection = certainRejection(first);
      if (rejection) throw rejection;
      if (first instanceof Problem && first.code === 'busy') throw new Problem('busy', first.extras);
      if (!(first instanceof CallFailed)) throw unknown(first);
      if (first.nothingChanged) throw new Problem('busy', retryIn(oldestMs()));
      return await retry(body, sinceMs + castMsMax - performance.now(), first);
    }
  };
  return {
    async cast(body) {
      if (inFlight.size >= castsInFlightMax) throw new Problem('busy', retryIn(oldestMs()));
      tries.begin(body.sid);
      const cast = { sinceMs: performance.now() };
      inFlight.add(cast);
      try {
        return await send(body, cast.sinceMs);
      } catch (error) {
        if (!(error instanceof Problem) || isTemporary(error.code)) tries.giveBack(body.sid);
        throw error;
      } finally {
        inFlight.delete(cast);
      }
    },
    lateness: () => (inFlight.size < castsLateMin ? 0 : oldestMs() / castLateMs),
  };
}

const castRejections = problemCodesOf('cast');

/** The rejection of the ballot, if the error is one. */
const certainRejection = (error: unknown): Problem | null =>
  error instanceof Problem ? forwardedRejection(error, castRejections) : null;
