// The manifest: what an election is, fixed at its opening. Its hash M ends the origin of the log.
import { contestShape } from './contest-document.ts';
import type { ContestDocument } from './contest-document.ts';
import { hashParts } from './record-bytes.ts';
import {
  aboveZeroShape,
  anyObject,
  electionIdShape,
  flagShape,
  keyShape,
  kidShape,
  listShape,
  membersShape,
  oneOf,
  textShape,
  integerShape,
} from './shapes.ts';
import type { Shape } from './shapes.ts';
import { isSignedBy, readDocument } from './signed-document.ts';
import type { NamedKey } from './signed-document.ts';
import type { Json } from './strict-json.ts';
import { witnessShape } from '../log/witness-key.ts';
import type { WitnessKey } from '../log/witness-key.ts';

export type ManifestChannel = 'online' | 'batches';
export type ManifestBody = {
  readonly version: 1;
  readonly electionId: string;
  readonly rehearsal: boolean;
  readonly contests: readonly ContestDocument[];
  readonly identity: object;
  readonly channels: readonly ManifestChannel[];
  readonly minBatch: number;
  readonly disclosure: 'none' | 'ballots';
  readonly log: { readonly host: string; readonly key: Buffer };
  readonly receipts: NamedKey;
  readonly deposits: NamedKey;
  readonly publisher: NamedKey;
  readonly witnesses: { readonly quorum: number; readonly keys: readonly WitnessKey[] };
  readonly auditors: { readonly quorum: number; readonly keys: readonly WitnessKey[] };
  /** Not null in stages that this program does not verify. */
  readonly sealing: Json;
  readonly tokens: Json;
};

/** Largest manifest, in bytes. */
export const manifestBytesMax = 8_000_000;
/** Most contests of an election. */
const contestsMax = 32;
/** Most keys of witnesses or of auditors. */
const cosignersMax = 100;

const signingKeyShape: Shape<NamedKey> = membersShape({ kid: kidShape, x: keyShape });
const cosignersShape = membersShape({
  quorum: integerShape(0, cosignersMax),
  keys: listShape(witnessShape, cosignersMax),
});
const anyValue: Shape<Json> = (json) => json;

const manifestShape: Shape<ManifestBody> = membersShape({
  version: oneOf(1 as const),
  electionId: electionIdShape,
  rehearsal: flagShape,
  contests: listShape(contestShape, contestsMax, 1),
  identity: anyObject,
  channels: listShape(oneOf<ManifestChannel>('online', 'batches'), 2, 1),
  minBatch: aboveZeroShape,
  disclosure: oneOf('none' as const, 'ballots' as const),
  log: membersShape({ host: textShape(/^[A-Za-z0-9.:[\]-]{1,255}$/), key: keyShape }),
  receipts: signingKeyShape,
  deposits: signingKeyShape,
  publisher: signingKeyShape,
  witnesses: cosignersShape,
  auditors: cosignersShape,
  sealing: anyValue,
  tokens: anyValue,
});

export type VerifiedManifest = ManifestBody & {
  /** M: SHA-256 of the RFC 8785 form under its prefix. */
  readonly hash: Buffer;
  readonly origin: string;
};
export type ReadManifest = {
  readonly manifest: VerifiedManifest;
  /** Whether its publisher signed it. */
  readonly signed: boolean;
};

/** Reads the manifest of an election; null if it has another form or is of another election. */
export function readManifest(bytes: Uint8Array, electionId: string): ReadManifest | null {
  const document = bytes.length > manifestBytesMax ? null : readDocument(bytes, 'manifest');
  const body = document === null ? undefined : manifestShape(document.body);
  if (document === null || body === undefined || !isOrderly(body, electionId)) return null;
  const hash = hashParts('popvote/manifest/v1\0', document.text);
  const origin = `${body.log.host}/log/${body.electionId}/${hash.toString('base64url')}`;
  return { manifest: { ...body, hash, origin }, signed: isSignedBy(document, body.publisher) };
}

const isUnique = (items: readonly unknown[]): boolean => new Set(items).size === items.length;

function isOrderly({ electionId, contests, channels, witnesses }: ManifestBody, expectedId: string): boolean {
  return (
    electionId === expectedId &&
    isUnique(contests.map(({ id }) => id)) &&
    isUnique(channels) &&
    isUnique(witnesses.keys.map(({ name }) => name)) &&
    isUnique(witnesses.keys.map(({ key }) => key.toString('hex')))
  );
}
