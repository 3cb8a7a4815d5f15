// The bounds of the calls that cast, without a server behind: how long they wait, and how many there are.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { retryIn } from '../../../../src/platform/http/problems.ts';
import { CallFailed } from '../../../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../../src/platform/private-calls/private-calls.ts';
import type { CastCall } from '../../../../src/protocol/ballot-service.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import {
  castMsMax,
  castRetriesInFlightMax,
  castsInFlightMax,
  createCastCalls,
} from '../../../../src/services/api/cast-calls.ts';
import { createGate } from '../../../support/gate.ts';
import { createLogProbe } from '../../../support/log.ts';
import { newSid } from '../../../support/voter/proofs.ts';

type CastRequest = Parameters<PrivateClient['call']>[0];

/** Casts over calls that are answered by `answer`, which is given each call and its number. */
function castCalls(answer: (call: CastRequest, count: number) => Promise<never>) {
  const calls: CastRequest[] = [];
  const call = (request: CastRequest): Promise<never> => {
    calls.push(request);
    return answer(request, calls.length);
  };
  const { logger } = createLogProbe('api');
  const casts = createCastCalls({ call } as unknown as PrivateClient, logger);
  const codeOf = (): Promise<string> =>
    casts.cast({ sid: newSid() } as CastCall).then(
      () => 'recorded',
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  return { calls, codeOf };
}
const lostAnswer = (): Promise<never> =>
  Promise.reject(new CallFailed('ballots', 'POST', new Error('the answer was lost')));

test('A cast waits for a free connection for a second at most, and a second attempt for what is left', async () => {
  const { calls, codeOf } = castCalls(async () => {
    await pause(300);
    return lostAnswer();
  });
  expect(await codeOf()).toBe('outcome-unknown');
  expect(calls.map(({ freeMsMax }) => freeMsMax)).toEqual([1_000, 1_000]);
  expect(calls[0]!.msMax).toBe(castMsMax);
  expect(calls[1]!.msMax).toBeLessThanOrEqual(castMsMax - 290);
});

test('No more second attempts are under way than their bound, whatever the number of lost answers', async () => {
  const gate = createGate();
  const voters = castRetriesInFlightMax + 50;
  const { calls, codeOf } = castCalls(async (_call, count) => {
    if (count > voters) await gate.opened;
    return lostAnswer();
  });
  const codes = Array.from({ length: voters }, codeOf);
  await pause(50);
  expect(calls).toHaveLength(voters + castRetriesInFlightMax);
  gate.open();
  expect(new Set(await Promise.all(codes))).toEqual(new Set(['outcome-unknown']));
});

test('Casts beyond those in flight are busy at once, and are not sent', async () => {
  const gate = createGate();
  const { calls, codeOf } = castCalls(async () => {
    await gate.opened;
    throw new Problem('busy');
  });
  const codes = Array.from({ length: castsInFlightMax }, codeOf);
  expect(await codeOf()).toBe('busy');
  expect(calls).toHaveLength(castsInFlightMax);
  gate.open();
  expect(new Set(await Promise.all(codes))).toEqual(new Set(['busy']));
  // Busy is certain, so nothing was sent again.
  expect(calls).toHaveLength(castsInFlightMax);
});

test('Clients that are rejected together are asked to come back at different times', () => {
  const seconds = Array.from({ length: 500 }, () => retryIn(8_000).retryAfterSeconds);
  expect(Math.min(...seconds)).toBe(8);
  expect(Math.max(...seconds)).toBeGreaterThan(14);
  expect(Math.max(...seconds)).toBeLessThan(20);
  expect(new Set(seconds).size).toBeGreaterThan(8);
});
