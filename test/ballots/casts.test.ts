// Casting, through the private server and the real database.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/platform/http.ts';
import { ballot } from '../support/elections.ts';
import { createIntake, newElection } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';

let intake: Intake;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  app = await intake.app();
  await intake.epoch();
});
afterAll(() => intake[Symbol.asyncDispose]());

describe('a cast', () => {
  test('gets a receipt, and the same cast again gets the same bytes', async () => {
    const election = newElection();
    expect(await intake.create(app, election)).toMatchObject({ status: 200, body: { created: true } });
    const call = intake.cast({ electionId: election.id });
    const first = await intake.call(app, 'POST', '/private/casts', call, 'api');
    expect(first.text, intake.log.text()).toContain('receipt');
    expect(first.status).toBe(200);
    const again = await intake.call(app, 'POST', '/private/casts', call, 'api');
    expect(again.text).toBe(first.text);
    const other = await intake.call(app, 'POST', '/private/casts', { ...call, ballot: ballot('no') }, 'api');
    expect(other).toMatchObject({ status: 409, body: { code: 'already-recorded' } });
  });
});
