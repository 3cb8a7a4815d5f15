// The calls of `api` to `ballots` that cast, many casts in one. Whether a ballot was recorded is never guessed: a cast that
// was certainly not recorded is `busy`, and `outcome-unknown` is only a cast that was sent and whose answer is missing. All
// waiting is bounded by one deadline, which `ballots` knows.
import type { BatcherBounds } from '../../platform/batches/batcher.ts';
import { createCallFaultLog } from '../../platform/fault-log.ts';
import { retryIn } from '../../platform/http/problems.ts';
import type { Logger } from '../../platform/logger.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import { castsAnswer, castsBytesMax, castsInCallMax } from '../../protocol/ballot-service.ts';
import type { CastCall, CastOutcomeAnswer } from '../../protocol/ballot-service.ts';
import { Problem, isTemporary, problemCodesOf, problemOf } from '../../protocol/problem.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import { createCoalescedCalls } from './coalesced-calls.ts';
import type { CoalescedCalls } from './coalesced-calls.ts';
import { forwardedRejection, logFailedCall } from './forwarded-rejections.ts';
import { createCastTries } from './sessions/cast-tries.ts';

/** Longest time of a cast, its second attempt included, in milliseconds. */
export const castMsMax = 2_500;
/** Bounds of the calls. A second attempt has the place of its first, so that retries do not multiply. */
export const castBounds: BatcherBounds = {
  /** Most casts in a call. */
  batchItemsMax: castsInCallMax,
  /** Largest call, in bytes. */
  batchBytesMax: castsBytesMax,
  /** Calls at the same time. More would only make them smaller. */
  batchesInFlightMax: 2,
  /** Most casts that wait for a call in this process. */
  waitingItemsMax: 4_000,
  /** Longest wait for a call, in milliseconds. After it the cast was certainly not sent. */
  waitMsMax: 1_000,
};
/** Least time that a second attempt needs, in milliseconds. */
const castRetryMsMin = 500;
/** Longest wait of a cast that comes now, in milliseconds. Beyond it fewer voters may begin. */
const castLateMs = 800;
/** Fewest casts in flight of which that is said: a few that wait for a restart of `ballots` are no load. */
const castsLateMin = 20;

export type CastCalls = {
  /**
   * Casts, with one retry of the same bytes. Throws a rejection, `busy` or `outcome-unknown`, and `too-many-requests` after
   * many casts of one session.
   */
  cast(call: CastCall): Promise<Receipt>;
  /** How long a cast will wait, in parts of what it may: above 1, fewer voters may begin. */
  lateness(): number;
};

export function createCastCalls(client: PrivateClient, logger: Logger): CastCalls {
  const tries = createCastTries();
  const faults = createCallFaultLog(logger);
  const unknown = (error: unknown): Problem => {
    logFailedCall(faults, error);
    return new Problem('outcome-unknown', retryIn(calls.oldestMs()));
  };
  const calls: CoalescedCalls<CastCall, Receipt> = createCoalescedCalls<CastCall, CastOutcomeAnswer, Receipt>({
    bounds: castBounds,
    msMax: castMsMax,
    retryMsMin: castRetryMsMin,
    bytesOf: (cast) => JSON.stringify(cast).length,
    async call(casts, msMax) {
      const call = { method: 'POST', path: '/private/casts', body: { casts }, answer: castsAnswer, msMax } as const;
      return (await client.call(call)).outcomes;
    },
    // After a lost answer only a receipt or a rejection of the ballot is certain.
    read(outcome, isRetry) {
      if ('receipt' in outcome) return outcome.receipt;
      const problem = problemOf(outcome.problem, outcome.retryAfterSeconds);
      const rejection = problem && forwardedRejection(problem, castRejections);
      if (rejection) return rejection;
      return !isRetry && problem?.code === 'busy' ? new Problem('busy', problem.extras) : unknown(problem);
    },
    fail(error, isRetry) {
      if (isRetry) return unknown(error);
      if (error instanceof Problem) return error.code === 'busy' ? new Problem('busy', error.extras) : unknown(error);
      return error.nothingChanged ? new Problem('busy', retryIn(calls.oldestMs())) : unknown(error);
    },
  });
  return {
    async cast(body) {
      tries.begin(body.sid);
      try {
        return await calls.submit(body);
      } catch (error) {
        if (!(error instanceof Problem) || isTemporary(error.code)) tries.giveBack(body.sid);
        throw error;
      }
    },
    lateness: () => (calls.size < castsLateMin ? 0 : calls.waitMs() / castLateMs),
  };
}

const castRejections = problemCodesOf('cast');
