// The signed lists of the files of the voters' page: a revision for each build, with the signature of each key that a manifest
// may name, in Redis and at `api`. Nothing takes one back.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { redisServers } from '../../../../src/local/redis-settings.ts';
import { newSigningJwk } from '../../../../src/platform/keys/new-keys.ts';
import { signValue, signingKey, verificationKeys } from '../../../../src/platform/keys/signatures.ts';
import {
  pageLists,
  pageListsCharactersMax,
  pageListsField,
  pageListsKey,
} from '../../../../src/protocol/record/page-list.ts';
import type { ClientDocument, PageFiles } from '../../../../src/protocol/record/page-list.ts';
import { createPageListReader } from '../../../../src/services/api/documents/page-lists.ts';
import { createPageLists, readPageFiles } from '../../../../src/services/elections/record/page-lists.ts';
import { startOwnRedis } from '../../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../../support/processes/own-redis.ts';
import { startElections } from '../../../support/services/elections.ts';
import type { Elections } from '../../../support/services/elections.ts';

const filesOf = (...letters: string[]): PageFiles =>
  letters.map((letter) => ({ path: `/assets/${letter}.js`, sha256: `${letter.repeat(42)}A` }));
const first = filesOf('a', 'b');
const second = filesOf('a', 'c');
const current = newSigningJwk('current');
const earlier = newSigningJwk('earlier');
const stranger = newSigningJwk('stranger');
const publishers = verificationKeys([current, earlier]);
const signers = [current, earlier].map(signingKey);

let elections: Elections;
let redis: readonly OwnRedis[];
beforeAll(async () => {
  const edge = await startOwnRedis();
  const control = await startOwnRedis(redisServers.control);
  redis = [edge, control];
  elections = await startElections({ redisUrls: { edge: edge.url('elections'), control: control.url('elections') } });
});
afterAll(async () => {
  await elections[Symbol.asyncDispose]();
  await Promise.all(redis.map((server) => server[Symbol.asyncDispose]()));
});

const forced = (text: string): Promise<unknown[]> =>
  elections.databases.query('elections', `begin; set local session_replication_role = replica; ${text}; commit`);
const connection = () => elections.outside.edgeRedis;
beforeEach(async () => {
  await forced('truncate pv.page_files');
  await connection().hdel(pageListsKey, pageListsField);
});

/** A process of `elections` with the files of its build. */
const built = (files: PageFiles | null) =>
  createPageLists({ pool: elections.pool, edgeRedis: connection(), signers, publishers, files });
const reader = () => createPageListReader({ redis: connection(), publishers });
const served = async (read: ReturnType<typeof reader>, kid: string) => {
  const answer = await read(kid);
  return answer && (JSON.parse(answer.body.toString()) as ClientDocument).client;
};
async function inRedis(): Promise<readonly ClientDocument[]> {
  const text = await connection().hget(pageListsKey, pageListsField);
  return text === null ? [] : pageLists.parse(JSON.parse(text)).lists;
}

test('A build adds one revision however often it starts, and the next build another', async () => {
  await built(first).publish();
  await built(first).publish();
  await Promise.all([built(first).publish(), built(first).publish()]);
  expect((await inRedis()).map(({ client }) => client)).toEqual(
    signers.map(() => ({ version: 1, revision: 1, files: first })),
  );
  const older = built(first);
  await older.publish();
  await built(second).publish();
  // A process of the release before goes on with what the database has.
  await older.publish();
  expect((await inRedis()).map(({ client }) => client)).toEqual(
    signers.map(() => ({ version: 1, revision: 2, files: second })),
  );
});

test('Two builds that start at the same time have two revisions', async () => {
  const one = built(first);
  const other = built(second);
  for (let turn = 0; turn < 3; turn += 1) await Promise.all([one.publish(), other.publish()]);
  const rows = await elections.databases.query('elections', 'select revision from pv.page_files order by revision');
  expect(rows.length).toBe(2);
  expect((await inRedis())[0]?.client.revision).toBe(2);
});

test('Each key that a manifest may name has its list, and a stranger has none', async () => {
  await built(first).publish();
  const read = reader();
  for (const { kid } of [current, earlier]) {
    expect(await served(read, kid)).toMatchObject({ revision: 1, files: first });
  }
  const client = { version: 1, revision: 9, files: second } as const;
  const forgedLists = ['stranger', 'current'].map((kid) => ({
    client,
    signature: { ...signValue(signingKey(stranger), client), kid },
  }));
  await connection().hset(pageListsKey, pageListsField, JSON.stringify({ lists: forgedLists }));
  expect(await served(read, 'stranger')).toBe(null);
  expect(await served(read, 'current')).toMatchObject({ revision: 1, files: first });
});

test('A database that was restored continues above the published revision, also with the same files', async () => {
  await built(first).publish();
  await built(second).publish();
  await forced('delete from pv.page_files where revision > 1');
  await built(second).publish();
  expect((await inRedis())[0]?.client).toMatchObject({ revision: 3, files: second });
  await forced('delete from pv.page_files where revision > 1');
  await built(first).publish();
  expect((await inRedis())[0]?.client).toMatchObject({ revision: 4, files: first });
});

test('Redis that was emptied gets the lists again, and api keeps the newest that it saw', async () => {
  await built(first).publish();
  const [old] = await inRedis();
  const process = built(second);
  await process.publish();
  const read = reader();
  expect(await served(read, 'current')).toMatchObject({ revision: 2 });
  for (const text of [null, 'no JSON', JSON.stringify({ lists: [old] }), ' '.repeat(pageListsCharactersMax + 1)]) {
    if (text === null) await connection().hdel(pageListsKey, pageListsField);
    else await connection().hset(pageListsKey, pageListsField, text);
    expect(await served(read, 'current'), String(text).slice(0, 40)).toMatchObject({ revision: 2 });
    await process.publish();
    expect((await inRedis())[0]?.client, String(text).slice(0, 40)).toMatchObject({ revision: 2, files: second });
  }
});

test('Without a build nothing is listed', async () => {
  expect(readPageFiles(new URL('file:///nowhere/'))).toBe(null);
  await built(null).publish();
  expect(await inRedis()).toEqual([]);
  expect(await served(reader(), 'current')).toBe(null);
});
