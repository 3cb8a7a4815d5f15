// The calls of `api` to `sms`. Codes to text in that come together are one call, and so are codes to check. A code that is
// sent is a call of its own: it takes as long as its provider, and no voter must wait for the provider of another.
import type { z } from 'zod';
import { createCallFaultLog } from '../../platform/fault-log.ts';
import type { CallFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../platform/private-calls/private-calls.ts';
import { Problem, problemCodesOf, problemOf } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import {
  checkCodesAnswer,
  codeChecksMax,
  noticeAnswer,
  sendCodeAnswer,
  smsChannels,
  textCodesAnswer,
  textCodesMax,
} from '../../protocol/sms-service.ts';
import type {
  Channels,
  CodeCheck,
  CodeCheckOutcome,
  ConfirmCall,
  NoticeCall,
  SendCodeAnswer,
  SendCodeCall,
  TextCode,
} from '../../protocol/sms-service.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';
import type { CodeFor } from '../../protocol/proofs/text-codes.ts';
import { createCoalescedCalls } from './coalesced-calls.ts';
import { reject, answeredRejection } from './forwarded-rejections.ts';
import type { FunnelSteps } from './sessions/funnel.ts';

/** Longest wait for `sms`, in milliseconds. Sending a code may try a second provider. */
const smsMsMax = 8_000;
/** Longest wait for the channels of `sms`, in milliseconds. */
const channelsMsMax = 2_000;
/** Longest time of a code that a voter texts in, its second attempt included, in milliseconds. */
export const textCodesMsMax = 4_000;
/** Least time that the second attempt needs, in milliseconds. */
const textCodesRetryMsMin = 500;
/** Longest wait until `sms` takes a notice, in milliseconds. */
const noticeMsMax = 2_000;
export const textCodeBounds = {
  /** Most codes in one call. */
  batchItemsMax: textCodesMax,
  /** Calls for codes at the same time: the more, the smaller. */
  batchesInFlightMax: 1,
  /** Most sessions that wait for their code. Beyond it new ones are rejected as `busy`. */
  waitingItemsMax: 4_000,
  /** Longest wait for the next call, in milliseconds. */
  waitMsMax: 2_000,
};
export const codeCheckBounds = {
  /** Most codes in one call. */
  batchItemsMax: codeChecksMax,
  /** Calls at the same time. */
  batchesInFlightMax: 2,
  /** Most codes that wait for a call. Beyond it new ones are rejected as `busy`: their guess was not counted. */
  waitingItemsMax: 1_000,
  /** Longest wait for the next call, in milliseconds. */
  waitMsMax: 2_000,
};
/** How long the channels are cached, and how long while `sms` is unavailable, in milliseconds. */
const channelsFreshMs = 5_000;
const channelsStaleMsMax = 60_000;

export type SmsCalls = {
  channels(): Promise<Channels>;
  /** The code that this phone texts for this session. */
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
  const faults = createCallFaultLog(logger);
  const post = <Schema extends z.ZodType>(
    path: string,
    body: unknown,
    answer: Schema,
    fallback: ProblemCode,
    msMax = smsMsMax,
  ): Promise<z.infer<Schema>> =>
    client
      .call({ method: 'POST', path, body, answer, msMax })
      .catch((error: unknown) => reject(error, smsRejections, fallback, faults));
  const unavailable = (error: Problem | CallFailed | null): Problem =>
    answeredRejection(error, smsRejections, 'verification-unavailable', faults);
  const textCodes = createCoalescedCalls<CodeFor, TextCode, TextCode>({
    bounds: textCodeBounds,
    msMax: textCodesMsMax,
    // Nothing is stored of a code.
    retryMsMin: textCodesRetryMsMin,
    bytesOf: () => 0,
    async call(items, msMax) {
      askedForCodes(items.length);
      const call = { path: '/private/text-codes', body: { items }, answer: textCodesAnswer, msMax };
      return (await client.call({ method: 'POST', ...call })).codes;
    },
    read: (code) => code,
    fail: unavailable,
  });
  const checks = createCoalescedCalls<CodeCheck, CodeCheckOutcome, Attestation>({
    bounds: codeCheckBounds,
    msMax: smsMsMax,
    // A wrong code counts each time that it is sent.
    retryMsMin: null,
    bytesOf: () => 0,
    async call(codes, msMax) {
      const call = { path: '/private/codes/checks', body: { checks: codes }, answer: checkCodesAnswer, msMax };
      return (await client.call({ method: 'POST', ...call })).outcomes;
    },
    read: (outcome) =>
      'attestation' in outcome
        ? outcome.attestation
        : unavailable(problemOf(outcome.problem, outcome.retryAfterSeconds)),
    fail: unavailable,
  });
  return {
    channels: createChannels(client, faults),
    textCode: (use) => textCodes.submit(use),
    sendCode: (call) => post('/private/codes', call, sendCodeAnswer, 'code-unavailable'),
    confirm: (call) => post('/private/confirmations', call, sendCodeAnswer, 'code-unavailable'),
    resendCode: (challenge) => post('/private/codes/resend', { challenge }, sendCodeAnswer, 'code-unavailable'),
    notify: (call) => post('/private/notices', call, noticeAnswer, 'verification-unavailable', noticeMsMax),
    checkCode: (challenge, phoneKey, code) => checks.submit({ challenge, phoneKey, code }),
  };
}

const smsRejections = problemCodesOf('sms-call');

// One read at a time, shared by all callers. While `sms` is unavailable the last answer is used for a minute.
function createChannels(client: PrivateClient, faults: CallFaultLog): () => Promise<Channels> {
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
      return reject(error, [], 'verification-unavailable', faults);
    }
  };
}
