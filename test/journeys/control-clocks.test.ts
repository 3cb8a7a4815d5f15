// The clock of each machine of the control zone is wrong in turn. People log in and work on, the services call each other,
// and the service says "clock" in its log and in its readiness.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import type { Service } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';

// Each test restarts a process, which is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const hourMs = 3_600_000;
let platform: Platform & { readonly control: Control };
beforeAll(async () => {
  platform = await startPlatform({ control: true });
});
afterAll(() => platform[Symbol.asyncDispose]());

/** A new login, a request to each service of it, and a report that `elections` fetches from `ballots`. */
const work = async (): Promise<number[]> => {
  const { administrator } = platform.control;
  await administrator.logIn();
  const answers = [
    await administrator.call('access', 'GET', '/v1/users'),
    await administrator.call('elections', 'GET', '/v1/elections'),
    await administrator.call('officials', 'GET', '/v1/batches'),
    await administrator.call('elections', 'GET', '/v1/system'),
  ];
  const silentNow = async (): Promise<string[]> => {
    const { body } = await administrator.call('elections', 'GET', '/v1/system');
    return (body as { silent: { service: string }[] }).silent.map(({ service }) => service);
  };
  await expect.poll(silentNow).not.toContain('ballots');
  return answers.map(({ status }) => status);
};
const works = [200, 200, 200, 200];
const clockState = async (service: Service): Promise<string | undefined> => {
  const answer = await fetch(`${platform.privateOrigins[service] ?? ''}/readyz`);
  const { checks } = (await answer.json()) as { checks: { name: string; state: string }[] };
  return checks.find(({ name }) => name === 'clock')?.state;
};
const differences = (): number => platform.output().split('clock.differs').length - 1;

describe.each(['access', 'elections', 'officials', 'worker', 'panel'] as const)('The clock of %s', (service) => {
  test('People work on while the clock is set ahead and back by an hour and a day', async () => {
    for (const aheadMs of [hourMs, -hourMs, 25 * hourMs, -25 * hourMs]) {
      const before = differences();
      platform.setClock(service, aheadMs);
      expect(await work(), String(aheadMs)).toEqual(works);
      await until(async () => (await clockState(service)) === 'failed', `${service} sees a step of ${aheadMs} ms`);
      expect(differences()).toBeGreaterThan(before);
      expect(await work(), String(aheadMs)).toEqual(works);
      platform.setClock(service, 0);
      await until(async () => (await clockState(service)) === 'ok', `${service} sees that its clock is right`);
      expect(await work(), String(aheadMs)).toEqual(works);
    }
  });

  test('People work on after a start with a clock that is a day behind, and after it is right', async () => {
    platform.setClock(service, -24 * hourMs);
    await platform.restart(service);
    expect(await work()).toEqual(works);
    expect(await clockState(service)).toBe('failed');
    platform.setClock(service, 0);
    await until(async () => (await clockState(service)) === 'ok', `${service} sees that its clock is right`);
    expect(await work()).toEqual(works);
  });
});
