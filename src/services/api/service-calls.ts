// The calls of `api` to `sms`, and which rejections of another service are forwarded to the voter: those that answer the
// call (`answersTo` in the problem table). Any other failure becomes the fallback of the call.
import type { z } from 'zod';
import { createBatcher } from '../../platform/batches/batcher.ts';
import type { Logger } from '../../platform/logger.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { Problem, problemCodesOf, problems } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import {
  checkCodeAnswer,
  noticeAnswer,
  sendCodeAnswer,
  smsChannels,
  textCodesAnswer,
  textCodesMax,
} from '../../protocol/sms-service.ts';
import type {
  Channels,
  ConfirmCall,
  NoticeCall,
  SendCodeAnswer,
  SendCodeCall,
  TextCode,
} from '../../protocol/sms-service.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';
import type { CodeFor } from '../../protocol/proofs/text-codes.ts';
import type { FunnelSteps } from './sessions/funnel.ts';

/** Longest wait for `sms`, in milliseconds. Sending a code may try a second provider. */
const smsMsMax = 8_000;
/** Longest wait for the channels of `sms`, in milliseconds. */
const channelsMsMax = 2_000;
/** Longest wait for the codes that voters text in, in milliseconds. */
const textCodesMsMax = 2_000;
/** Longest wait until `sms` takes a notice, in milliseconds. */
const noticeMsMax = 2_000;
/** The codes that are asked for while others are under way are the next call. */
const textCodeBounds = {
  /** Most codes in one call. */
  batchItemsMax: textCodesMax,
  /** Calls for codes at the same time: the more, the smaller. */
  batchesInFlightMax: 1,
  /** Most sessions that wait for their code. Beyond it new ones are rejected as `busy`. */
  waitingItemsMax: 4_000,
  /** Longest wait for the next call, in milliseconds. */
  waitMsMax: 2_000,
};
/** How long the channels are cached, and how long while `sms` is unavailable, in milliseconds. */
const channelsFreshMs = 5_000;
const channelsStaleMsMax = 60_000;
/** Wait in seconds for a 429 without a wait from the callee. */
const tooManySeconds = 60;

export type SmsCalls = {
  channels(): Promise<Channels>;
  /** The code that this phone texts for this session. Sessions of one moment share a call. */
  textCode(use: CodeFor): Promise<TextCode>;
  sendCode(call: SendCodeCall): Promise<SendCodeAnswer>;
  /** A code back to a phone that texted. */
  confirm(call: ConfirmCall): Promise<SendCodeAnswer>;
  resendCode(challenge: string): Promise<SendCodeAnswer>;
  /** Resolves when `sms` took the notice. */
  notify(call: NoticeCall): Promise<unknown>;
  checkCode(challenge: string, phoneKey: string, code: string): Promise<Attestation>;
};

export function createSmsCalls(
  client: PrivateClient,
  logger: Logger,
  { askedForCodes }: Pick<FunnelSteps, 'askedForCodes'>,
): SmsCalls {
  const post = <Schema extends z.ZodType>(
    path: string,
    body: unknown,
    answer: Schema,
    fallback: ProblemCode,
    msMax = smsMsMax,
  ): Promise<z.infer<Schema>> =>
    client
      .call({ method: 'POST', path, body, answer, msMax })
      .catch((error: unknown) => reject(error, smsRejections, fallback, logger));
  const textCodes = createBatcher<CodeFor, TextCode>({
    async commit(_group, items) {
      const path = '/private/text-codes';
      askedForCodes(items.length);
      return (await post(path, { items }, textCodesAnswer, 'verification-unavailable', textCodesMsMax)).codes;
    },
    bytesOf: () => 1,
    bounds: textCodeBounds,
  });
  return {
    channels: createChannels(client, logger),
    textCode: (use) => textCodes.submit('', use),
    sendCode: (call) => post('/private/codes', call, sendCodeAnswer, 'code-unavailable'),
    confirm: (call) => post('/private/confirmations', call, sendCodeAnswer, 'code-unavailable'),
    resendCode: (challenge) => post('/private/codes/resend', { challenge }, sendCodeAnswer, 'code-unavailable'),
    notify: (call) => post('/private/notices', call, noticeAnswer, 'verification-unavailable', noticeMsMax),
    async checkCode(challenge, phoneKey, code) {
      const call = { challenge, phoneKey, code };
      return (await post('/private/codes/check', call, checkCodeAnswer, 'verification-unavailable')).attestation;
    },
  };
}

const smsRejections = problemCodesOf('sms-call');

// One read at a time, shared by all callers. While `sms` is unavailable the last answer is used for a minute.
function createChannels(client: PrivateClient, logger: Logger): () => Promise<Channels> {
  let cache: { value: Channels; atMs: number } | undefined;
  let pendingRead: Promise<Channels> | undefined;
  const readChannels = async (): Promise<Channels> => {
    const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: channelsMsMax } as const;
    const value = await client.call(call);
    cache = { value, atMs: performance.now() };
    return value;
  };
  return async () => {
    const age = cache ? performance.now() - cache.atMs : Infinity;
    if (cache && age < channelsFreshMs) return cache.value;
    pendingRead ??= readChannels().finally(() => (pendingRead = undefined));
    try {
      return await pendingRead;
    } catch (error) {
      if (cache && age < channelsStaleMsMax) return cache.value;
      return reject(error, [], 'verification-unavailable', logger);
    }
  };
}

/** Throws the callee's rejection if it answers this call, else the fallback. */
function reject(error: unknown, forwarded: readonly ProblemCode[], fallback: ProblemCode, logger: Logger): never {
  if (error instanceof Problem) {
    const rejection = forwardedRejection(error, forwarded);
    if (rejection) throw rejection;
  } else if (!(error instanceof CallFailed)) throw error;
  logger.warn({ err: error, rejection: error instanceof Problem ? error.code : 'none' }, 'call.failed');
  throw new Problem(fallback, retrySoon());
}

/** The callee's rejection as the voter gets it, or null if it does not answer the voter's call. */
export function forwardedRejection({ code, extras }: Problem, forwarded: readonly ProblemCode[]): Problem | null {
  if (!forwarded.includes(code)) return null;
  const { status, constantBody } = problems[code];
  if (constantBody) return new Problem(code);
  const wait = status === 429 ? { retryAfterSeconds: tooManySeconds } : status === 503 ? retrySoon() : {};
  return new Problem(code, { ...wait, ...extras });
}
