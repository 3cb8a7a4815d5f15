// The code of an official becomes a session once, and each code that does not is refused by name. What is stored in Redis
// holds no code.
import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { activationCodeOf } from '../../../../src/domain/text/activation-code.ts';
import {
  activationName,
  activationProofOf,
  deviceDigest,
  sealActivation,
} from '../../../../src/platform/keys/activations.ts';
import { hashKey } from '../../../../src/platform/keys/keyed-hash.ts';
import { newKeyFiles, newSecret } from '../../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../../src/platform/keys/signatures.ts';
import type { Redis } from '../../../../src/platform/redis.ts';
import { activationKey, activationSecondsMax } from '../../../../src/protocol/proofs/activation.ts';
import type { PublicElection } from '../../../../src/protocol/public-document.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import { createActivatedSessions } from '../../../../src/services/api/sessions/activated-sessions.ts';
import { createSessionTokens } from '../../../../src/services/api/sessions/session-tokens.ts';
import { definition } from '../../../support/elections.ts';

const keys = newKeyFiles();
const key = hashKey(keys.api.identity[0]?.key ?? '');
const code = activationCodeOf(Uint8Array.from([17, 66, 91, 8, 201, 16, 132]));
const device = newSecret();
const attempt = (): string => randomBytes(16).toString('base64url');
let nowMs = Date.now();
let stored: Map<string, string>;
let isDown = false;
let counted = 0;
let activated: string[] = [];
const redis = {
  get: (name: string) => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(stored.get(name) ?? null)),
  set: (name: string, value: string) => {
    if (isDown) return Promise.reject(new Error('down'));
    const before = stored.get(name) ?? null;
    if (before === null) stored.set(name, value);
    return Promise.resolve(before);
  },
} as unknown as Redis;
type Published = { election: PublicElection; turnout?: { body: { interrupted: boolean } } };
const elections = new Map<string, Published>();
const add = (id: string, changes: object = {}, turnout?: Published['turnout']): void => {
  const {
    minBatch: _minBatch,
    graceSeconds: _graceSeconds,
    ...rest
  } = definition({ id, identity: { scheme: 'roll' } });
  const verification = { ...rest.verification, activation: true as const };
  const election = { ...rest, verification, phase: 'open', revision: 1, ...changes } as PublicElection;
  elections.set(id, { election, ...(turnout && { turnout }) });
};
add('open');
add('other');
add('phones', { verification: { methods: ['text-in'], verifiedSecondsMax: 900 } });
add('ended', { phase: 'closed' });
add('interrupted', {}, { body: { interrupted: true } });

const tokens = createSessionTokens(keys.api.tokens, () => nowMs);
const sessions = createActivatedSessions({
  elections: {
    find: (id) => {
      const election = elections.get(id);
      return election ? Promise.resolve(election as never) : Promise.reject(new Problem('election-not-found'));
    },
  },
  limits: { count: () => Promise.resolve(void (counted += 1)) },
  tokens,
  funnel: { activated: ({ electionId }) => void activated.push(electionId) },
  redis,
  keys: keys.api,
  clock: () => nowMs,
});

type Sealed = { devices?: string[] };
const atDevices = (...secrets: string[]): Sealed => ({
  devices: secrets.map((secret) => deviceDigest(secret).toString('base64url')),
});
function activate(
  electionId = 'open',
  sealed = atDevices(newSecret(), device),
): { identity: string; phoneKey: string } {
  const voter = { electionId, identity: newSecret(), phoneKey: newSecret() };
  const proof = activationProofOf(signingKey(keys.elections.caller), voter, nowMs);
  const activation = { ...voter, expiresAtMs: nowMs + activationSecondsMax * 1_000, proof, ...sealed };
  stored.set(activationKey(activationName(key, code)), sealActivation(key, code, activation));
  return voter;
}
const begin = (electionId = 'open', typed = code, of = attempt()) => beginAt(device, of, electionId, typed);
const beginAt = (secret: string | undefined, of = attempt(), electionId = 'open', typed = code) =>
  sessions.begin(
    { electionId, code: typed, attempt: of, ...(secret !== undefined && { device: secret }) },
    '192.0.2.1',
  );
const codeOfRejection = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

beforeEach(() => {
  stored = new Map();
  isDown = false;
  counted = 0;
  activated = [];
  nowMs = Date.now();
});

test('A code becomes a verified session of the voter whom the official named', async () => {
  const voter = activate();
  const session = await begin('open', code.replace(/.{4}(?=.)/g, '$&-').toLowerCase());
  const claims = await tokens.verified.open(session.token);
  expect(claims).toMatchObject({ ...voter, electionId: 'open', attestation: { method: 'activation' } });
  expect([counted, activated]).toEqual([1, ['open']]);
  expect(JSON.stringify([...stored])).not.toContain(code);
});

test('The same client that asks again gets the same session, and another client gets none', async () => {
  activate();
  const mine = attempt();
  const first = await begin('open', code, mine);
  const again = await begin('open', code, mine);
  const sidOf = async (token: string) => (await tokens.verified.open(token))?.sid;
  expect(await sidOf(again.token)).toBe(await sidOf(first.token));
  expect(await codeOfRejection(begin())).toBe('activation-used');
  expect(await codeOfRejection(begin('open', code, mine))).toBe('accepted');
});

test('Of clients that use a code at once one gets a session', async () => {
  activate();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => codeOfRejection(begin())));
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(['accepted', 'activation-used']));
});

test.each<[string, () => Promise<unknown>, string]>([
  ['that no official made', () => begin(), 'activation-unknown'],
  ['with a wrong character', () => (activate(), begin('open', `Z${code.slice(1)}`)), 'activation-unknown'],
  ['that has expired', () => (activate(), (nowMs += activationSecondsMax * 1_000), begin()), 'activation-expired'],
  ['that this clock has not reached', () => (activate(), (nowMs -= 60_000), begin()), 'activation-expired'],
  ['of another election', () => (activate('other'), begin()), 'activation-elsewhere'],
  ['where the organiser allows none', () => (activate('phones'), begin('phones')), 'activation-not-allowed'],
  ['after the end', () => (activate('ended'), begin('ended')), 'not-open'],
  ['while votes are missing', () => (activate('interrupted'), begin('interrupted')), 'voting-interrupted'],
  ['of no election', () => begin('nowhere'), 'election-not-found'],
  ['while Redis is unavailable', () => (activate(), (isDown = true), begin()), 'busy'],
])('A code %s is refused by its name', async (_what, work, expected) => {
  expect(await codeOfRejection(work())).toBe(expected);
  expect(activated).toEqual([]);
});

test('A code works at the devices that it was made for, and one that is refused elsewhere still does', async () => {
  activate();
  for (const other of [newSecret(), undefined]) {
    expect(await codeOfRejection(beginAt(other))).toBe('activation-device');
  }
  // Nothing notes a use, so that it is not used up.
  expect(stored.size).toBe(1);
  const mine = attempt();
  expect(await codeOfRejection(beginAt(device, mine))).toBe('accepted');
  expect(await codeOfRejection(beginAt(newSecret(), mine))).toBe('activation-device');
  expect(JSON.stringify([...stored])).not.toContain(device);
});

test('A code that was made for no device works at none, and one from before devices at each', async () => {
  activate('open', atDevices());
  expect(await codeOfRejection(begin())).toBe('activation-device');
  for (const secret of [device, undefined]) {
    stored = new Map();
    activate('open', {});
    expect(await codeOfRejection(beginAt(secret))).toBe('accepted');
  }
});

test('A second before its end a code is accepted', async () => {
  activate();
  nowMs += activationSecondsMax * 1_000 - 1;
  expect(await codeOfRejection(begin())).toBe('accepted');
});
