// Decision 0027. The attacker has: everything of `api`, also the code of one activation, and no key of `elections`. What an
// official activated must cast once, for that voter in that election, and nowhere where the organiser does not allow it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activationProofOf } from '../../src/platform/keys/activations.ts';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import type { App } from '../../src/platform/http/http.ts';
import type { CastCall } from '../../src/protocol/ballot-service.ts';
import { pendingSecondsMax } from '../../src/protocol/tokens.ts';
import { ballot } from '../support/elections.ts';
import { createIntake, newElection } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';
import { newSid } from '../support/voter/proofs.ts';

let intake: Intake;
let ballots: App;
let electionId: string;
let otherElection: string;
let withoutCards: string;
const verification = { methods: ['text-in' as const], verifiedSecondsMax: 900 };
beforeAll(async () => {
  intake = await createIntake();
  ballots = await intake.app();
  await intake.epoch();
  [electionId, otherElection, withoutCards] = await Promise.all([open(true), open(true), open(false)]);
});
afterAll(() => intake[Symbol.asyncDispose]());

async function open(allowed: boolean): Promise<string> {
  const identity = { scheme: 'roll' as const };
  const election = newElection({ identity, verification: { ...verification, ...(allowed && { activation: true }) } });
  expect((await intake.create(ballots, election)).status).toBe(200);
  return election.id;
}

/** A person on the roll, as `api` casts for the activation of an official. */
async function activated(of = electionId, atMs = Date.now()): Promise<CastCall> {
  const voter = { electionId: of, identity: newSecret(), phoneKey: newSecret() };
  const path = `/private/elections/${of}/roll`;
  expect((await intake.call(ballots, 'POST', path, { identities: [voter.identity] })).status).toBe(200);
  const attestation = activationProofOf(signingKey(intake.keys.elections.caller), voter, atMs);
  return { ...voter, sid: newSid(), attestation, ballotKey: newSecret(), ballot: ballot() };
}
const cast = async (call: CastCall): Promise<number> => (await intake.castAt(ballots, call)).status;

test('An activation casts for its voter, and the same cast again has the same receipt', async () => {
  const call = await activated();
  const first = await intake.castAt(ballots, call);
  expect(first.status).toBe(200);
  expect((await intake.castAt(ballots, call)).text).toBe(first.text);
});

test.each<[string, (call: CastCall) => Partial<CastCall>]>([
  ['identity', () => ({ identity: newSecret() })],
  ['name instead of a phone', () => ({ phoneKey: newSecret() })],
  ['election', () => ({ electionId: otherElection })],
  ['time', ({ attestation }) => ({ attestation: { ...attestation, verifiedAtMs: attestation.verifiedAtMs - 60_000 } })],
  [
    'signer',
    ({ electionId: of, identity, phoneKey }) => ({
      attestation: activationProofOf(
        signingKey({ ...intake.keys.api.caller, kid: 'elections' }),
        { electionId: of, identity, phoneKey },
        Date.now(),
      ),
    }),
  ],
])('It casts with no other %s', async (_part, change) => {
  const call = await activated();
  expect(await cast({ ...call, ...change(call) })).toBe(401);
  expect(await cast(call)).toBe(200);
});

test('It casts one ballot, whatever ballot key and session the attacker chooses', async () => {
  const call = await activated();
  const calls = Array.from({ length: 8 }, () => ({ ...call, sid: newSid(), ballotKey: newSecret() }));
  const statuses = await Promise.all(calls.map(cast));
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(new Set(statuses)).toEqual(new Set([200, 409]));
});

test('It casts in no election whose organiser does not allow it', async () => {
  expect(await cast(await activated(withoutCards))).toBe(401);
});

test('It casts for no one who voted with a phone, and who voted with it votes with no phone', async () => {
  const byPhone = intake.cast({ electionId });
  const path = `/private/elections/${electionId}/roll`;
  await intake.call(ballots, 'POST', path, { identities: [byPhone.identity] });
  expect(await cast(byPhone)).toBe(200);
  const voter = { electionId, identity: byPhone.identity, phoneKey: newSecret() };
  const attestation = activationProofOf(signingKey(intake.keys.elections.caller), voter, Date.now());
  expect(await cast({ ...byPhone, ...voter, sid: newSid(), ballotKey: newSecret(), attestation })).toBe(409);

  const card = await activated();
  expect(await cast(card)).toBe(200);
  const again = { ...voter, identity: card.identity };
  const second = activationProofOf(signingKey(intake.keys.elections.caller), again, Date.now());
  expect(await cast({ ...card, ...again, sid: newSid(), ballotKey: newSecret(), attestation: second })).toBe(409);
});

test('It casts for no one who is not on the roll', async () => {
  const voter = { electionId, identity: newSecret(), phoneKey: newSecret() };
  const attestation = activationProofOf(signingKey(intake.keys.elections.caller), voter, Date.now());
  expect(await cast({ ...voter, sid: newSid(), attestation, ballotKey: newSecret(), ballot: ballot() })).toBe(403);
});

test('It casts neither from the future nor long after it was made', async () => {
  const oldestMs = (verification.verifiedSecondsMax + pendingSecondsMax + 120) * 1_000;
  expect(await cast(await activated(electionId, Date.now() - oldestMs))).toBe(401);
  expect(await cast(await activated(electionId, Date.now() + 180_000))).toBe(401);
});
