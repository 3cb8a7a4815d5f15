import { createHash, randomUUID } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { keyFilePath, readKeyFile } from '../../src/platform/keys/key-directory.ts';
import {
  createAccessTokenSigner,
  createAccessTokenVerifier,
  ownTokenKeys,
} from '../../src/platform/keys/access-tokens.ts';
import { foreignOwner } from '../../src/cli/compose-secrets.ts';
import { newKeyFiles, publicJwk } from '../../src/platform/keys/new-keys.ts';
import { createSealedTokens } from '../../src/platform/keys/sealed-tokens.ts';
import { scramVerifier } from '../../src/store/administration.ts';
import { command } from '../support/processes/command.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-keys-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (...words: string[]) => command(words);
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('The keys new command', () => {
  test('Keys new makes a file for each service that its owner alone can read, and prints no key', async () => {
    const directory = join(root, 'new');
    const { code, out, err } = await run('keys', 'new', '--directory', directory);
    expect(code).toBe(0);
    expect(modeOf(directory)).toBe('700');
    const files = readdirSync(directory).sort();
    expect(files).toEqual(
      Object.keys(newKeyFiles())
        .map((name) => `${name}.json`)
        .sort(),
    );
    for (const file of files) expect(modeOf(join(directory, file))).toBe('600');
    expect(out + err).not.toContain(readKeyFile(directory, 'api').identity[0]?.key);
  });

  test('Keys new shares a key with exactly the services that must hold it', async () => {
    const directory = join(root, 'shared');
    await run('keys', 'new', '--directory', directory);
    const api = readKeyFile(directory, 'api');
    const sms = readKeyFile(directory, 'sms');
    const ballots = readKeyFile(directory, 'ballots');
    expect(sms.attestations).toEqual(ballots.attestations);
    expect(sms.phone).toEqual(api.phone);
    expect(readKeyFile(directory, 'elections').identity).toEqual(api.identity);
    const apiText = readFileSync(keyFilePath(directory, 'api'), 'utf8');
    for (const { key } of ballots.attestations) expect(apiText).not.toContain(key);
    expect(readFileSync(keyFilePath(directory, 'ballots'), 'utf8')).not.toContain(api.identity[0]?.key);
  });

  test('Keys new never replaces keys: a second run fails and changes no byte', async () => {
    const directory = join(root, 'twice');
    await run('keys', 'new', '--directory', directory);
    const before = readFileSync(keyFilePath(directory, 'api'), 'utf8');
    const again = await run('keys', 'new', '--directory', directory);
    expect(again.code).toBe(1);
    expect(again.err).toContain('never replaced');
    expect((await run('keys', 'new', '--directory', directory, '--if-missing')).code).toBe(0);
    expect(readFileSync(keyFilePath(directory, 'api'), 'utf8')).toBe(before);
  });

  test('Keys new with simulated texts says so in the variables of Compose, once, and not with a provider', async () => {
    const directory = join(root, 'rehearsal');
    const variables = join(root, 'variables');
    const words = ['keys', 'new', '--directory', directory, '--compose', '--if-missing', '--variables', variables];
    writeFileSync(variables, 'EDGE_VOTE_SITE=vote.example.org');
    const first = await run(...words);
    expect(first.err).toContain('POPVOTE_MODE=production');
    const rehearsal = 'EDGE_VOTE_SITE=vote.example.org\nPOPVOTE_MODE=rehearsal\n';
    expect(readFileSync(variables, 'utf8')).toBe(rehearsal);
    await run(...words);
    expect(readFileSync(variables, 'utf8')).toBe(rehearsal);
    // Made again, the variable stays as the operator set it.
    rmSync(join(directory, 'sms-providers.json'));
    writeFileSync(variables, 'POPVOTE_MODE=production\n');
    await run(...words);
    expect(readFileSync(variables, 'utf8')).toBe('POPVOTE_MODE=production\n');
    // The providers of the operator need no variable.
    rmSync(variables);
    await run(...words);
    expect(existsSync(variables)).toBe(false);
  });

  test('Keys new touches nothing where only some files are there', async () => {
    const directory = join(root, 'partial');
    await run('keys', 'new', '--directory', directory);
    rmSync(keyFilePath(directory, 'sms'));
    const { code, err } = await run('keys', 'new', '--directory', directory, '--if-missing');
    expect(code).toBe(1);
    expect(err).toContain('Nothing was touched');
    expect(existsSync(keyFilePath(directory, 'sms'))).toBe(false);
  });

  /** A folder as it was made before officials and access were there. */
  async function olderFolder(name: string, mode: 'plain' | 'compose' = 'plain'): Promise<string> {
    const directory = join(root, name);
    await run('keys', 'new', '--directory', directory, ...(mode === 'compose' ? ['--compose'] : []));
    const { batches: _batches, ...rest } = readKeyFile(directory, 'public');
    const callers = rest.callers.filter(({ kid }) => kid === 'api' || kid === 'elections');
    for (const file of ['access', 'officials'] as const) rmSync(keyFilePath(directory, file));
    const path = keyFilePath(directory, 'public');
    rmSync(path);
    writeFileSync(path, JSON.stringify({ ...rest, callers }), { mode: mode === 'compose' ? 0o444 : 0o600 });
    return directory;
  }
  const upgradedPublic = (directory: string) => {
    const { callers, batches } = readKeyFile(directory, 'public');
    return { callers: callers.map(({ kid, x }) => ({ kid, x })), batches: batches.map(({ x }) => x) };
  };

  test('Keys new adds missing files and public halves to an older folder, and changes no existing key', async () => {
    const directory = await olderFolder('older');
    const old = (['api', 'sms', 'ballots', 'mixer', 'elections'] as const).map((file) => keyFilePath(directory, file));
    const before = { texts: old.map((file) => readFileSync(file, 'utf8')), keys: readKeyFile(directory, 'public') };
    const { code, out, err } = await run('keys', 'new', '--directory', directory, '--if-missing');
    expect({ code, made: out.split('\n').length }).toEqual({ code: 0, made: 2 });
    expect(err).toContain('public.json');
    expect(old.map((file) => readFileSync(file, 'utf8'))).toEqual(before.texts);
    const { caller, batches } = readKeyFile(directory, 'officials');
    const callers = [...before.keys.callers, caller];
    expect(upgradedPublic(directory)).toEqual({
      callers: callers.map(({ kid, x }) => ({ kid, x })),
      batches: [batches.x],
    });
    expect(readKeyFile(directory, 'public').receipts).toEqual(before.keys.receipts);
    const whole = readFileSync(keyFilePath(directory, 'public'), 'utf8');
    expect((await run('keys', 'new', '--directory', directory, '--if-missing')).code).toBe(0);
    expect(readFileSync(keyFilePath(directory, 'public'), 'utf8')).toBe(whole);
  });

  test('Keys new completes an upgrade that was killed before the public halves were written', async () => {
    const directory = await olderFolder('killed');
    const publicText = readFileSync(keyFilePath(directory, 'public'), 'utf8');
    await run('keys', 'new', '--directory', directory);
    const officials = readFileSync(keyFilePath(directory, 'officials'), 'utf8');
    writeFileSync(keyFilePath(directory, 'public'), publicText);
    expect((await run('keys', 'new', '--directory', directory, '--if-missing')).code).toBe(0);
    expect(readFileSync(keyFilePath(directory, 'officials'), 'utf8')).toBe(officials);
    const { caller, batches } = readKeyFile(directory, 'officials');
    const healed = upgradedPublic(directory);
    expect(healed.batches).toEqual([batches.x]);
    expect(healed.callers).toContainEqual({ kid: 'officials', x: caller.x });
  });

  test('Keys new replaces lost keys of officials; what the old key signed stays valid', async () => {
    const directory = join(root, 'lost');
    await run('keys', 'new', '--directory', directory);
    const old = readKeyFile(directory, 'officials');
    rmSync(keyFilePath(directory, 'officials'));
    expect((await run('keys', 'new', '--directory', directory, '--if-missing')).code).toBe(0);
    const { caller, batches } = readKeyFile(directory, 'officials');
    const after = upgradedPublic(directory);
    expect(after.callers.filter(({ kid }) => kid === 'officials')).toEqual([{ kid: 'officials', x: caller.x }]);
    expect(after.batches).toEqual([batches.x, old.batches.x]);
  });

  test.each([['both holders', ['ballots', 'sms']] as const, ['the second holder, after a crash', ['sms']] as const])(
    'Keys new adds the ring of codes to an older folder: to %s',
    async (_what, holders) => {
      const directory = join(root, `codes-${holders.length}`);
      await run('keys', 'new', '--directory', directory);
      const before = readKeyFile(directory, 'ballots');
      for (const holder of holders) {
        const path = keyFilePath(directory, holder);
        const { codes: _codes, ...older } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
        writeFileSync(path, JSON.stringify(older));
      }
      const { code, err } = await run('keys', 'new', '--directory', directory, '--if-missing');
      expect({ code, names: holders.every((holder) => err.includes(`${holder}.json`)) }).toEqual({
        code: 0,
        names: true,
      });
      const sms = readKeyFile(directory, 'sms');
      const ballots = readKeyFile(directory, 'ballots');
      expect(sms.codes).toEqual(ballots.codes);
      expect(sms.attestations).toEqual(before.attestations);
      if (holders.length === 1) expect(ballots).toEqual(before);
    },
  );

  test('Keys new keeps the modes that Compose needs when it adds to an older folder', async () => {
    const directory = await olderFolder('older-compose', 'compose');
    await run('keys', 'new', '--directory', directory, '--compose', '--if-missing');
    for (const file of ['public', 'officials'] as const) expect(modeOf(keyFilePath(directory, file))).toBe('444');
    await run('keys', 'rotate', 'tokens', '--directory', directory);
    expect(modeOf(keyFilePath(directory, 'api'))).toBe('444');
  });

  test('Keys new makes what Compose mounts once, in a closed folder, with no password in the ACL file', async () => {
    const directory = join(root, 'compose');
    mkdirSync(directory, { mode: 0o755 });
    expect((await run('keys', 'new', '--directory', directory, '--compose')).code).toBe(0);
    expect(modeOf(directory)).toBe('700');
    const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
    const password = new URL(read('api-redis-url')).password;
    expect(read('redis-users.acl')).not.toContain(password);
    expect(read('redis-users.acl')).toContain('user default off');
    expect(read('control-redis-users.acl')).not.toContain(new URL(read('control-officials-redis-url')).password);
    const before = read('mixer-box-url');
    expect((await run('keys', 'new', '--directory', directory, '--compose', '--if-missing')).code).toBe(0);
    expect(read('mixer-box-url')).toBe(before);
  });
});

describe('The keys new --compose command', () => {
  const filesOf = (directory: string): Record<string, string> =>
    Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
  /** Passwords of roles and of Redis users, as their files hold them. */
  const rolesOf = (directory: string) =>
    JSON.parse(readFileSync(join(directory, 'role-passwords.json'), 'utf8')) as Record<string, string>;
  const replaced = (path: string, text: string): void => {
    rmSync(path);
    writeFileSync(path, text, { mode: 0o444 });
  };

  test('Keys new --compose adds what later services need to an older folder, and changes no password', async () => {
    const directory = join(root, 'compose-older');
    await run('keys', 'new', '--directory', directory, '--compose');
    const { popvote_ballots, popvote_mixer, popvote_elections } = rolesOf(directory);
    const later = /^(control-|access-|elections-(database|box)-|worker-|(postgres|migrate)-(access|elections)-)/;
    for (const name of readdirSync(directory).filter((each) => later.test(each))) rmSync(join(directory, name));
    const old = { popvote_ballots, popvote_mixer, popvote_elections };
    replaced(join(directory, 'role-passwords.json'), JSON.stringify(old));
    replaced(join(directory, 'redis-users.acl'), 'user default off\n');
    const before = filesOf(directory);
    expect((await run('keys', 'new', '--directory', directory, '--compose', '--if-missing')).code).toBe(0);
    const after = filesOf(directory);
    for (const name of Object.keys(before).filter((each) => !/^(role-passwords.json|redis-users.acl)$/.test(each)))
      expect({ name, same: after[name] === before[name] }).toEqual({ name, same: true });
    expect(rolesOf(directory)).toMatchObject(old);
    expect(new URL(after['worker-box-url'] ?? '').password).toBe(rolesOf(directory)['popvote_worker']);
    // The rules of users follow the version, with the passwords of their services.
    const apiPassword = new URL(before['api-redis-url'] ?? '').password;
    expect(after['redis-users.acl']).toContain(createHash('sha256').update(apiPassword).digest('hex'));
    expect((await run('keys', 'new', '--directory', directory, '--compose', '--if-missing')).out).toBe('');
    expect(filesOf(directory)).toEqual(after);
  });

  test('Keys new --compose continues after it was killed at any file', async () => {
    const whole = join(root, 'compose-whole');
    const lines0 = (await run('keys', 'new', '--directory', whole, '--compose')).out.split('\n');
    const order = lines0
      .map((path) => basename(path))
      .filter((name) => !name.endsWith('.json') || name === 'role-passwords.json');
    for (let count = 0; count < order.length; count += 3) {
      const directory = join(root, `compose-killed-${count}`);
      cpSync(whole, directory, { recursive: true });
      for (const name of order.slice(count)) rmSync(join(directory, name));
      const survivors = filesOf(directory);
      expect((await run('keys', 'new', '--directory', directory, '--compose', '--if-missing')).code).toBe(0);
      expect(filesOf(directory)).toMatchObject(survivors);
      expect(readdirSync(directory).sort()).toEqual(readdirSync(whole).sort());
      const doors = ['ballots-intake-url', 'elections-box-url'].map((name) => new URL(filesOf(directory)[name] ?? ''));
      for (const { username, password } of doors) expect(rolesOf(directory)[username]).toBe(password);
    }
  });
});

describe('The keys rotate passwords command', () => {
  test('Every service gets a new password in all files at once, and nothing else changes', async () => {
    const directory = join(root, 'renewed');
    await run('keys', 'new', '--directory', directory, '--compose');
    const texts = () =>
      Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
    const before = texts();
    const { code, out } = await run('keys', 'rotate', 'passwords', '--directory', directory);
    expect(code).toBe(0);
    const after = texts();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(
      out
        .split('\n')
        .map((path) => basename(path))
        .sort(),
    ).toEqual(changed.sort());
    const urls = Object.keys(after).filter((name) => /(redis|intake|box|database)-url$/.test(name));
    const services = urls.filter((name) => !name.startsWith('migrate-'));
    const forPeople = ['database-view-password', 'grafana-password'];
    expect(changed.sort()).toEqual(
      [...services, 'role-passwords.json', 'redis-users.acl', 'control-redis-users.acl', ...forPeople].sort(),
    );
    const roles = JSON.parse(after['role-passwords.json'] ?? '{}') as Record<string, string>;
    for (const name of services) {
      const { protocol, username, password } = new URL(after[name] ?? '');
      const hash = createHash('sha256').update(password).digest('hex');
      const users = after[name.startsWith('control-') ? 'control-redis-users.acl' : 'redis-users.acl'];
      if (protocol === 'redis:') expect(users).toContain(hash);
      else expect(roles[username]).toBe(password);
    }
    // The folder is complete, and stays as it is.
    expect((await run('keys', 'new', '--directory', directory, '--compose', '--if-missing')).out).toBe('');
    expect((await run('keys', 'rotate', 'passwords', '--directory', directory, '--drop')).code).toBe(2);
    expect(texts()).toEqual(after);
  });
});

describe('The keys rotate owner-passwords command', () => {
  type Roles = Record<string, string> & { formerOwners?: Record<string, string> };
  const names = ['access', 'box', 'elections', 'intake'];
  const readIn = (directory: string, name: string): string => readFileSync(join(directory, name), 'utf8');
  const rolesIn = (directory: string): Roles => JSON.parse(readIn(directory, 'role-passwords.json')) as Roles;
  const rotate = (directory: string, ...words: string[]) =>
    run('keys', 'rotate', 'owner-passwords', '--directory', directory, ...words);
  const textsOf = (directory: string): Record<string, string> =>
    Object.fromEntries(readdirSync(directory).map((name) => [name, readIn(directory, name)]));

  test('Each owner gets a new password in both files, and the former ones are kept until they are dropped', async () => {
    const directory = join(root, 'owners');
    await run('keys', 'new', '--directory', directory, '--compose');
    // An address of the operator's own, which is no URL.
    const own = 'postgres://admin:one@db1:5432,db2:5432/access?target_session_attrs=read-write';
    rmSync(join(directory, 'migrate-access-url'));
    writeFileSync(join(directory, 'migrate-access-url'), own, { mode: 0o444 });
    const before = textsOf(directory);
    const { code, out, err } = await rotate(directory);
    expect([code, err]).toEqual([0, expect.stringContaining('docker compose run --rm migrate')]);
    const after = textsOf(directory);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    const files = names.flatMap((name) => [`migrate-${name}-url`, `postgres-${name}-password`]);
    expect(changed.sort()).toEqual([...files, 'role-passwords.json'].sort());
    expect([...new Set(out.split('\n').map((path) => basename(path)))].sort()).toEqual(changed.sort());
    const { formerOwners, ...roles } = rolesIn(directory);
    expect(roles).toEqual(JSON.parse(before['role-passwords.json'] ?? '{}'));
    for (const name of names) {
      const password = after[`postgres-${name}-password`] ?? '';
      const former = name === 'access' ? 'one' : before[`postgres-${name}-password`];
      expect([name, formerOwners?.[name]]).toEqual([name, former]);
      expect(after[`migrate-${name}-url`]).toBe(before[`migrate-${name}-url`]?.replace(`:${former}@`, `:${password}@`));
      expect(`${out}${err}`).not.toContain(password);
    }
    // Nothing is made a second time, and other commands keep what is noted.
    await rotate(directory);
    await run('keys', 'new', '--directory', directory, '--compose', '--if-missing');
    expect(textsOf(directory)).toEqual(after);
    await run('keys', 'rotate', 'passwords', '--directory', directory);
    expect(rolesIn(directory).formerOwners).toEqual(formerOwners);
    expect((await rotate(directory, '--drop')).code).toBe(0);
    expect(rolesIn(directory)).not.toHaveProperty('formerOwners');
    expect((await rotate(directory, '--drop')).err).toContain('no former password');
    expect(readIn(directory, 'postgres-box-password')).toBe(after['postgres-box-password']);
    expect((await rotate(directory, '--announce')).code).toBe(2);
    expect((await rotate(join(root, 'new'))).code).toBe(1);
  });

  test('The rotation of owners that was killed after any file is completed, and loses no former password', async () => {
    const whole = join(root, 'owners-whole');
    await run('keys', 'new', '--directory', whole, '--compose');
    const before = textsOf(whole);
    const done = join(root, 'owners-done');
    cpSync(whole, done, { recursive: true });
    const order = (await rotate(done)).out.split('\n').map((path) => basename(path));
    expect(order[0]).toBe('role-passwords.json');
    for (const count of [1, 2, 3, 6]) {
      const directory = join(root, `owners-killed-${count}`);
      cpSync(whole, directory, { recursive: true });
      for (const name of order.slice(0, count)) {
        rmSync(join(directory, name));
        cpSync(join(done, name), join(directory, name));
      }
      expect((await rotate(directory)).code).toBe(0);
      const after = textsOf(directory);
      for (const name of names) {
        const former = before[`postgres-${name}-password`];
        expect([count, name, rolesIn(directory).formerOwners?.[name]]).toEqual([count, name, former]);
        expect(new URL(after[`migrate-${name}-url`] ?? '').password).toBe(after[`postgres-${name}-password`]);
        expect(after[`postgres-${name}-password`]).not.toBe(former);
      }
    }
  });
});

describe('The keys rotate command', () => {
  test('Keys rotate seals with the new key and still opens what the old one sealed, until it is dropped', async () => {
    const directory = join(root, 'rotate');
    await run('keys', 'new', '--directory', directory);
    const tokens = () =>
      createSealedTokens({
        ring: readKeyFile(directory, 'api').tokens,
        kind: { typ: 'test+jwe', audience: 'test' },
        claims: z.object({ sid: z.string() }),
        secondsMax: 900,
        clock: Date.now,
      });
    const old = await tokens().seal({ sid: 'before' }, Date.now() + 60_000);
    const { code, err } = await run('keys', 'rotate', 'tokens', '--directory', directory);
    expect(code).toBe(0);
    expect(err).toContain('Restart: all api processes');
    expect(err).toContain('may be dropped');
    expect(await tokens().open(old)).toMatchObject({ sid: 'before' });
    const fresh = await tokens().seal({ sid: 'after' }, Date.now() + 60_000);
    await run('keys', 'rotate', 'tokens', '--directory', directory, '--drop');
    expect(await tokens().open(old)).toBeNull();
    expect(await tokens().open(fresh)).toMatchObject({ sid: 'after' });
    expect(modeOf(keyFilePath(directory, 'api'))).toBe('600');
  });

  test('Keys rotate announces a key to all processes before use, so that a restart ends no session', async () => {
    const directory = join(root, 'announce');
    await run('keys', 'new', '--directory', directory);
    const ring = () => readKeyFile(directory, 'api').tokens.map(({ kid }) => kid);
    const [first] = ring();
    const { out, err } = await run('keys', 'rotate', 'tokens', '--directory', directory, '--announce');
    const announced = out.trim();
    expect(ring()).toEqual([first, announced]);
    expect(err).toContain(`--use ${announced}`);
    await run('keys', 'rotate', 'tokens', '--directory', directory, '--use', announced);
    expect(ring()).toEqual([announced, first]);
    const unknown = await run('keys', 'rotate', 'tokens', '--directory', directory, '--use', 'unknown');
    expect(unknown.code).toBe(1);
    const both = await run('keys', 'rotate', 'tokens', '--directory', directory, '--announce', '--drop');
    expect(both.code).toBe(2);
    expect(ring()).toEqual([announced, first]);
  });

  test('Keys rotate gives both holders of the attestation key the same new ring, and changes no other key', async () => {
    const directory = join(root, 'attestations');
    await run('keys', 'new', '--directory', directory);
    const before = readKeyFile(directory, 'sms');
    const { err } = await run('keys', 'rotate', 'attestations', '--directory', directory);
    expect(err).toContain('first all ballots processes, then all sms processes');
    const after = readKeyFile(directory, 'sms');
    expect(after.attestations).toHaveLength(2);
    expect(after.attestations[1]).toEqual(before.attestations[0]);
    expect(readKeyFile(directory, 'ballots').attestations).toEqual(after.attestations);
    expect({ ...after, attestations: 0 }).toEqual({ ...before, attestations: 0 });
    await run('keys', 'rotate', 'attestations', '--directory', directory, '--drop');
    expect(readKeyFile(directory, 'ballots').attestations).toEqual([after.attestations[0]]);
  });

  test('Keys rotate publishes a signing key before its use, and drops the old one only on request', async () => {
    const directory = join(root, 'access-tokens');
    await run('keys', 'new', '--directory', directory);
    const keys = () => readKeyFile(directory, 'access').tokens;
    const claims = { sub: randomUUID(), sid: randomUUID(), jti: randomUUID(), role: 'auditor', amr: ['pwd'] } as const;
    const sign = async () => (await createAccessTokenSigner(keys()[0]!).sign(claims, Date.now())).token;
    const opens = async (token: string): Promise<boolean> =>
      (await createAccessTokenVerifier(ownTokenKeys(keys().map(publicJwk)), Date.now)(token)) !== null;
    const old = await sign();
    const before = readKeyFile(directory, 'access');
    const announced = (await run('keys', 'rotate', 'access-tokens', '--directory', directory, '--announce')).out.trim();
    expect(keys().map(({ kid }) => kid)).toEqual([before.tokens[0]?.kid, announced]);
    const used = await run('keys', 'rotate', 'access-tokens', '--directory', directory, '--use', announced);
    expect(used.err).toContain('Restart: all access processes');
    const fresh = await sign();
    expect(await Promise.all([old, fresh].map(opens))).toEqual([true, true]);
    await run('keys', 'rotate', 'access-tokens', '--directory', directory, '--drop');
    expect(await Promise.all([old, fresh].map(opens))).toEqual([false, true]);
    expect({ ...readKeyFile(directory, 'access'), tokens: 0 }).toEqual({ ...before, tokens: 0 });
  });

  test('Keys rotate refuses a ninth key and leaves the ring as it is', async () => {
    const directory = join(root, 'nine');
    await run('keys', 'new', '--directory', directory);
    for (let n = 0; n < 7; n += 1)
      expect((await run('keys', 'rotate', 'challenges', '--directory', directory)).code).toBe(0);
    const { code, err } = await run('keys', 'rotate', 'challenges', '--directory', directory);
    expect(code).toBe(1);
    expect(err).toContain('--drop');
    expect(readKeyFile(directory, 'sms').challenges).toHaveLength(8);
    expect((await run('keys', 'rotate', 'election', '--directory', directory)).code).toBe(2);
  });
});

describe('The keys destroy command', () => {
  test('Keys destroy asks for the id again, says what it ends, then overwrites and removes the file', async () => {
    const file = join(root, 'council.json');
    writeFileSync(file, 'the-secret-of-council');
    const first = await run('keys', 'destroy', '--election', 'council', '--directory', root);
    expect(first.code).toBe(2);
    expect(first.err).toContain('--confirm council');
    expect(existsSync(file)).toBe(true);
    // Keys of the same election that another replica made at the same moment, and files of others.
    const beside = `council.${'0'.repeat(32)}.json`;
    const others = ['council-2.json', `council-2.${'0'.repeat(32)}.json`];
    for (const name of [beside, ...others]) writeFileSync(join(root, name), 'the-secret-of-another');
    // A second link to the same bytes shows that they were overwritten.
    const link = join(root, 'link');
    linkSync(file, link);
    const words = ['keys', 'destroy', '--election', 'council', '--confirm', 'council', '--directory', root];
    expect((await run(...words)).code).toBe(0);
    expect([file, join(root, beside)].map((path) => existsSync(path))).toEqual([false, false]);
    expect(others.map((name) => readFileSync(join(root, name), 'utf8'))).toEqual(
      others.map(() => 'the-secret-of-another'),
    );
    expect(readFileSync(link, 'latin1')).not.toContain('secret');
    expect((await run(...words)).code).toBe(1);
  });

  test('Keys destroy reaches no file outside of the folder', async () => {
    const outside = join(root, 'outside.json');
    writeFileSync(outside, 'stays');
    const { code } = await run(
      'keys',
      'destroy',
      '--election',
      '../outside',
      '--confirm',
      '../outside',
      '--directory',
      join(root, 'new'),
    );
    expect(code).toBe(1);
    expect(readFileSync(outside, 'utf8')).toBe('stays');
  });
});

test('Sends a password to PostgreSQL only as a verifier', () => {
  const verifier = scramVerifier('correct-horse-battery');
  expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$/);
  expect(verifier).not.toContain('correct-horse-battery');
});

describe('The owner of the folder of Compose', () => {
  test('The owner of the folder decides whether a process is of another user', () => {
    const { uid, gid } = statSync(root);
    expect(foreignOwner(root, uid)).toBeNull();
    expect(foreignOwner(root, uid + 1)).toEqual({ uid, gid, process: uid + 1 });
    expect(foreignOwner(join(root, 'absent'), uid + 1)).toBeNull();
  });

  test('Keys new --compose names the command to run for the owner, and makes nothing', async () => {
    const directory = join(root, 'of-another');
    mkdirSync(directory);
    // Only root can give a folder to another user.
    if (process.geteuid?.() !== 0) return;
    chownSync(directory, 4_242, 4_343);
    const { code, err } = await run('keys', 'new', '--directory', directory, '--compose', '--if-missing');
    expect(code).toBe(1);
    expect(err).toContain('docker compose run --rm --user 4242:4343 keys');
    expect(readdirSync(directory)).toEqual([]);
  });
});
