// H4. The attacker has: a voter's ballot key and phone (a sold or coerced vote), the public API, and perhaps dumps. The answer
// to a repeated cast must not be a lasting oracle about the ballot that was recorded.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/platform/http/http.ts';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import type { CastCall } from '../../src/protocol/ballot-service.ts';
import { castsPerSessionMax } from '../../src/services/api/sessions/cast-tries.ts';
import { createProofCheck } from '../../src/services/ballots/attestation-check.ts';
import { ballot } from '../support/elections.ts';
import { createIntake, newElection } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';
import { bearer, codeOf, rejection, startApi } from '../support/services/api.ts';
import { createProver, newSid } from '../support/voter/proofs.ts';

let intake: Intake;
let ballots: App;
beforeAll(async () => {
  intake = await createIntake();
  ballots = await intake.app();
  await intake.epoch();
});
afterAll(() => intake[Symbol.asyncDispose]());

const cast = (call: CastCall) => intake.castAt(ballots, call);

test('A later session of the voter gets the same answer for the true ballot and for every other', async () => {
  const election = newElection();
  await intake.create(ballots, election);
  const first = intake.cast({ electionId: election.id });
  const receipt = await cast(first);
  expect(receipt.status).toBe(200);
  const later = (choices: CastCall['ballot']): CastCall => {
    const { electionId, identity, phoneKey, ballotKey } = first;
    const session = { electionId, identity, phoneKey, ballotKey, sid: newSid() };
    return { ...session, attestation: createProver(intake.keys.sms)(session), ballot: choices };
  };
  const answers = [await cast(later(first.ballot)), await cast(later(ballot('no'))), await cast(later(ballot('no')))];
  expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [409, answers[0]!.text]));
  expect((await cast(first)).text).toBe(receipt.text);
});

test('The session that cast gets its receipt again for its life and 15 minutes, and not for longer', () => {
  const isProven = createProofCheck(intake.keys.ballots, new Map());
  const verifiedAtMs = Math.floor(Date.now() / 60_000) * 60_000;
  const { ballot: _ballot, ...call } = intake.cast({ verifiedAtMs });
  const election = { verifiedSecondsMax: 900, methods: ['text-in' as const], takesActivations: false };
  const after = (seconds: number): boolean => isProven(call, election, verifiedAtMs + seconds * 1_000);
  expect([0, 900, 1_800].map(after)).toEqual([true, true, true]);
  // The proof has whole minutes, so up to one more.
  expect([1_860, 3_600, 86_400].map(after)).toEqual([false, false, false]);
});

describe('Casts with one token', () => {
  test('They are bounded in a process, and casts that are not answered do not count', async () => {
    await using api = await startApi();
    const session = await api.session();
    await api.text('+85261234567', codeOf(session));
    const state = await api.app.inject({ url: '/v1/sessions/current', headers: bearer(session.token) });
    const headers = bearer(state.json<{ token: string }>().token);
    const ballotKey = newSecret();
    const send = () =>
      api.app.inject({ method: 'POST', url: '/v1/ballots', headers, payload: { ballotKey, ballot: ballot() } });
    const answered = api.behind.cast;
    api.behind.cast = () => Promise.reject(rejection('outcome-unknown'));
    for (let casts = 0; casts <= castsPerSessionMax; casts += 1) expect((await send()).statusCode).toBe(503);
    api.behind.cast = answered;
    const before = api.behind.casts.length;
    for (let casts = 0; casts < castsPerSessionMax; casts += 1) expect((await send()).statusCode).toBe(201);
    const rejected = await send();
    expect(rejected.json()).toMatchObject({ status: 429, code: 'too-many-requests', recorded: 'no' });
    expect(Number(rejected.headers['retry-after'])).toBeGreaterThan(0);
    expect(api.behind.casts.length - before).toBe(castsPerSessionMax);
  });
});
