// Canaries: values of a voter that must never be in a log, a metric, a rejection, Redis or a database, in any of the
// spellings in which values leak. The whole platform runs with them, with correct and with wrong input. Then everything
// that it wrote is searched.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { anyCastTag } from '../support/voter/proofs.ts';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Platform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';

const electionId = `canary-${randomUUID()}`;
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  await platform.load(definition({ id: electionId }));
});
afterAll(() => platform[Symbol.asyncDispose]());

test('Nothing of a voter stays anywhere but the choice in the box', { timeout: 240_000 }, async () => {
  const canaries = new Map<string, string>();
  const ann = new Voter(platform.origins, electionId);
  canaries.set('identity', ann.identity).set('phone', ann.phone.slice(1)).set('ballot key', ann.ballotKey);
  await voteWell(ann, canaries);
  await voteByCode(new Voter(platform.origins, electionId), canaries);
  const rejections = await misbehave(ann, canaries);
  await until(async () => (await platform.counts(electionId)).outbox === 0, 'an empty outbox');

  const { box } = await platform.counts(electionId);
  await until(
    () => logFiles().includes(`${electionId}/`) && logFiles().includes(`\n${box}\n`),
    'the public log',
    120_000,
  );
  const places = await everythingWritten();
  places.set('rejections', rejections);
  for (const [name, value] of canaries) {
    for (const [place, text] of places) {
      expect(leaks(value, text), `${name} in ${place}`).toBe(false);
    }
  }
  // The search itself works, because it finds the expected values.
  expect(places.get('intake')).toContain(electionId);
  expect(places.get('public logs')).toContain(electionId);
  expect(places.get('redis')).toContain('publications');
  expect(places.get('output')).toContain('api.listening');
  expect(places.get('metrics')).toContain('popvote_casts_total');
});

async function voteWell(ann: Voter, canaries: Map<string, string>): Promise<void> {
  await ann.identify();
  canaries.set('text-in code', ann.code).set('pending token', ann.token);
  const waiting = ann.wait();
  await ann.text();
  await waiting;
  canaries.set('verified token', ann.token);
  expect((await ann.cast(ballot('yes', 'green'))).status).toBe(201);
  await ann.cast(ballot('no', 'green'));
}

async function voteByCode(ben: Voter, canaries: Map<string, string>): Promise<void> {
  canaries.set('second identity', ben.identity).set('second phone', ben.phone.slice(1));
  await ben.identify('code');
  const [text] = await ben.received();
  const code = /\d{8}/.exec(text ?? '')?.[0] ?? '';
  expect(code).toHaveLength(8);
  canaries.set('one-time code', code);
  await ben.enter('31415926');
  expect((await ben.enter(code)).body).toMatchObject({ state: 'verified' });
}

// Each field with a value that must not come back, in bodies, addresses and headers, with every service down once.
async function misbehave(ann: Voter, canaries: Map<string, string>): Promise<string> {
  const junk = 'Z987654X';
  const key = randomBytes(32).toString('base64url');
  canaries.set('malformed identity', junk).set('unused ballot key', key).set('choice', 'canary-choice-7f3a');
  const session = {
    electionId,
    identity: { number: ann.identity },
    phone: ann.phone,
    method: 'text-in',
    castTag: anyCastTag,
  };
  const answers = [
    await ann.call('POST', '/v1/sessions', { ...session, identity: { number: junk } }),
    await ann.call('POST', '/v1/sessions', { ...session, phone: `${ann.phone}99999999` }),
    await ann.call('POST', '/v1/sessions', { ...session, extra: ann.identity }),
    await ann.call('POST', '/v1/sessions', { ...session, method: ann.identity }),
    await ann.call('GET', `/v1/elections/${ann.identity}`),
    await ann.call('GET', `/v1/sessions/current?wait=${ann.phone.slice(1)}`),
    await ann.call('GET', `/${ann.identity}?phone=${encodeURIComponent(ann.phone)}`),
    await ann.cast({ contests: [{ contestId: 'motion', choices: ['canary-choice-7f3a'] }] }, key),
    await ann.cast({ contests: 'canary-choice-7f3a' }, key),
    await ann.enter('271828'),
  ];
  await ann.text('no code here', ann.phone);
  await ann.text('31415926', 'not-a-phone');
  platform.hops.toIntake.loseNextAnswer((request) => request.includes('cast-ballots'));
  const late = await new Voter(platform.origins, electionId).verify();
  canaries.set('third identity', late.identity).set('third token', late.token).set('third key', late.ballotKey);
  answers.push(await late.cast(ballot()));
  platform.hops.toBallots.loseNextAnswer(() => true);
  answers.push(await late.cast(ballot()));
  for (const { status } of answers) expect(status).toBeLessThan(504);
  return answers.map(({ text }) => text).join('\n');
}

async function everythingWritten(): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  for (const database of ['intake', 'box'] as const) {
    const tables = await platform.databases.query<{ name: string }>(
      database,
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'pv'`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await platform.databases.query<{ text: string }>(database, `select t::text as text from ${name} t`);
      texts.push(name, ...rows.map(({ text }) => text));
    }
    places.set(database, texts.join('\n'));
  }
  const metrics = await Promise.all(
    Object.values(platform.privateOrigins).map(async (origin) => (await fetch(`${origin}/metrics`)).text()),
  );
  places.set('metrics', metrics.join('\n'));
  places.set('redis', await everythingInRedis());
  places.set('public logs', logFiles());
  places.set('output', platform.output());
  places.set('postgres log', readFileSync(inject('postgresLog'), 'utf8'));
  places.set('redis log', readFileSync(inject('redisLog'), 'utf8'));
  return places;
}

/** The files of the public logs, as `log` and `herald` wrote them. */
function logFiles(): string {
  return ['public-logs', 'published-logs']
    .flatMap((name) => {
      const folder = join(platform.keysDirectory, name);
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
      return files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
    })
    .join('\n');
}

async function everythingInRedis(): Promise<string> {
  const redis = new Redis(inject('redisUrls')['admin'] ?? '');
  const texts: string[] = [];
  for await (const keys of redis.scanStream({ count: 500 }) as AsyncIterable<string[]>) {
    for (const key of keys) {
      const type = await redis.type(key);
      const value =
        type === 'hash'
          ? await redis.hgetall(key)
          : type === 'list'
            ? await redis.lrange(key, 0, -1)
            : type === 'string'
              ? await redis.get(key)
              : null;
      texts.push(key, JSON.stringify(value));
    }
  }
  redis.disconnect();
  return texts.join('\n');
}

// Raw, hex, base64, percent-encoded, and the unkeyed hashes that anyone could compare with a list.
function leaks(value: string, text: string): boolean {
  // The digits of a code are part of longer numbers by chance, so only a separate word counts.
  if (/^\d{6,8}$/.test(value) && new RegExp(`(^|[^\\w.+-])${value}([^\\w.+-]|$)`, 'm').test(text)) return true;
  return spellings(value).some((spelling) => text.includes(spelling));
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
    const digest = createHash(name).update(value).digest();
    return [digest.toString('hex'), digest.toString('base64').replace(/=+$/, ''), digest.toString('base64url')];
  });
  if (value.length <= 8) return hashes;
  return [value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64').slice(0, -4), ...hashes];
}
