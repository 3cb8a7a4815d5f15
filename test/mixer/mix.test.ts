// Mixing over both real databases.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/platform/http.ts';
import { createIntake, newElection } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';
import { createMixing } from '../support/mixing.ts';
import type { Mixing } from '../support/mixing.ts';

let intake: Intake;
let mixing: Mixing;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  mixing = await createMixing(intake);
  app = await intake.app();
});
afterAll(async () => {
  await mixing[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

test('in a rehearsal with K = 1 a single ballot reaches the box at the next step', async () => {
  const election = newElection();
  await intake.create(app, election);
  const answer = await intake.call(app, 'POST', '/private/casts', intake.cast({ electionId: election.id }), 'api');
  expect(answer.status, answer.text + intake.log.text()).toBe(200);
  expect(await mixing.mixer().mixOnce(), mixing.log.text()).toBe(1);
  expect(await intake.databases.query('box', 'select election_id, channel, ballot from pv.ballot')).toEqual([
    {
      election_id: election.id,
      channel: 'online',
      ballot: '{"contests":[{"choices":["yes"],"contestId":"motion"},{"choices":["red"],"contestId":"council"}]}',
    },
  ]);
  expect(await mixing.reconcile()).toEqual([
    { electionId: election.id, participation: 1, outbox: 0, box: 1, mismatch: 0 },
  ]);
});
