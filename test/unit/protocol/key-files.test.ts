// Who holds which key is the trust model: the files that are made, what they share, and what they never share.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { newKeyFiles, newSecret } from '../../../src/platform/keys/new-keys.ts';
import {
  accessKeys,
  apiKeys,
  ballotsKeys,
  electionKeys,
  electionsKeys,
  logKeys,
  mixerKeys,
  officialsKeys,
  publicKeys,
  smsKeys,
  workerKeys,
} from '../../../src/protocol/key-files.ts';
import { keyIdsOf } from '../../../src/protocol/public-document.ts';

const schemas: Record<string, z.ZodType> = {
  api: apiKeys,
  sms: smsKeys,
  ballots: ballotsKeys,
  mixer: mixerKeys,
  worker: workerKeys,
  elections: electionsKeys,
  access: accessKeys,
  officials: officialsKeys,
  log: logKeys,
  public: publicKeys,
};

/** Every secret text in a key file: ring keys, shared keys and private halves. */
function secretsOf(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return ['kty', 'crv', 'kid', 'x'].includes(name) ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsOf(inner, key));
}

test.each(Object.entries(newKeyFiles()))('A new key file of %s has its form, and no other field', (name, file) => {
  const schema = schemas[name];
  expect(schema?.parse(file)).toEqual(file);
  expect(schema?.safeParse({ ...file, extra: 'x' }).success).toBe(false);
});

test('Services share the keys that the trust model names, and no others', () => {
  const files = newKeyFiles();
  const holders = new Map<string, string[]>();
  for (const [service, file] of Object.entries(files)) {
    for (const secret of new Set(secretsOf(file))) holders.set(secret, [...(holders.get(secret) ?? []), service]);
  }
  const shared = [...holders].filter(([, services]) => services.length > 1);
  expect(shared.map(([, services]) => services.join('+')).sort()).toEqual([
    'api+elections', // the first hash of identities: rolls are imported under it
    'api+sms', // names of phones
    'sms+ballots', // attestations: never held by api
    'sms+ballots', // codes that voters text in: never held by api
  ]);
  expect(shared.find(([secret]) => secret === files.api.identity[0]?.key)?.[1]).toEqual(['api', 'elections']);
  expect(shared.find(([secret]) => secret === files.sms.attestations[0]?.key)?.[1]).toEqual(['sms', 'ballots']);
});

test('The public file holds no secret', () => {
  expect(secretsOf(newKeyFiles().public)).toEqual([]);
  expect(JSON.stringify(newKeyFiles().public)).not.toMatch(/"d":/);
});

test('No two installations share a key', () => {
  const first = secretsOf(newKeyFiles());
  const second = secretsOf(newKeyFiles());
  expect(first.length).toBeGreaterThan(10);
  expect(first.filter((secret) => second.includes(secret))).toEqual([]);
});

test.each([
  ['an empty ring', { tokens: [] }],
  ['a ring of nine', { tokens: Array.from({ length: 9 }, () => newKeyFiles().api.tokens[0]) }],
  ['a short key', { identity: 'short' }],
  ['a kid with a dot', { tokens: [{ kid: 'a.1', key: newSecret() }] }],
])('A key file with %s is rejected', (_name, change) => {
  expect(apiKeys.safeParse({ ...newKeyFiles().api, ...change }).success).toBe(false);
});

test('A fault of a key file is described without the key', () => {
  const secret = 'this-is-the-secret-that-somebody-mistyped';
  const { error } = apiKeys.safeParse({ ...newKeyFiles().api, phone: secret });
  expect(error?.message).not.toContain(secret);
  expect(error?.message).toContain('popvote keys new');
});

test('The keys of one election are two, of the same form', () => {
  const identity = newSecret();
  expect(electionKeys.safeParse({ identity, receipt: newSecret() }).success).toBe(true);
  expect(electionKeys.safeParse({ identity }).success).toBe(false);
});

test('A file from before there were rings has one key, named first, and an elections file names it', () => {
  const { api, elections, access } = newKeyFiles();
  const identity = newSecret();
  const phone = newSecret();
  const first = (key: string) => [{ kid: 'first', key }];
  expect(apiKeys.parse({ ...api, identity, phone })).toMatchObject({ identity: first(identity), phone: first(phone) });
  const { phone: _ids, ...older } = elections;
  expect(electionsKeys.parse({ ...older, identity })).toMatchObject({
    identity: first(identity),
    phone: [{ kid: 'first' }],
  });
  expect(accessKeys.parse({ ...access, refresh: phone, identity })).toMatchObject({
    refresh: first(phone),
    identity: first(identity),
  });
  // New installations begin with the same name, so an election that names no keys has one meaning.
  expect([api.identity[0]?.kid, api.phone[0]?.kid]).toEqual(['first', 'first']);
  expect(keyIdsOf({})).toEqual({ identity: 'first', phone: 'first' });
});
