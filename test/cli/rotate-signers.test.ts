// `popvote keys rotate` for keys that sign: the steps of the command, and what verifies after each.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { signers } from '../../src/cli/rotate-signers.ts';
import type { SignerName } from '../../src/cli/rotate-signers.ts';
import { keyFilePath, readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { signValue, signingKey, valueIsSigned, verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { Signature } from '../../src/platform/keys/signatures.ts';
import { earlierKeysMax } from '../../src/protocol/key-files.ts';
import type { PrivateJwk } from '../../src/protocol/key-files.ts';
import { command } from '../support/processes/command.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-signers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const names = Object.keys(signers) as SignerName[];
const value = { paper: 'ballot' };

/** A folder of new keys, and the command on one of its keys. */
async function newFolder(name: SignerName, purpose: string) {
  const directory = join(root, `${name}-${purpose}`);
  await command(['keys', 'new', '--directory', directory]);
  return folderOf(name, directory);
}

function folderOf(name: SignerName, directory: string) {
  const { holder, member, published } = signers[name];
  const own = () => readKeyFile(directory, holder) as unknown as Record<string, PrivateJwk>;
  return {
    directory,
    own,
    texts: () => [holder, 'public' as const].map((file) => readFileSync(keyFilePath(directory, file), 'utf8')),
    publicFile: () => readKeyFile(directory, 'public'),
    sign: () => signValue(signingKey(own()[member]!), value),
    verifies: (signature: Signature) =>
      valueIsSigned(verificationKeys(readKeyFile(directory, 'public')[published]), value, signature),
    rotate: (...words: string[]) => command(['keys', 'rotate', name, '--directory', directory, ...words]),
  };
}

describe.each(names)('The rotation of %s', (name) => {
  const { member, published, verifiers, holder } = signers[name];

  test('What was signed before verifies until the old public key is dropped', async () => {
    const folder = await newFolder(name, 'whole');
    const before = { own: folder.own(), all: folder.publicFile(), signature: folder.sign() };
    const announced = await folder.rotate('--announce');
    expect(announced.err).toContain(`restart: all processes of ${verifiers}`);
    // The announced key signs nothing yet, and verifiers know it.
    expect(folder.sign()).toEqual(before.signature);
    expect(folder.publicFile()[published].map(({ kid }) => kid)).toContain(announced.out);
    const used = await folder.rotate('--use', announced.out);
    expect(used.err).toContain(`Restart: all processes of ${holder}`);
    const after = folder.sign();
    expect(after.kid).toBe(announced.out);
    expect([before.signature, after].map(folder.verifies)).toEqual([true, true]);
    expect((await folder.rotate('--drop')).code).toBe(0);
    expect([before.signature, after].map(folder.verifies)).toEqual([false, true]);
    // Nothing else has changed, and the old private key is nowhere.
    expect({ ...folder.own(), [member]: 0 }).toEqual({ ...before.own, [member]: 0 });
    const others = ({ kid }: { kid: string }) => kid !== before.signature.kid && kid !== after.kid;
    const all = folder.publicFile();
    expect({ ...all, [published]: all[published].filter(others) }).toEqual({
      ...before.all,
      [published]: before.all[published].filter(others),
    });
    expect(folder.texts().join('')).not.toContain(before.own[member]!.d);
  });

  test('A second announcement, an unknown key and a missing step change nothing and say what to do', async () => {
    const folder = await newFolder(name, 'faults');
    const fresh = folder.texts();
    const bare = await folder.rotate();
    expect({ code: bare.code, err: bare.err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('--announce') as string,
    });
    expect((await folder.rotate('--use', 'unknown')).code).toBe(1);
    expect((await folder.rotate('--drop')).err).toContain('no old public key');
    expect(folder.texts()).toEqual(fresh);
    const { out } = await folder.rotate('--announce');
    const once = folder.texts();
    const again = await folder.rotate('--announce');
    expect(again.code).toBe(1);
    expect(again.err).toContain(`--use ${out}`);
    // An announced key is not an old one.
    await folder.rotate('--drop');
    expect(folder.texts()).toEqual(once);
  });
});

test.each(names.filter((name) => 'isNamedByElections' in signers[name]))(
  'Elections go on with the old keys of %s until they are dropped, within the room of the file',
  async (name) => {
    const folder = await newFolder(name, 'earlier');
    const { member } = signers[name];
    const before: string[] = [];
    const next = async () => folder.rotate('--use', (await folder.rotate('--announce')).out);
    for (let turn = 0; turn < earlierKeysMax; turn += 1) {
      before.unshift(folder.own()[member]!.kid);
      expect((await next()).code).toBe(0);
      const { earlier } = folder.own() as unknown as { earlier: readonly PrivateJwk[] };
      expect(earlier.map(({ kid }) => kid)).toEqual(before);
    }
    const full = await next();
    expect({ code: full.code, err: full.err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('--drop') as string,
    });
    expect((await folder.rotate('--drop')).code).toBe(0);
    const waiting = folder.own() as unknown as { next: Record<string, PrivateJwk> };
    expect((await folder.rotate('--use', waiting.next[member]!.kid)).code).toBe(0);
  },
);

const sharing = names.filter((name) =>
  names.some(
    (other) =>
      other !== name && signers[other].holder === signers[name].holder && 'isNamedByElections' in signers[other],
  ),
);

test.each(sharing)(
  'The old keys of elections remain where the old key of %s, in the same file, is dropped',
  async (name) => {
    const [other = name] = names.filter((each) => each !== name && signers[each].holder === signers[name].holder);
    const sharer = await newFolder(other, `beside-${name}`);
    const before = sharer.own()[signers[other].member];
    const folder = folderOf(name, sharer.directory);
    for (const each of [sharer, folder]) await each.rotate('--use', (await each.rotate('--announce')).out);
    expect((await folder.rotate('--drop')).code).toBe(0);
    expect(sharer.own()).toMatchObject({ earlier: [before] });
  },
);

test('A file with a key of callers and one that elections name is tried', () => {
  expect(sharing).toContain('caller-elections');
});

test('A caller keeps its name in the name of its next key, as private calls require', async () => {
  const folder = await newFolder('caller-api', 'named');
  expect((await folder.rotate('--announce')).out).toMatch(/^api\.[0-9a-f]{8}$/);
});
