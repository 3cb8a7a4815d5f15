// A public log for elections of tests: what an installation has, the manifest of an election, and the receipt as a leaf.
import { electionLogOf, leafOfReceipt } from '../../../src/domain/record/election-log.ts';
import { canonicalText, signingKey } from '../../../src/platform/keys/signatures.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import type { Receipt } from '../../../src/protocol/public-api.ts';
import type { ManifestDocument } from '../../../src/protocol/record/manifest.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { publicationOf } from '../../../src/services/elections/publishing/publication.ts';
import { manifestOf } from '../../../src/services/elections/record/manifest.ts';
import type { LogSettings } from '../../../src/services/elections/record/manifest.ts';

/** What the names of logs begin with. */
export const logHost = 'vote.example.org';
const noSigners = { quorum: 0, keys: [] };
export const logSettingsOf = (keys: KeyFiles): LogSettings => ({
  log: { host: logHost, key: keys.log.checkpoints.x },
  witnesses: noSigners,
  auditors: noSigners,
});

export function manifestFor(keys: KeyFiles, election: ElectionDefinition): ManifestDocument {
  const parts = { logSettings: logSettingsOf(keys), publicKeys: keys.public, publisher: publisherOf(keys) };
  const manifest = manifestOf(election, parts);
  if (!manifest) throw new Error('The key files lack a key of the log.');
  return manifest;
}

const publisherOf = (keys: KeyFiles) => signingKey(keys.elections.publisher);

export const loggedPublicationOf = (keys: KeyFiles, election: ElectionDefinition, revision: number): Publication => ({
  ...publicationOf(election, publisherOf(keys), revision),
  manifest: manifestFor(keys, election),
});

export const originOfManifest = ({ manifest }: ManifestDocument): string =>
  electionLogOf(sha256, manifest, canonicalText(manifest)).origin;

/** The leaf that a receipt promises, in base64url. */
export function promisedLeaf(receipt: Receipt): string {
  if (receipt.version === 1) return receipt.leaf;
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
  const { castTag, content, signature } = receipt;
  const parts = { castTag: bytes(castTag), content: bytes(content), signature: bytes(signature) };
  return Buffer.from(leafOfReceipt(sha256, parts)).toString('base64url');
}
