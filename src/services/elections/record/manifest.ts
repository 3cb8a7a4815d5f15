// The manifest of an election: what it is, and the keys of its public log. Its hash is announced, and ends the log's name.
import { electionLogOf } from '../../../domain/record/election-log.ts';
import type { ElectionLog } from '../../../domain/record/election-log.ts';
import { groupsOfHash } from '../../../domain/record/manifest.ts';
import { sha256 } from '../../../platform/content-hash.ts';
import { canonicalText, signValue, signingKey } from '../../../platform/keys/signatures.ts';
import type { SigningKey } from '../../../platform/keys/signatures.ts';
import type { Logger } from '../../../platform/logger.ts';
import type { ElectionsKeys, PublicJwk, PublicKeys } from '../../../protocol/key-files.ts';
import { Problem } from '../../../protocol/problem.ts';
import { shownElection } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { manifestDocument } from '../../../protocol/record/manifest.ts';
import type { ElectionManifest, ManifestDocument } from '../../../protocol/record/manifest.ts';
import type { Pool } from '../../../store/database.ts';
import { findManifest } from '../../../store/elections/lifecycle.ts';
import { openLog } from '../../../store/record/log-admission.ts';

/** What every manifest of this installation has. */
export type LogSettings = {
  readonly log: ElectionManifest['log'];
  readonly witnesses: ElectionManifest['witnesses'];
  readonly auditors: ElectionManifest['auditors'];
};

export type ManifestParts = {
  /** Null where the installation has no public log. */
  readonly logSettings: LogSettings | null;
  readonly publisher: SigningKey;
  readonly publicKeys: Pick<PublicKeys, 'publishers' | 'receipts' | 'deposits'>;
};

/**
 * Signs the manifest of a definition; null without a log, or without a key that it has to name. The newest keys come first
 * in the file of public keys.
 */
export function manifestOf(definition: ElectionDefinition, parts: ManifestParts): ManifestDocument | null {
  const { logSettings, publisher, publicKeys } = parts;
  const [receipts] = publicKeys.receipts;
  const [deposits] = publicKeys.deposits;
  const ownKey = publicKeys.publishers.find(({ kid }) => kid === publisher.kid);
  if (!logSettings || !receipts || !deposits || !ownKey) return null;
  const { id, rehearsal, contests, identity, channels } = shownElection(definition);
  const manifest: ElectionManifest = {
    version: 1,
    electionId: id,
    rehearsal,
    contests,
    identity,
    channels,
    minBatch: definition.minBatch,
    disclosure: 'none',
    log: logSettings.log,
    receipts: keyOf(receipts),
    deposits: keyOf(deposits),
    publisher: keyOf(ownKey),
    witnesses: logSettings.witnesses,
    auditors: logSettings.auditors,
    sealing: null,
    tokens: null,
  };
  return { manifest, signature: signValue(publisher, manifest) };
}

/** A key as a manifest names it. */
export const keyOf = ({ kid, x }: PublicJwk): ElectionManifest['receipts'] => ({ kid, x });

type PublisherParts = {
  readonly keys: Pick<ElectionsKeys, 'publisher' | 'earlier'>;
  readonly publicKeys: Pick<PublicKeys, 'publishers'>;
  readonly logger: Logger;
};

/** The key that signs the closing document and the results of an election. */
export type PublisherOf = (document: ManifestDocument | null) => SigningKey;

/**
 * The key of publishers that the manifest of an election names, whatever was rotated since. The one in use without a
 * manifest, and with a line of the log where the named one was dropped: verifiers then reject the documents. Throws
 * `conflict` where only its private half is missing, which a copy of the keys may have.
 */
export function publisherKeysOf({ keys: own, publicKeys, logger }: PublisherParts): PublisherOf {
  const { publisher, earlier = [] } = own;
  const keys = new Map([publisher, ...earlier].map((jwk) => [jwk.x, signingKey(jwk)]));
  const current = signingKey(publisher);
  return (document) => {
    if (!document) return current;
    const { electionId, publisher: manifestKey } = document.manifest;
    const key = keys.get(manifestKey.x);
    if (key) return key;
    if (publicKeys.publishers.some(({ x }) => x === manifestKey.x))
      throw new Problem('conflict', { detail: withoutKey(manifestKey.kid) });
    logger.error({ electionId, kid: manifestKey.kid }, 'publisher-key.of-manifest-dropped');
    return current;
  };
}

const withoutKey = (kid: string): string =>
  `ELECTIONS_KEYS does not have the key ${kid}, which the manifest of the election names. Restore the file from a copy. ` +
  'Nothing was changed.';

/** A stored manifest; null where there is none. */
export const storedManifest = (stored: unknown): ManifestDocument | null =>
  stored === null ? null : manifestDocument.parse(stored);

/** M of an announced election, as people compare it; null where it has no public log. */
export async function shownManifestHash(pool: Pool, electionId: string): Promise<string | null> {
  const document = storedManifest(await findManifest(pool, electionId));
  return document && groupsOfHash(logOf(document).manifestHash);
}

/** The log that a manifest makes. */
export const logOf = ({ manifest }: ManifestDocument): ElectionLog =>
  electionLogOf(sha256, manifest, canonicalText(manifest));

/**
 * Opens the log of a manifest in the box, for `mixer` and `worker`. May be repeated. Throws where ballots are in the log of
 * another manifest.
 */
export type LogOpener = (document: ManifestDocument) => Promise<void>;

/** Calls at the same time for one manifest are one. */
export function createLogOpener(boxPool: Pool): LogOpener {
  const opening = new Map<string, Promise<void>>();
  return (document) => {
    const { value } = document.signature;
    const call = opening.get(value) ?? openLogOf(boxPool, document).finally(() => opening.delete(value));
    opening.set(value, call);
    return call;
  };
}

async function openLogOf(boxPool: Pool, document: ManifestDocument): Promise<void> {
  const { origin, manifestHash } = logOf(document);
  const { electionId } = document.manifest;
  const outcome = await openLog(boxPool, { electionId, origin, manifestHash, manifest: JSON.stringify(document) });
  if (outcome === 'frozen') throw new Error('The log of this election has ballots under another manifest.');
}
