// The key of deposits is rotated while elections take paper ballots: each entry is signed by the key that its manifest names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { announceSigner, dropOldSigners, useSigner } from '../../../../src/cli/rotate-signers.ts';
import { decodeEntry, entrySigningBytes } from '../../../../src/domain/record/entry.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { bytesAreSigned, publicKeyOfBytes } from '../../../../src/platform/keys/byte-signatures.ts';
import { makeKeyDirectory, readKeyFile } from '../../../../src/platform/keys/key-directory.ts';
import { signingKey } from '../../../../src/platform/keys/signatures.ts';
import type { ManifestDocument } from '../../../../src/protocol/record/manifest.ts';
import { manifestOf } from '../../../../src/services/elections/record/manifest.ts';
import { depositKeysOf, paperEntries } from '../../../../src/services/worker/entries.ts';
import { definition } from '../../../support/elections.ts';
import { logSettingsOf, originOfManifest } from '../../../support/record/manifests.ts';

function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'popvote-deposits-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const directory = join(parent, 'keys');
  makeKeyDirectory(directory);
  return directory;
}

/** The manifest of an election that is announced now. */
function announcedNow(directory: string): ManifestDocument {
  const publicKeys = readKeyFile(directory, 'public');
  const publisher = signingKey(readKeyFile(directory, 'elections').publisher);
  const checkpoints = readKeyFile(directory, 'log');
  const logSettings = logSettingsOf({ log: checkpoints } as Parameters<typeof logSettingsOf>[0]);
  return manifestOf(definition(), { logSettings, publisher, publicKeys })!;
}

/** Whether the worker, as it starts now, signs an entry that the manifest's readers accept. */
function signsFor(directory: string, document: ManifestDocument): boolean {
  const origin = originOfManifest(document);
  const keys = depositKeysOf(readKeyFile(directory, 'worker'));
  const entryOf = paperEntries(keys, { origin, manifest: JSON.stringify(document) });
  const entry = decodeEntry(entryOf(randomBytes(32), '{"contests":[]}'))!;
  const key = publicKeyOfBytes(Buffer.from(document.manifest.deposits.x, 'base64url'));
  return bytesAreSigned(key, entrySigningBytes(sha256(Buffer.from(origin)), entry), entry.signature);
}

function rotate(directory: string): void {
  const announced = announceSigner(directory, 'deposits');
  if (!announced.ok) throw new Error(announced.reason);
  expect(useSigner(directory, 'deposits', announced.kid)).toMatchObject({ ok: true });
}

test('Elections from before a rotation and after it have entries by the key that their manifest names', () => {
  const directory = newFolder();
  const elections = [announcedNow(directory)];
  for (let turn = 0; turn < 3; turn += 1) {
    const announced = announceSigner(directory, 'deposits');
    if (!announced.ok) throw new Error(announced.reason);
    // While a key is announced, new elections name the one in use.
    elections.push(announcedNow(directory));
    useSigner(directory, 'deposits', announced.kid);
    elections.push(announcedNow(directory));
    expect(elections.at(-1)!.manifest.deposits.kid).toBe(announced.kid);
    for (const election of elections) expect(signsFor(directory, election)).toBe(true);
  }
  expect(new Set(elections.map(({ manifest }) => manifest.deposits.x)).size).toBe(4);
});

test('A key that was dropped signs nothing, and the paper of its elections waits', () => {
  const directory = newFolder();
  const before = announcedNow(directory);
  rotate(directory);
  dropOldSigners(directory, 'deposits');
  expect(() => signsFor(directory, before)).toThrow(/WORKER_KEYS/);
  expect(signsFor(directory, announcedNow(directory))).toBe(true);
});
