// The addresses in the folder of secrets, where an operator changed them to lists of servers and of sentinels.
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  dropFormerOwners,
  makeComposeSecrets,
  renewComposePasswords,
  renewOwnerPasswords,
} from '../../../src/cli/compose-secrets.ts';

/** What install-three-zones.md has an operator write behind the password. */
const servers = {
  'ballots-intake-url': 'db1:5432,db2:5432,db3:5432/intake?target_session_attrs=read-write',
  'migrate-intake-url': 'db1:5432,db2:5432,db3:5432/intake?target_session_attrs=read-write',
  'api-redis-url': 's1:26379,s2:26379,s3:26379?sentinel=edge',
  'control-worker-redis-url': 's1:26379,s2:26379,s3:26379?sentinel=control\n',
} as const;
const changedNames = Object.keys(servers) as (keyof typeof servers)[];

describe('Addresses that an operator changed to lists of servers', () => {
  let folder: string;
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const passwordOf = (name: string): string => /^[a-z]+:\/\/\w+:([\w-]+)@/.exec(read(name))?.[1] ?? 'none';
  const hashOf = (name: string): string => createHash('sha256').update(passwordOf(name)).digest('hex');
  const all = (): Record<string, string> => Object.fromEntries(readdirSync(folder).map((name) => [name, read(name)]));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'popvote-secrets-'));
    makeComposeSecrets(folder);
    for (const name of changedNames) {
      const text = read(name).replace(/@.*$/, `@${servers[name]}`);
      rmSync(join(folder, name));
      writeFileSync(join(folder, name), text);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('The folder is complete with them, and stays as it is', () => {
    const before = all();
    expect(makeComposeSecrets(folder)).toEqual([]);
    expect(all()).toEqual(before);
  });

  test('New passwords are written into them, and the servers stay', () => {
    const before = all();
    const olderPasswords = changedNames.map(passwordOf);
    const files = renewComposePasswords(folder);
    for (const name of changedNames) expect([name, read(name).split('@')[1]]).toEqual([name, servers[name]]);
    expect(read('mixer-intake-url')).toMatch(/@postgres-intake:5432\/intake$/);
    // The owner's password stays, so this address does too.
    expect(read('migrate-intake-url')).toBe(before['migrate-intake-url']);
    expect(changedNames.map((name, index) => passwordOf(name) === olderPasswords[index])).toEqual([
      false,
      true,
      false,
      false,
    ]);
    const roles = JSON.parse(read('role-passwords.json')) as Record<string, string>;
    expect(roles['popvote_ballots']).toBe(passwordOf('ballots-intake-url'));
    expect(read('redis-users.acl')).toContain(hashOf('api-redis-url'));
    expect(read('control-redis-users.acl')).toContain(hashOf('control-worker-redis-url'));
    expect(files?.map((path) => path.slice(folder.length + 1))).toContain('ballots-intake-url');
    expect(makeComposeSecrets(folder)).toEqual([]);
  });
});

describe('A folder that is not one of secrets', () => {
  test('No password is renewed in it, and the folder keeps its mode', () => {
    const folder = mkdtempSync(join(tmpdir(), 'popvote-other-'));
    chmodSync(folder, 0o755);
    expect([renewComposePasswords(folder), renewOwnerPasswords(folder), dropFormerOwners(folder)]).toEqual([
      null,
      null,
      null,
    ]);
    expect([readdirSync(folder), statSync(folder).mode & 0o777]).toEqual([[], 0o755]);
    rmSync(folder, { recursive: true });
  });

  test('A damaged file of passwords is named and not quoted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'popvote-other-'));
    for (const text of ['{"popvote_api":"hunter2', '["hunter2"]', '{"popvote_api":{"hunter2":1}}', '']) {
      writeFileSync(join(folder, 'role-passwords.json'), text);
      for (const act of [makeComposeSecrets, renewComposePasswords, renewOwnerPasswords, dropFormerOwners]) {
        expect(() => act(folder)).toThrow(/^role-passwords\.json is no JSON of passwords\. Restore it/);
      }
    }
    expect(readdirSync(folder)).toEqual(['role-passwords.json']);
    rmSync(folder, { recursive: true });
  });
});
