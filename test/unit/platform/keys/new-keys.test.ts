// Keys are made by the thousand without an end of the process: Node 20 stopped for ever in its export of a new key as JWK.
import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publicKeyBytes } from '../../../../src/platform/keys/byte-signatures.ts';
import { newSigningJwk, publicJwk } from '../../../../src/platform/keys/new-keys.ts';
import { sourceFiles } from '../../../support/laws/source-tree.ts';

test('A signing key is the one that Node reads from it, in both halves', () => {
  const jwk = newSigningJwk('one');
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  expect(key.export({ format: 'jwk' })).toEqual({ kty: 'OKP', crv: 'Ed25519', x: jwk.x, d: jwk.d });
  expect(createPublicKey(key).equals(createPublicKey({ key: publicJwk(jwk), format: 'jwk' }))).toBe(true);
  for (const half of [key, createPublicKey(key)]) expect(publicKeyBytes(half).toString('base64url')).toBe(jwk.x);
});

test('A process makes 20,000 keys of each kind and ends', { timeout: 160_000 }, () => {
  const module = (name: string): string =>
    JSON.stringify(new URL(`../../../../src/platform/keys/${name}.ts`, import.meta.url).href);
  const code = `
    const { newSigningJwk } = await import(${module('new-keys')});
    const { createSealer, newEpochKey } = await import(${module('sealed-boxes')});
    const { publicKeyBytes } = await import(${module('byte-signatures')});
    const { generateKeyPairSync } = await import('node:crypto');
    const to = newEpochKey();
    const makes = [
      () => newSigningJwk('one'),
      () => publicKeyBytes(generateKeyPairSync('ed25519').privateKey),
      () => createSealer(to),
      () => newEpochKey(),
    ];
    // One after the other: a garbage collection has to come in the export itself.
    for (const make of makes) for (let count = 0; count < 20_000; count += 1) make();
    console.log('all made');`;
  const words = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', code];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 150_000 });
  expect(stdout, stderr).toBe('all made\n');
});

test('No source exports a key as JWK', () => {
  const root = join(import.meta.dirname, '../../../..');
  const files = ['src', 'bench', 'deploy'].flatMap((folder) => sourceFiles(root, folder));
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter(({ text }) => /\.export\(\{[^}]*'jwk'/.test(text)).map(({ path }) => path)).toEqual([]);
});
