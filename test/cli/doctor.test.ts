// `popvote doctor` on what goes wrong in the control zone: keys that do not belong together, a Redis that is too open or
// forgets, and a worker, which has no keys at all.
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { checkService } from '../../src/cli/checks.ts';
import { keyFilePath, makeKeyDirectory } from '../../src/platform/key-directory.ts';
import { command } from '../support/command.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-doctor-'));
const [ours, theirs] = [join(root, 'ours'), join(root, 'theirs')];
let databases: TestDatabases;
beforeAll(async () => {
  for (const directory of [ours, theirs]) makeKeyDirectory(directory);
  databases = await createDatabases(['access', 'box']);
});
afterAll(async () => {
  await databases[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const byCheck = (findings: Awaited<ReturnType<typeof checkService>>) =>
  Object.fromEntries(findings.map((finding) => [finding.check, finding]));

it('finds a public file that does not know what a service signs', async () => {
  const keysOf = async (publicFolder: string) => {
    const found = await checkService('elections', {
      ELECTIONS_KEYS_FILE: keyFilePath(ours, 'elections'),
      PUBLIC_KEYS_FILE: keyFilePath(publicFolder, 'public'),
    });
    return byCheck(found)['ELECTIONS_KEYS in PUBLIC_KEYS'];
  };
  expect(await keysOf(ours)).toMatchObject({ state: 'ok', observed: 'caller, publisher' });
  expect(await keysOf(theirs)).toMatchObject({ state: 'failed', observed: 'not there: caller, publisher' });
});

it('finds a Redis user that may do everything, and a control Redis that would forget what was accepted', async () => {
  const at = async (user: string) => {
    const environment = { CONTROL_REDIS_URL: inject('controlRedisUrls')[user] ?? '' };
    return byCheck(await checkService('access', environment));
  };
  const fine = await at('access');
  expect(fine['CONTROL_REDIS_URL']).toMatchObject({ state: 'ok' });
  expect(fine['CONTROL_REDIS_URL user']).toMatchObject({ state: 'ok' });
  expect((await at('admin'))['CONTROL_REDIS_URL user']).toMatchObject({ state: 'warning' });
  // The tests' own Redis keeps nothing.
  expect(fine['CONTROL_REDIS_URL append-only file']).toMatchObject({ state: 'failed', observed: 'off' });
  expect(fine['CONTROL_REDIS_URL append-only file']?.next).toContain('appendonly yes');
});

it('knows the role that each service of the control zone logs in with', async () => {
  const roleAt = async (url: string) =>
    byCheck(await checkService('access', { ACCESS_DATABASE_URL: url }))['ACCESS_DATABASE_URL role'];
  expect(await roleAt(databases.url('access', 'popvote_access'))).toMatchObject({ state: 'ok' });
  expect(await roleAt(databases.url('access'))).toMatchObject({ state: 'failed', observed: 'superuser' });
  const another = await roleAt(databases.url('access', 'popvote_elections'));
  expect(another).toMatchObject({ state: 'failed', observed: 'popvote_elections' });
  expect(another?.next).toContain('popvote_access');
});

it('takes a secret by its file as it does by its value', async () => {
  const { code, out } = await command(['doctor', 'access', '--json'], { CONTROL_REDIS_URL_FILE: '/nowhere' });
  expect(code).toBe(1);
  expect(out).toContain('CONTROL_REDIS_URL_FILE');
});
