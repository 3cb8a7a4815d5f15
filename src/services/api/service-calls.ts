// The calls of `api` to `sms` and to `ballots`. The voter receives the rejections that answer these calls (`answersTo` in
// the problem table); any other failure becomes the fallback of the call. Whether a ballot was recorded is never guessed.
import type { z } from 'zod';
import type { Logger } from '../../platform/logger.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { castAnswer } from '../../protocol/public-api.ts';
import type { CastCall } from '../../protocol/ballot-service.ts';
import { Problem, problemCodesOf, problems } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import type { Receipt } from '../../protocol/public-api.ts';
import { smsChannels, checkCodeAnswer, sendCodeAnswer } from '../../protocol/sms-service.ts';
import type { Channels, SendCodeAnswer, SendCodeCall } from '../../protocol/sms-service.ts';
import type { Attestation } from '../../protocol/attestation.ts';

/** Longest wait for `sms`, in milliseconds: sending a code may try a second provider. */
const smsMsMax = 8_000;
/** Longest wait for the channels of `sms`, in milliseconds. */
const channelsMsMax = 2_000;
/** For how long the channels are used without asking, and while `sms` is away, in milliseconds. */
const channelsFreshMs = 5_000;
const channelsStaleMsMax = 60_000;
/** Longest wait for one attempt to cast, in milliseconds. */
export const castAttemptMsMax = 2_500;
/** Casts in flight in this process: beyond, new ones are refused at once instead of waiting in memory. */
export const castsInFlightMax = 4_000;
/** Second attempts in flight: while `ballots` is away, retries must not double what it will have to bear. */
export const castRetriesInFlightMax = 200;
/** Wait in seconds when a callee gave none with a rejection for too many requests. */
const tooManySeconds = 60;

export type SmsCalls = {
  channels(): Promise<Channels>;
  sendCode(call: SendCodeCall): Promise<SendCodeAnswer>;
  resendCode(challenge: string): Promise<SendCodeAnswer>;
  checkCode(challenge: string, phoneKey: string, code: string): Promise<Attestation>;
};

export function createSmsCalls(client: PrivateClient, logger: Logger): SmsCalls {
  const post = <Schema extends z.ZodType>(
    path: string,
    body: unknown,
    answer: Schema,
    fallback: ProblemCode,
  ): Promise<z.infer<Schema>> =>
    client
      .call({ method: 'POST', path, body, answer, msMax: smsMsMax })
      .catch((error: unknown) => reject(error, smsRejections, fallback, logger));
  return {
    channels: createChannels(client, logger),
    sendCode: (call) => post('/private/codes', call, sendCodeAnswer, 'code-unavailable'),
    resendCode: (challenge) => post('/private/codes/resend', { challenge }, sendCodeAnswer, 'code-unavailable'),
    async checkCode(challenge, phoneKey, code) {
      const call = { challenge, phoneKey, code };
      return (await post('/private/codes/check', call, checkCodeAnswer, 'verification-unavailable')).attestation;
    },
  };
}

const smsRejections = problemCodesOf('sms-call');

// One question at a time for all who ask; while `sms` is away the last answer serves for a minute.
function createChannels(client: PrivateClient, logger: Logger): () => Promise<Channels> {
  let known: { value: Channels; atMs: number } | undefined;
  let asking: Promise<Channels> | undefined;
  const ask = async (): Promise<Channels> => {
    const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: channelsMsMax } as const;
    const value = await client.call(call);
    known = { value, atMs: performance.now() };
    return value;
  };
  return async () => {
    const age = known ? performance.now() - known.atMs : Infinity;
    if (known && age < channelsFreshMs) return known.value;
    asking ??= ask().finally(() => (asking = undefined));
    try {
      return await asking;
    } catch (error) {
      if (known && age < channelsStaleMsMax) return known.value;
      return reject(error, [], 'verification-unavailable', logger);
    }
  };
}

export type CastCalls = {
  /** Casts with one retry of the same bytes. Throws a rejection, or `outcome-unknown`. */
  cast(call: CastCall): Promise<Receipt>;
};

const castRejections = problemCodesOf('cast');

export function createCastCalls(client: PrivateClient, logger: Logger): CastCalls {
  let inFlight = 0;
  let retries = 0;
  const attempt = async (body: CastCall): Promise<Receipt> => {
    const path = '/private/casts';
    return (await client.call({ method: 'POST', path, body, answer: castAnswer, msMax: castAttemptMsMax })).receipt;
  };
  const again = async (body: CastCall, first: unknown): Promise<Receipt> => {
    // A rejection is an answer; only silence is worth a second attempt.
    if (!(first instanceof CallFailed) || retries >= castRetriesInFlightMax) throw first;
    retries += 1;
    try {
      return await attempt(body);
    } finally {
      retries -= 1;
    }
  };
  return {
    async cast(body) {
      if (inFlight >= castsInFlightMax) throw new Problem('busy', retrySoon());
      inFlight += 1;
      try {
        return await attempt(body).catch((first: unknown) => again(body, first));
      } catch (error) {
        return reject(error, castRejections, 'outcome-unknown', logger);
      } finally {
        inFlight -= 1;
      }
    },
  };
}

/** Throws the voter's rejection: the callee's own where it answers this call, else the fallback. */
function reject(error: unknown, forwarded: readonly ProblemCode[], fallback: ProblemCode, logger: Logger): never {
  if (error instanceof Problem && forwarded.includes(error.code)) {
    const { status, constantBody } = problems[error.code];
    if (constantBody) throw new Problem(error.code);
    const wait = status === 429 ? { retryAfterSeconds: tooManySeconds } : status === 503 ? retrySoon() : {};
    throw new Problem(error.code, { ...wait, ...error.extras });
  }
  if (!(error instanceof Problem) && !(error instanceof CallFailed)) throw error;
  logger.warn({ err: error, rejection: error instanceof Problem ? error.code : 'none' }, 'call.failed');
  throw new Problem(fallback, retrySoon());
}
