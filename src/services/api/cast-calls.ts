// The calls of `api` to `ballots` that cast. Casts that come while others are under way are the next call. Whether a ballot
// was recorded is never guessed: a cast that was certainly not recorded is `busy`, and `outcome-unknown` is only a cast that
// was sent and whose answer is missing. All waiting is bounded by one deadline, which `ballots` knows.
import { createBatcher } from '../../platform/batches/batcher.ts';
import type { BatcherBounds } from '../../platform/batches/batcher.ts';
import { retryIn } from '../../platform/http/problems.ts';
import type { Logger } from '../../platform/logger.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import { castsAnswer, castsBytesMax, castsInCallMax } from '../../protocol/ballot-service.ts';
import type { CastCall, CastOutcomeAnswer } from '../../protocol/ballot-service.ts';
import { Problem, isTemporary, problemCodesOf, problemOf } from '../../protocol/problem.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import { forwardedRejection } from './service-calls.ts';
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

type Cast = { readonly body: CastCall; readonly sinceMs: number };

export function createCastCalls(client: PrivateClient, logger: Logger): CastCalls {
  // In the order in which they began.
  const inFlight = new Set<Cast>();
  const tries = createCastTries();
  const oldestMs = (): number => {
    const [oldest] = inFlight;
    return oldest ? performance.now() - oldest.sinceMs : 0;
  };
  const attempt = async (casts: readonly Cast[], msMax: number): Promise<CastOutcomeAnswer[]> => {
    const body = { casts: casts.map((cast) => cast.body) };
    const call = { method: 'POST', path: '/private/casts', body, answer: castsAnswer, msMax } as const;
    const { outcomes } = await client.call(call);
    if (outcomes.length !== casts.length) throw new Error('Each cast must have an outcome.');
    return outcomes;
  };
  const unknown = (error: unknown): Problem => {
    logger.warn({ err: error, rejection: error instanceof Problem ? error.code : 'none' }, 'call.failed');
    return new Problem('outcome-unknown', retryIn(oldestMs()));
  };
  /** The outcome of each cast, as the voter gets it. After a lost answer only a receipt or a rejection of the ballot is certain. */
  const read = (outcomes: readonly CastOutcomeAnswer[], isRetry: boolean): (Receipt | Problem)[] =>
    outcomes.map((outcome) => {
      if ('receipt' in outcome) return outcome.receipt;
      const problem = problemOf(outcome.problem, outcome.retryAfterSeconds);
      const rejection = problem && forwardedRejection(problem, castRejections);
      if (rejection) return rejection;
      return !isRetry && problem?.code === 'busy' ? new Problem('busy', problem.extras) : unknown(problem);
    });
  const send = async (casts: readonly Cast[]): Promise<(Receipt | Problem)[]> => {
    const endsAtMs = Math.min(...casts.map(({ sinceMs }) => sinceMs)) + castMsMax;
    const msLeft = (): number => endsAtMs - performance.now();
    const all = (problem: Problem): Problem[] => casts.map(() => problem);
    try {
      return read(await attempt(casts, msLeft()), false);
    } catch (first) {
      if (first instanceof Problem)
        return all(first.code === 'busy' ? new Problem('busy', first.extras) : unknown(first));
      if (!(first instanceof CallFailed)) throw first;
      if (first.nothingChanged) return all(new Problem('busy', retryIn(oldestMs())));
      if (msLeft() < castRetryMsMin) return all(unknown(first));
    }
    try {
      return read(await attempt(casts, msLeft()), true);
    } catch (second) {
      if (!(second instanceof Problem || second instanceof CallFailed)) throw second;
      return all(unknown(second));
    }
  };
  const calls = createBatcher<Cast, Receipt | Problem>({
    commit: (_group, casts) => send(casts),
    bytesOf: ({ body }) => JSON.stringify(body).length,
    bounds: castBounds,
  });
  return {
    async cast(body) {
      tries.begin(body.sid);
      const cast = { body, sinceMs: performance.now() };
      inFlight.add(cast);
      try {
        const outcome = await calls.submit('', cast);
        if (outcome instanceof Problem) throw outcome;
        return outcome;
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
