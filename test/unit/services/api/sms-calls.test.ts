// The calls of `api` to `sms` that have many items, without a server behind: each item has an outcome of its own, and a lost
// answer is asked for again only where that is harmless.
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { newSecret } from '../../../../src/platform/keys/new-keys.ts';
import { CallFailed } from '../../../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../../src/platform/private-calls/private-calls.ts';
import { attestedTime } from '../../../../src/protocol/proofs/attestation.ts';
import type { CodeFor } from '../../../../src/protocol/proofs/text-codes.ts';
import { Problem, rejectedItemOf } from '../../../../src/protocol/problem.ts';
import { codeChecksMax } from '../../../../src/protocol/sms-service.ts';
import type { CodeCheck } from '../../../../src/protocol/sms-service.ts';
import {
  codeCheckBounds,
  createSmsCalls,
  textCodeBounds,
  textCodesMsMax,
} from '../../../../src/services/api/service-calls.ts';
import { createGate } from '../../../support/gate.ts';
import { createLogProbe } from '../../../support/log.ts';

type SmsRequest = Parameters<PrivateClient['call']>[0];
const itemsOf = ({ body }: SmsRequest) => (body as { items: CodeFor[] }).items;
const checksOf = ({ body }: SmsRequest) => (body as { checks: CodeCheck[] }).checks;
const codesFor = (call: SmsRequest) => ({
  codes: itemsOf(call).map(({ binding }) => ({ code: '12345678', codeTag: binding })),
});
const lostAnswer = (): Promise<never> =>
  Promise.reject(new CallFailed('sms', 'POST', new Error('the answer was lost')));
const neverSent = (): Promise<never> =>
  Promise.reject(new CallFailed('sms', 'POST', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })));

/** `answer` is given each call and its number. */
function smsCalls(answer: (call: SmsRequest, count: number) => Promise<unknown>) {
  const calls: SmsRequest[] = [];
  let askedCount = 0;
  const call = (request: SmsRequest): Promise<unknown> => {
    calls.push(request);
    return answer(request, calls.length);
  };
  const { logger } = createLogProbe('api');
  const askedForCodes = (count: number): void => void (askedCount += count);
  const sms = createSmsCalls({ call } as unknown as PrivateClient, logger, { askedForCodes });
  const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : String(error));
  return {
    calls,
    countAsked: () => askedCount,
    /** The tag of the code, which is the binding of the session, or the code of the rejection. */
    textCode: (binding = newSecret()) =>
      sms.textCode({ phoneKey: newSecret(), binding }).then(({ codeTag }) => codeTag, codeOf),
    /** The binding of the proof, which is the challenge, or the code of the rejection. */
    check: (challenge = newSecret()) =>
      sms.checkCode(challenge, newSecret(), '12345678').then(({ binding }) => binding, codeOf),
  };
}

describe('The codes that are texted in', () => {
  test('A lost answer is asked for once more for the whole call, in the time of its oldest code', async () => {
    const { calls, countAsked, textCode } = smsCalls(async (call, count) => {
      await pause(100);
      return count === 1 ? lostAnswer() : codesFor(call);
    });
    const bindings = Array.from({ length: 20 }, newSecret);
    expect(await Promise.all(bindings.map(textCode))).toEqual(bindings);
    expect(calls).toHaveLength(2);
    expect(calls[1]!.body).toEqual(calls[0]!.body);
    expect(calls[1]!.msMax).toBeLessThanOrEqual(textCodesMsMax - 95);
    // Either call may have made codes: what was asked for is never less than what was made.
    expect(countAsked()).toBe(40);
  });

  test('After two lost answers, and after a call that was never sent, no code is there', async () => {
    for (const [answer, count] of [
      [lostAnswer, 2],
      [neverSent, 1],
    ] as const) {
      const { calls, textCode } = smsCalls(answer);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => textCode()));
      expect([new Set(outcomes), calls.length]).toEqual([new Set(['verification-unavailable']), count]);
    }
  });

  test('Codes beyond those that may wait are busy at once, and are not asked for', async () => {
    const gate = createGate();
    const { calls, textCode } = smsCalls(async (call) => {
      await gate.opened;
      return codesFor(call);
    });
    const codes = Array.from({ length: textCodeBounds.waitingItemsMax }, () => textCode());
    expect(await textCode()).toBe('busy');
    gate.open();
    await Promise.all(codes);
    expect(calls.flatMap(itemsOf)).toHaveLength(textCodeBounds.waitingItemsMax);
  });
});

describe('The codes that are checked', () => {
  const right = ({ challenge }: CodeCheck) => ({
    attestation: { method: 'code', binding: challenge, verifiedAtMs: attestedTime(Date.now()), mac: newSecret() },
  });

  test('Codes that come together are one call, and each has its own outcome', async () => {
    const { calls, check } = smsCalls((call) =>
      Promise.resolve({
        outcomes: checksOf(call).map((one, index) => {
          if (index === 0) return rejectedItemOf(new Problem('wrong-code', { triesLeft: 3 }));
          return index === 1 ? rejectedItemOf(new Problem('internal')) : right(one);
        }),
      }),
    );
    const challenges = Array.from({ length: 5 }, newSecret);
    expect(await Promise.all(challenges.map(check))).toEqual([
      'wrong-code',
      'verification-unavailable',
      ...challenges.slice(2),
    ]);
    expect(calls).toHaveLength(1);
  });

  test('A call has no more codes than its bound, and one more is in the next', async () => {
    const { calls, check } = smsCalls((call) => Promise.resolve({ outcomes: checksOf(call).map(right) }));
    await Promise.all(Array.from({ length: codeChecksMax + 1 }, () => check()));
    expect(calls.map((call) => checksOf(call).length)).toEqual([codeChecksMax, 1]);
  });

  test('A lost answer is not asked for again, because a wrong code counts each time', async () => {
    const { calls, check } = smsCalls(lostAnswer);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => check()));
    expect([new Set(outcomes), calls.length]).toEqual([new Set(['verification-unavailable']), 1]);
  });

  test('Checks beyond those that may wait are busy at once, and are not sent', async () => {
    const gate = createGate();
    const { calls, check } = smsCalls(async (call) => {
      await gate.opened;
      return { outcomes: checksOf(call).map(right) };
    });
    const checks = Array.from({ length: codeCheckBounds.waitingItemsMax }, () => check());
    expect(await check()).toBe('busy');
    gate.open();
    await Promise.all(checks);
    expect(calls.flatMap(checksOf)).toHaveLength(codeCheckBounds.waitingItemsMax);
  });
});
