// `popvote keys destroy` for a key of a ring that elections name: it goes when no election needs it, and not before.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkService } from '../../src/cli/checks.ts';
import { keyFilePath, makeKeyDirectory, readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { definition } from '../support/elections.ts';
import { command } from '../support/processes/command.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-destroy-'));
let databases: TestDatabases;
beforeAll(async () => {
  makeKeyDirectory(directory);
  databases = await createDatabases(['elections']);
});
afterAll(async () => {
  await databases[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const environment = () => ({ ELECTIONS_DATABASE_URL: databases.url('elections', 'popvote_elections') });
const destroy = (ring: string, kid: string, ...words: string[]) =>
  command(['keys', 'destroy', ring, '--kid', kid, '--directory', directory, ...words], environment());
const rotate = (...words: string[]) => command(['keys', 'rotate', ...words, '--directory', directory]);
const sql = (text: string, values: unknown[] = []) => databases.query('elections', text, values);
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** An election of this state with these keys, which ended so long ago. Its tokens live for 15 minutes. */
async function election(state: string, endedMinutesAgo: number, keys?: { identity: string; phone: string }) {
  const id = `d-${randomUUID().slice(0, 8)}`;
  const times = { opensAt: minutesAgo(endedMinutesAgo + 600), closesAt: minutesAgo(endedMinutesAgo) };
  const body = JSON.stringify(definition({ id, ...times, graceSeconds: 0, ...(keys && { keys }) }));
  await sql(
    `insert into pv.election (election_id, state, definition, announced, opens_at, closes_at, participation, rehearsal, created_by,
       changed_by, held, alone)
     values ($1, $2, $3, $4, $5, $6, 0, true, 'test', 'test', 'empty', false)`,
    [id, state, body, state === 'draft' ? null : body, times.opensAt, times.closesAt],
  );
  return id;
}

const finding = async (ring: string) => {
  const findings = await checkService('elections', {
    ...environment(),
    ELECTIONS_KEYS_FILE: keyFilePath(directory, 'elections'),
  });
  return findings.find(({ check }) => check === `keys ${ring}`);
};

describe('The destruction of a key of a ring', () => {
  test('A key stays while it is the newest, and while an election of any state needs it', async () => {
    expect((await destroy('identity', 'first')).err).toContain('new elections use it');
    expect(await finding('identity')).toMatchObject({ state: 'ok', observed: '1, each needed' });
    const kid = (await rotate('identity')).out;
    expect(readKeyFile(directory, 'elections').identity.map((key) => key.kid)).toEqual([kid, 'first']);
    for (const [state, ended, reason] of [
      ['draft', -60, 'it is a draft'],
      ['announced', -60, 'it is not published'],
      ['closed', 900, 'it is not counted and published'],
      ['counted', 900, 'it is not published'],
      ['published', 29, 'votes of it may be sent again until'],
    ] as const) {
      const id = await election(state, ended);
      const refused = await destroy('identity', 'first', '--confirm', 'first');
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(`election ${id} needs it: ${reason}`);
      expect(refused.err).toContain('Nothing was changed');
      expect((await finding('identity'))?.state).toBe('ok');
      await sql(
        `update pv.election set state = 'published', announced = definition, closes_at = closes_at - interval '2 days',
           opens_at = opens_at - interval '2 days' where election_id = $1`,
        [id],
      );
    }
    expect(readKeyFile(directory, 'api').identity).toHaveLength(2);
  });

  test('A key that no election needs is reported, and goes from every file after a second word', async () => {
    const [newest] = readKeyFile(directory, 'elections').identity;
    await election('published', 31);
    await election('announced', -90, { identity: newest!.kid, phone: 'first' });
    // Another election needs the newest key, and does not matter.
    await election('announced', -60, { identity: newest!.kid, phone: 'first' });
    const report = await finding('identity');
    expect(report).toMatchObject({ state: 'warning', observed: 'no election needs first' });
    expect(report?.next).toContain('popvote keys destroy identity --kid first');
    const question = await destroy('identity', 'first');
    expect([question.code, question.err.includes('--confirm first')]).toEqual([2, true]);
    expect(readKeyFile(directory, 'api').identity).toHaveLength(2);
    const done = await destroy('identity', 'first', '--confirm', 'first');
    expect(done.code).toBe(0);
    expect(done.err).toContain('first all api processes, then all elections processes');
    for (const file of ['api', 'elections'] as const) {
      expect(readKeyFile(directory, file).identity.map(({ kid }) => kid)).toEqual([newest?.kid]);
    }
    expect((await destroy('identity', 'first', '--confirm', 'first')).err).toContain('has no key first');
  });

  test('The ids of the phones of elections follow the ring that api and sms have', async () => {
    const announced = (await rotate('phone', '--announce')).out;
    const ids = (file: 'api' | 'sms' | 'elections') => readKeyFile(directory, file).phone.map(({ kid }) => kid);
    for (const file of ['api', 'sms', 'elections'] as const) expect(ids(file)).toEqual(['first', announced]);
    expect(readKeyFile(directory, 'sms').phone).toEqual(readKeyFile(directory, 'api').phone);
    expect(readKeyFile(directory, 'elections').phone).toEqual([{ kid: 'first' }, { kid: announced }]);
    // Announced and not in use: it is no key of ended elections.
    expect(await finding('phone')).toMatchObject({ state: 'ok' });
    await rotate('phone', '--use', announced);
    for (const file of ['api', 'sms', 'elections'] as const) expect(ids(file)).toEqual([announced, 'first']);
    const dropped = await rotate('phone', '--drop');
    expect([dropped.code, dropped.err.includes('popvote keys destroy phone')]).toEqual([2, true]);
    expect((await destroy('phone', 'first', '--confirm', 'first')).err).toContain('and 1 more');
  });

  test('Without the database of elections nothing is destroyed', async () => {
    const words = ['keys', 'destroy', 'phone', '--kid', 'first', '--confirm', 'first', '--directory', directory];
    expect((await command(words)).code).not.toBe(0);
    expect(readKeyFile(directory, 'sms').phone).toHaveLength(2);
  });
});

test('Keys rotate gives each service a new key for its limits, and changes nothing else', async () => {
  const before = (['api', 'sms', 'access'] as const).map((file) => readKeyFile(directory, file));
  const { code, err } = await rotate('limits');
  expect([code, err]).toEqual([0, expect.stringContaining('all api, sms and access processes')]);
  const after = (['api', 'sms', 'access'] as const).map((file) => readKeyFile(directory, file));
  expect(after.map((file) => ({ ...file, limits: 0 }))).toEqual(before.map((file) => ({ ...file, limits: 0 })));
  expect(new Set([...before, ...after].map(({ limits }) => limits)).size).toBe(6);
  expect((await rotate('limits', '--drop')).code).toBe(2);
});
