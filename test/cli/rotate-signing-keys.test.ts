// Rotation of the keys that sign: a key is published before it is used, the old one verifies until it is dropped, and no
// key of another service changes.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { signingKeys } from '../../src/cli/rotate-signing-keys.ts';
import type { SigningKeyName } from '../../src/cli/rotate-signing-keys.ts';
import { readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { signValue, signingKey, valueIsSigned, verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { PrivateJwk, PublicJwk } from '../../src/protocol/key-files.ts';
import { command } from '../support/processes/command.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-signing-keys-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const names = Object.keys(signingKeys) as SigningKeyName[];

describe.each(names)('The rotation of %s', (name) => {
  const directory = join(root, name);
  const { holder, member, list } = signingKeys[name];
  const current = (): PrivateJwk => (readKeyFile(directory, holder) as unknown as Record<string, PrivateJwk>)[member]!;
  const published = (): readonly PublicJwk[] => readKeyFile(directory, 'public')[list];
  const rotate = (...words: string[]) => command(['keys', 'rotate', name, '--directory', directory, ...words]);

  test('The new key verifies before it is used, and the old one until it is dropped', async () => {
    await command(['keys', 'new', '--directory', directory]);
    const before = current();
    const others = published().filter(({ kid }) => kid !== before.kid);
    const value = { text: 'signed before' };
    const signature = signValue(signingKey(before), value);
    const isAccepted = () => valueIsSigned(verificationKeys(published()), value, signature);

    const announced = await rotate('--announce');
    expect(announced.code).toBe(0);
    const kid = announced.out.trim();
    expect(current()).toEqual(before);
    expect(published().map((jwk) => jwk.kid)).toContain(kid);
    const next = join(directory, `next-${name}.json`);
    expect((statSync(next).mode & 0o777).toString(8)).toBe('600');
    expect(announced.out + announced.err).not.toContain(
      (JSON.parse(readFileSync(next, 'utf8')) as { identity: PrivateJwk }).identity.d,
    );
    // A second announcement would lose the first key.
    expect((await rotate()).code).toBe(1);
    expect((await rotate('--use', 'unknown')).code).toBe(1);

    expect((await rotate('--use', kid)).code).toBe(0);
    expect(current().kid).toBe(kid);
    expect(readdirSync(directory)).not.toContain(`next-${name}.json`);
    const fresh = signValue(signingKey(current()), value);
    expect(valueIsSigned(verificationKeys(published()), value, fresh)).toBe(true);
    expect(isAccepted()).toBe(true);

    expect((await rotate('--drop')).code).toBe(0);
    expect(isAccepted()).toBe(false);
    expect(
      published()
        .map((jwk) => jwk.kid)
        .sort(),
    ).toEqual([kid, ...others.map((jwk) => jwk.kid)].sort());
    expect(kid.split('.')[0]).toBe(name.startsWith('caller-') ? holder : kid);
  });
});
