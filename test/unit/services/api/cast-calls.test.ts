// The bounds of the calls that cast, without a server behind: how long they wait, and how many there are.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { retryIn } from '../../../../src/platform/http/problems.ts';
import { CallFailed } from '../../../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../../src/platform/private-calls/private-calls.ts';
import { castsInCallMax } from '../../../../src/protocol/ballot-service.ts';
import type { CastCall, CastOutcomeAnswer } from '../../../../src/protocol/ballot-service.ts';
import { Problem, problemBodyOf } from '../../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../../src/protocol/problem.ts';
import { castBounds, castMsMax, createCastCalls } from '../../../../src/services/api/cast-calls.ts';
import { createGate } from '../../../support/gate.ts';
import { createLogProbe } from '../../../support/log.ts';
import { promisedLeaf } from '../../../support/record/manifests.ts';
import { newSid } from '../../../support/voter/proofs.ts';

type CastRequest = Parameters<PrivateClient['call']>[0];
type Outcomes = { outcomes: CastOutcomeAnswer[] };

const castsOf = (call: CastRequest): CastCall[] => (call.body as { casts: CastCall[] }).casts;
/** A receipt that names the session it is for. */
const recorded = ({ sid }: CastCall): CastOutcomeAnswer => ({
  receipt: { version: 1, electionId: 'e', leaf: sid, signature: 's', kid: 'k' },
});
const rejected = (code: ProblemCode): CastOutcomeAnswer => ({ problem: problemBodyOf(code), retryAfterSeconds: 17 });

/** Casts over calls that are answered by `answer`, which is given each call and its number. */
function castCalls(answer: (call: CastRequest, count: number) => Promise<Outcomes>) {
  const calls: CastRequest[] = [];
  const call = (request: CastRequest): Promise<Outcomes> => {
    calls.push(request);
    return answer(request, calls.length);
  };
  const { logger, text } = createLogProbe('api');
  const casts = createCastCalls({ call } as unknown as PrivateClient, logger);
  /** The leaf of the receipt, which is the session, or the code of the rejection. */
  const cast = (sid = newSid()): Promise<string> =>
    casts.cast({ sid } as CastCall).then(
      (receipt) => promisedLeaf(receipt),
      (error: unknown) => (error instanceof Problem ? error.code : String(error)),
    );
  return { calls, cast, casts, text };
}
const lostAnswer = (): Promise<never> =>
  Promise.reject(new CallFailed('ballots', 'POST', new Error('the answer was lost')));
const turn = (): Promise<void> => pause(5);

test('Casts that come while two calls are under way are the next call, and each gets its own outcome', async () => {
  const gate = createGate();
  const codes = ['already-recorded', 'invalid-ballot', 'busy'] as const;
  const { calls, cast } = castCalls(async (call, count) => {
    if (count <= castBounds.batchesInFlightMax) await gate.opened;
    const outcomes = castsOf(call).map((one, index) => (codes[index] ? rejected(codes[index]) : recorded(one)));
    return { outcomes: count === 3 ? outcomes : castsOf(call).map(recorded) };
  });
  const sids = Array.from({ length: 7 }, newSid);
  const first = cast(sids[0]);
  await turn();
  const second = cast(sids[1]);
  await turn();
  const others = sids.slice(2).map((sid) => cast(sid));
  await turn();
  expect(calls.map((call) => castsOf(call).length)).toEqual([1, 1]);
  gate.open();
  expect(await Promise.all([first, second])).toEqual(sids.slice(0, 2));
  expect(await Promise.all(others)).toEqual([...codes, ...sids.slice(5)]);
  expect(calls.map((call) => castsOf(call).map(({ sid }) => sid))[2]).toEqual(sids.slice(2));
});

test('A few old casts do not count as a long wait while those that come are served at once', async () => {
  const gate = createGate();
  const { cast, casts } = castCalls(async (call, count) => {
    if (count === 2) await gate.opened;
    return { outcomes: castsOf(call).map(recorded) };
  });
  // The first call has one cast, the second one all others of this turn.
  const first = [cast(), ...Array.from({ length: castsInCallMax }, () => cast())];
  await first[0];
  const beganAt = performance.now();
  // Longer than a cast may wait without fewer voters being admitted.
  while (performance.now() < beganAt + 900) await Promise.all(Array.from({ length: 50 }, () => cast()));
  expect(casts.lateness()).toBeLessThan(0.5);
  gate.open();
  await Promise.all(first);
  expect(casts.lateness()).toBe(0);
});

test('While no cast ends, the age of the oldest is the wait', async () => {
  const gate = createGate();
  const { cast, casts } = castCalls(async (call) => {
    await gate.opened;
    return { outcomes: castsOf(call).map(recorded) };
  });
  const beganAt = performance.now();
  const all = Array.from({ length: castsInCallMax }, () => cast());
  while (casts.lateness() < 0.3) await turn();
  // A third of what a cast may wait, which is 800 ms.
  expect(performance.now() - beganAt).toBeGreaterThan(200);
  gate.open();
  await Promise.all(all);
});

test('A call has no more casts than its bound, and the others follow in order', async () => {
  const { calls, cast } = castCalls((call) => Promise.resolve({ outcomes: castsOf(call).map(recorded) }));
  const sids = Array.from({ length: 3 * castsInCallMax + 1 }, newSid);
  expect(await Promise.all(sids.map((sid) => cast(sid)))).toEqual(sids);
  expect(calls.map((call) => castsOf(call).length)).toEqual([castsInCallMax, castsInCallMax, castsInCallMax, 1]);
});

test('A lost answer is asked for once more for the whole call, within the time of its oldest cast', async () => {
  const { calls, cast } = castCalls(async (call, count) => {
    await pause(300);
    return count === 1 ? lostAnswer() : { outcomes: castsOf(call).map(recorded) };
  });
  const sids = Array.from({ length: 20 }, newSid);
  expect(await Promise.all(sids.map((sid) => cast(sid)))).toEqual(sids);
  expect(calls).toHaveLength(2);
  expect(calls[1]!.body).toEqual(calls[0]!.body);
  expect(calls[0]!.msMax).toBeLessThanOrEqual(castMsMax);
  expect(calls[1]!.msMax).toBeLessThanOrEqual(castMsMax - 290);
});

test('After two lost answers the outcome of each cast is unknown', async () => {
  const { calls, cast } = castCalls(lostAnswer);
  const codes = await Promise.all(Array.from({ length: 20 }, () => cast()));
  expect(new Set(codes)).toEqual(new Set(['outcome-unknown']));
  expect(calls).toHaveLength(2);
});

test('After a lost answer only a receipt or a rejection of the ballot is certain', async () => {
  const { cast } = castCalls((call, count) =>
    count === 1
      ? lostAnswer()
      : Promise.resolve({
          outcomes: castsOf(call).map((one, index) =>
            index === 0 ? recorded(one) : rejected(index === 1 ? 'busy' : 'already-recorded'),
          ),
        }),
  );
  const [first, ...others] = Array.from({ length: 3 }, newSid);
  expect(await Promise.all([first, ...others].map((sid) => cast(sid)))).toEqual([
    first,
    'outcome-unknown',
    'already-recorded',
  ]);
});

test('Second attempts keep the place of the first, so that retries do not multiply', async () => {
  let underWay = 0;
  let most = 0;
  const { calls, cast } = castCalls(async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await turn();
    underWay -= 1;
    return lostAnswer();
  });
  const codes: Promise<string>[] = [];
  for (let n = 0; n < 12; n += 1) {
    codes.push(cast());
    await pause(1);
  }
  expect(new Set(await Promise.all(codes))).toEqual(new Set(['outcome-unknown']));
  expect(most).toBe(castBounds.batchesInFlightMax);
  const sids = calls.map((call) => JSON.stringify(castsOf(call)));
  expect(new Set(sids).size * 2).toBe(sids.length);
});

test('A cast that waited too long for its call is busy and was never sent', async () => {
  const gate = createGate();
  const { calls, cast } = castCalls(async (call) => {
    await gate.opened;
    return { outcomes: castsOf(call).map(recorded) };
  });
  const calling: Promise<string>[] = [];
  for (let n = 0; n < castBounds.batchesInFlightMax; n += 1) {
    calling.push(cast());
    await turn();
  }
  const began = performance.now();
  expect(await cast()).toBe('busy');
  expect(performance.now() - began).toBeGreaterThanOrEqual(castBounds.waitMsMax - 5);
  gate.open();
  await Promise.all(calling);
  expect(calls).toHaveLength(castBounds.batchesInFlightMax);
});

// On a busy machine some casts wait too long before their call, and are not sent at all.
test('Casts beyond those that may wait are busy at once, and are not sent', { retry: 2 }, async () => {
  const gate = createGate();
  const { calls, cast } = castCalls(async (call) => {
    await gate.opened;
    return { outcomes: castsOf(call).map(() => rejected('busy')) };
  });
  const codes = Array.from({ length: castBounds.waitingItemsMax }, () => cast());
  expect(await cast()).toBe('busy');
  gate.open();
  expect(new Set(await Promise.all(codes))).toEqual(new Set(['busy']));
  // Busy is certain, so nothing was sent again.
  expect(calls.flatMap(castsOf)).toHaveLength(castBounds.waitingItemsMax);
});

test('Clients that are rejected together are asked to come back at different times', () => {
  const seconds = Array.from({ length: 500 }, () => retryIn(8_000).retryAfterSeconds);
  expect(Math.min(...seconds)).toBe(8);
  expect(Math.max(...seconds)).toBeGreaterThan(14);
  expect(Math.max(...seconds)).toBeLessThan(20);
  expect(new Set(seconds).size).toBeGreaterThan(8);
});

test('An outage of ballots is one line of the log, and not one for each voter', async () => {
  const { cast, text } = castCalls(lostAnswer);
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => cast()));
  expect(new Set(outcomes)).toEqual(new Set(['outcome-unknown']));
  expect(text().match(/call\.failed/g)).toHaveLength(1);
});
