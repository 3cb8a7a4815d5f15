// The health of `ballots`, which only `elections` may read. Frequent requests do not cause frequent checks.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReport } from '../../../src/platform/health/examination.ts';
import { healthReport } from '../../../src/protocol/control/system-api.ts';
import { createIntake } from '../../support/intake.ts';
import type { Intake } from '../../support/intake.ts';

let intake: Intake;
beforeAll(async () => {
  intake = await createIntake();
});
afterAll(() => intake[Symbol.asyncDispose]());

const path = '/private/examination';

test('Only elections learns the state of ballots, which is examined once however often it asks', async () => {
  const examined = { times: 0 };
  const examine = () => {
    examined.times += 1;
    return Promise.resolve([{ service: 'ballots', check: 'clock', state: 'ok', observed: 'the same' } as const]);
  };
  const app = await intake.app({ report: createReport({ examine, version: '1', clock: Date.now }) });
  expect((await app.inject({ url: path })).statusCode).toBe(403);
  expect((await intake.call(app, 'GET', path, undefined, 'api')).status).toBe(403);
  expect(examined.times).toBe(0);
  const answers = await Promise.all(Array.from({ length: 20 }, () => intake.call(app, 'GET', path)));
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(healthReport.parse(body).findings).toEqual([{ check: 'clock', state: 'ok', observed: 'the same' }]);
  }
  expect(examined.times).toBe(1);
});

test('A ballots process that was not started by popvote says nothing', async () => {
  expect((await intake.call(await intake.app(), 'GET', path)).status).toBe(404);
});
