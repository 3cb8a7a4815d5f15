// An election names the keys of its voters and phones, so that processes with different rings make the same names. Here
// real processes of `sms` and `api` have taken over a rotation at different moments.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashKeys, keyedHash } from '../../../src/platform/keys/keyed-hash.ts';
import { newKeyFiles, newRing } from '../../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import { identityText } from '../../../src/protocol/ballot-service.ts';
import type { CastCall } from '../../../src/protocol/ballot-service.ts';
import type { KeyRing } from '../../../src/protocol/key-files.ts';
import { phoneKeyText } from '../../../src/protocol/verification-events.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { ballot, definition } from '../../support/elections.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import { bearer, codeOf, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { newPhone, sendText, startSms } from '../../support/services/sms.ts';
import { until } from '../../support/until.ts';

const before = newKeyFiles();
const next = { identity: newRing('next-identity'), phone: newRing('next-phone') };
const newIds = { identity: 'next-identity', phone: 'next-phone' };
const withRings = (identity: KeyRing, phone: KeyRing): KeyFiles => ({
  ...before,
  api: { ...before.api, identity, phone },
  sms: { ...before.sms, phone },
});
/** After `--announce` and after `--use`: processes of both kinds run beside each other. */
const announced = withRings([...before.api.identity, ...next.identity], [...before.api.phone, ...next.phone]);
const used = withRings([...next.identity, ...before.api.identity], [...next.phone, ...before.api.phone]);

const publishAt = async (api: Fixture, keys?: typeof newIds): Promise<string> => {
  const election = definition({ id: `keys-${randomUUID().slice(0, 8)}`, ...(keys && { keys }) });
  await api.publish(publicationOf(election, signingKey(before.elections.publisher), 1), election.id);
  return election.id;
};
const isPublic = (api: Fixture, id: string) =>
  until(async () => (await fetch(`${api.origin}/v1/elections/${id}`)).status === 200, 'the election is public');
const waitOf = async (api: Fixture, token: string) => {
  const answer = await fetch(`${api.origin}/v1/sessions/current?wait=8`, { headers: bearer(token) });
  return (await answer.json()) as { state: string; token: string };
};

test(
  'Every process makes the names of an election under its keys, and every text verifies',
  { timeout: 90_000 },
  async () => {
    await using redis = await startOwnRedis();
    const urls = { redisUrl: redis.url };
    await using apiA = await startApi({ keys: announced, ...urls });
    await using apiB = await startApi({ keys: used, ...urls });
    const redisUrls = { sms: redis.url('sms'), admin: redis.url('admin') };
    await using smsA = await startSms({ keys: announced, redisUrls });
    await using smsB = await startSms({ keys: used, redisUrls });
    for (const keys of [undefined, newIds]) {
      const id = await publishAt(apiA, keys);
      for (const api of [apiA, apiB]) await isPublic(api, id);
      for (const [starts, answers, sms] of [
        [apiA, apiA, smsB],
        [apiA, apiB, smsA],
        [apiB, apiA, smsB],
      ] as const) {
        const phone = newPhone();
        const session = await starts.session({ electionId: id, phone });
        const waiting = waitOf(answers, session.token);
        expect((await sendText(sms, phone, codeOf(session))).status).toBe(202);
        const verified = await waiting;
        expect(verified.state).toBe('verified');
        // A process that reads the text later, from Redis.
        expect((await waitOf(starts, session.token)).state).toBe('verified');
        const body = JSON.stringify({ ballotKey: session.token.slice(0, 42) + 'A', ballot: ballot() });
        const headers = { ...bearer(verified.token), 'content-type': 'application/json' };
        expect((await fetch(`${answers.origin}/v1/ballots`, { method: 'POST', headers, body })).status).toBe(201);
        const cast = JSON.parse(answers.behind.casts.at(-1) ?? '') as CastCall;
        const ids = keys ?? { identity: 'first', phone: 'first' };
        const identityKey = hashKeys(used.api.identity).get(ids.identity)!;
        const phoneKey = hashKeys(used.api.phone).get(ids.phone)!;
        expect(cast.identity).toBe(keyedHash(identityKey, identityText(id, 'hkid', 'A1234563')));
        expect(cast.phoneKey).toBe(keyedHash(phoneKey, phoneKeyText(phone)));
      }
    }
  },
);

test(
  'Another phone is a wrong sender while phones have two names, and the own phone never is',
  { timeout: 60_000 },
  async () => {
    await using redis = await startOwnRedis();
    await using api = await startApi({ keys: used, redisUrl: redis.url });
    await using sms = await startSms({ keys: used, redisUrls: { sms: redis.url('sms'), admin: redis.url('admin') } });
    const id = await publishAt(api);
    await isPublic(api, id);
    const phone = newPhone();
    const session = await api.session({ electionId: id, phone });
    const waiting = waitOf(api, session.token);
    await sendText(sms, newPhone(), codeOf(session));
    expect((await waiting).state).toBe('wrong-sender');
    const again = waitOf(api, session.token);
    await sendText(sms, phone, codeOf(session));
    expect((await again).state).toBe('verified');
  },
);

test('A code that was sent to a phone is right under each name of the phone', async () => {
  await using sms = await startSms({ keys: used });
  const phone = newPhone();
  for (const key of hashKeys(used.api.phone).values()) {
    const phoneKey = keyedHash(key, phoneKeyText(phone));
    const names = sms.logic;
    const answer = await names.sender.send({ phone, title: 'T', rehearsal: true, binding: 'A'.repeat(43) });
    const guess = { challenge: answer.challenge, code: '00000000' };
    await expect(names.check({ ...guess, phoneKey })).rejects.toMatchObject({ code: 'wrong-code' });
    await expect(names.check({ ...guess, phoneKey: 'B'.repeat(43) })).rejects.toMatchObject({ code: 'code-expired' });
  }
});

test(
  'A process without the key of an election answers busy, and makes no other name',
  { timeout: 60_000 },
  async () => {
    await using redis = await startOwnRedis();
    await using api = await startApi({ keys: before, redisUrl: redis.url });
    const id = await publishAt(api, newIds);
    await isPublic(api, id);
    await expect(api.session({ electionId: id })).rejects.toThrow(/"busy"/);
    expect(api.log()).toContain('"msg":"key.missing"');
  },
);
