// The clock of each machine is wrong in turn, by an hour and by a day, ahead and back. Voting goes on by the database's
// clock, the service says "clock" in its log and in its readiness, and no ballot is lost.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Platform } from '../support/processes/processes.ts';
import type { Service } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';

// Each test restarts processes, which is slow on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const hourMs = 3_600_000;
const steps = [hourMs, -hourMs, 25 * hourMs, -25 * hourMs];
const electionId = `clocks-${randomUUID()}`;
let platform: Platform;
let voters = 0;

/** A vote from the first step to the receipt, by text or by code. */
const vote = async (method: 'text-in' | 'code' = 'text-in'): Promise<number> => {
  const voter = new Voter(platform.origins, electionId);
  if (method === 'text-in') await voter.verify();
  else {
    await voter.identify('code');
    const [text] = await voter.received();
    await voter.enter(/\d{8}/.exec(text ?? '')?.[0] ?? '');
  }
  const { status } = await voter.cast(ballot());
  if (status === 201) voters += 1;
  return status;
};
const clockState = async (service: Service): Promise<string | undefined> => {
  const origin = service === 'api' ? platform.origins.api : platform.privateOrigins[service];
  let checks: { name: string; state: string }[] = [];
  // A wrong clock makes no process unready. One that was held up for a moment is ready at the next look.
  await until(async () => {
    const answer = await fetch(`${origin ?? ''}/readyz`);
    ({ checks } = (await answer.json()) as { checks: { name: string; state: string }[] });
    return answer.status === 200;
  }, `${service} is ready`);
  return checks.find(({ name }) => name === 'clock')?.state;
};
const linesWith = (word: string): number => platform.output().split(word).length - 1;
const allArrived = () =>
  until(async () => {
    const { participation, outbox, box } = await platform.counts(electionId);
    return outbox === 0 && participation === box && box === voters;
  }, 'participation = box = receipts');

beforeAll(async () => {
  platform = await startPlatform();
  await platform.load(definition({ id: electionId, minBatch: 1, rehearsal: true }));
});
afterAll(() => platform[Symbol.asyncDispose]());

describe('A clock that is wrong at the start', () => {
  test('A mixer that started with its clock 25 hours ahead stops no vote, then or after it is right', async () => {
    expect(await vote()).toBe(201);
    // A ballot that is sealed, and still waits while the mixer is not running.
    await platform.end('mixer');
    expect(await vote()).toBe(201);
    platform.setClock('mixer', 25 * hourMs);
    const before = linesWith('clock.differs');
    await platform.restart('mixer');
    await until(() => Promise.resolve(linesWith('clock.differs') > before), 'the mixer says that its clock differs');
    expect(await clockState('mixer')).toBe('failed');
    expect(await vote()).toBe(201);
    await allArrived();
    platform.setClock('mixer', 0);
    await platform.restart('mixer');
    await until(async () => (await clockState('mixer')) === 'ok', 'the mixer sees that its clock is right');
    expect(await vote()).toBe(201);
    await allArrived();
    expect(platform.output()).not.toContain('mixer.ballots-not-opened');
    expect(platform.output()).not.toContain('epoch-key.from-the-future');
  });
});

describe.each(['mixer', 'ballots', 'api', 'sms'] as const)('The clock of %s', (service) => {
  test('Votes go on while the clock is set ahead and back by an hour and a day', async () => {
    for (const aheadMs of steps) {
      const before = linesWith('clock.differs');
      platform.setClock(service, aheadMs);
      // Before the step is noticed, and after.
      expect(await vote(), String(aheadMs)).toBe(201);
      await until(async () => (await clockState(service)) === 'failed', `${service} sees a step of ${aheadMs} ms`);
      expect(linesWith('clock.differs')).toBeGreaterThan(before);
      expect(await vote('code'), String(aheadMs)).toBe(201);
      platform.setClock(service, 0);
      await until(async () => (await clockState(service)) === 'ok', `${service} sees that its clock is right`);
      expect(await vote(), String(aheadMs)).toBe(201);
    }
    await allArrived();
  });

  test('Votes go on after a start with a clock that is a day ahead, and after it is right', async () => {
    platform.setClock(service, 24 * hourMs);
    await platform.restart(service);
    expect(await vote()).toBe(201);
    expect(await vote('code')).toBe(201);
    expect(await clockState(service)).toBe('failed');
    platform.setClock(service, 0);
    await until(async () => (await clockState(service)) === 'ok', `${service} sees that its clock is right`);
    expect(await vote()).toBe(201);
    await allArrived();
  });
});
