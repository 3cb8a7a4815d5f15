// Reads a publication: valid in form, all of one election and revision, every part signed. The original value is
// verified and served, not the parsed one, which lacks fields of later versions.
import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../../platform/json.ts';
import type { ElectionPhase } from '../../../domain/election.ts';
import { electionLogOf } from '../../../domain/record/election-log.ts';
import { contentHash, sha256 } from '../../../platform/content-hash.ts';
import { canonicalText, valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { publicationCharactersMax } from '../../../protocol/public-document.ts';
import type { DestructionDocument } from '../../../protocol/record/destruction.ts';
import { publication } from '../../../protocol/record/publication.ts';
import type { Publication } from '../../../protocol/record/publication.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { ResultsBody, TurnoutBody } from '../../../protocol/public-results.ts';
import { prepareBytes, prepareJson } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';
import type { PublicLog } from '../../../pages/public/log-part.ts';

export type SignedDocument = { readonly election: PublicElection; readonly answer: PreparedAnswer };
/** `body` is the signed part, as parsed by this version. */
export type SignedPart<Body> = {
  readonly body: Body;
  /** The key of the signature. */
  readonly kid: string;
  readonly answer: PreparedAnswer;
};
export type SignedManifest = {
  readonly log: PublicLog;
  /** The key of the publisher that the manifest names. */
  readonly publisherKid: string;
  readonly answer: PreparedAnswer;
};
/** The verified publication of one election. */
export type VerifiedPublication = {
  readonly revision: number;
  readonly byPhase: ReadonlyMap<ElectionPhase, SignedDocument>;
  /** Of the public log, where the election has one. */
  readonly manifest: SignedManifest | undefined;
  readonly closing: PreparedAnswer | undefined;
  readonly turnout: SignedPart<TurnoutBody> | undefined;
  readonly results: SignedPart<ResultsBody> | undefined;
  /** The certificate that the data of the election is destroyed. */
  readonly destruction: PreparedAnswer | undefined;
  /** The logo that the documents name, where it came with them. */
  readonly logo: PreparedAnswer | undefined;
};

/** The publication in a text, or null if it is not valid, not signed or not of this election. */
export function readPublication(keys: VerificationKeys, electionId: string, text: string): VerifiedPublication | null {
  const raw = text.length <= publicationCharactersMax ? parseJson(text) : null;
  const parsed = publication.safeParse(raw);
  if (!parsed.success) return null;
  const original = raw as Original;
  const { documents, turnout, results, destruction } = parsed.data;
  const log = readLogParts(keys, electionId, parsed.data, original);
  if (!log) return null;
  const byPhase = new Map<ElectionPhase, SignedDocument>();
  const withLog = (value: object | undefined): object =>
    parsed.data.manifest ? { ...value, log: true } : { ...value };
  const revision = documents[0]?.election.revision ?? 0;
  for (const [index, { election, signature }] of documents.entries()) {
    const value = original.documents[index];
    if (election.id !== electionId || election.revision !== revision || byPhase.has(election.phase)) return null;
    if (!valueIsSigned(keys, (value as { election: unknown }).election, signature)) return null;
    byPhase.set(election.phase, {
      election: sharing(election, documents[0]?.election),
      answer: prepareJson(withLog(value)),
    });
  }
  const extra = (body: { electionId: string; revision: number } | undefined, signed: boolean): boolean =>
    body === undefined || (body.electionId === electionId && signed);
  const turnoutValue = (original.turnout as { turnout?: unknown } | undefined)?.turnout;
  const resultsValue = (original.results as { results?: unknown } | undefined)?.results;
  if (!extra(turnout?.turnout, !!turnout && valueIsSigned(keys, turnoutValue, turnout.signature))) return null;
  if (!extra(results?.results, !!results && valueIsSigned(keys, resultsValue, results.signature))) return null;
  const record = results?.record;
  const recordHead = (original.results as { record?: { head?: unknown } } | undefined)?.record?.head;
  if (record && !valueIsSigned(keys, recordHead, record.signature)) return null;
  if (destruction && !isCertificate(keys, electionId, destruction, original.destruction)) return null;
  return {
    revision,
    byPhase,
    ...log,
    turnout: turnout && { body: turnout.turnout, kid: turnout.signature.kid, answer: prepareJson(original.turnout) },
    results: results && { body: results.results, kid: results.signature.kid, answer: prepareJson(original.results) },
    destruction: destruction && prepareJson(original.destruction),
    logo: readLogo(parsed.data),
  };
}

// It is signed by its digest in the document. Anything else beside the documents is no logo, and they are served without one.
function readLogo({ documents, logo }: Publication): PreparedAnswer | undefined {
  const expected = documents[0]?.election.logo;
  if (!expected || logo === undefined) return undefined;
  const bytes = Buffer.from(logo, 'base64');
  return contentHash(bytes) === expected.sha256 ? prepareBytes(bytes, 'image/png') : undefined;
}

type Original = {
  documents: object[];
  manifest?: { manifest: unknown };
  closing?: { closing: unknown };
  turnout?: object;
  results?: object;
  destruction?: { destruction: unknown; record?: { head?: unknown } };
};

const isCertificate = (
  keys: VerificationKeys,
  electionId: string,
  { destruction, signature, record }: DestructionDocument,
  original: Original['destruction'],
): boolean =>
  destruction.electionId === electionId &&
  valueIsSigned(keys, original?.destruction, signature) &&
  (record === undefined || valueIsSigned(keys, original?.record?.head, record.signature));

/** Manifest and closing document; null where one of them is not signed, or not of this election. */
function readLogParts(
  keys: VerificationKeys,
  electionId: string,
  { manifest, closing }: Publication,
  original: Original,
): Pick<VerifiedPublication, 'manifest' | 'closing'> | null {
  if (!manifest) return closing ? null : { manifest: undefined, closing: undefined };
  const published = original.manifest?.manifest;
  if (manifest.manifest.electionId !== electionId || !valueIsSigned(keys, published, manifest.signature)) return null;
  const log = electionLogOf(sha256, manifest.manifest, canonicalText(published));
  if (closing) {
    const isOfLog = closing.closing.origin === log.origin;
    if (!isOfLog || !valueIsSigned(keys, original.closing?.closing, closing.signature)) return null;
  }
  const { log: key, witnesses, minBatch, disclosure, channels } = manifest.manifest;
  const publicLog: PublicLog = {
    origin: log.origin,
    hash: Buffer.from(log.manifestHash).toString('base64url'),
    manifest: { log: key, witnesses, minBatch, disclosure, channels },
  };
  return {
    manifest: {
      log: publicLog,
      publisherKid: manifest.manifest.publisher.kid,
      answer: prepareJson(original.manifest),
    },
    closing: closing && prepareJson(original.closing),
  };
}

// The documents of the phases differ in little else than the phase. Equal contests are stored once.
function sharing(election: PublicElection, first: PublicElection | undefined): PublicElection {
  if (!first || first === election || !isDeepStrictEqual(first.contests, election.contests)) return election;
  return { ...election, contests: first.contests };
}

/**
 * Each part has its own revision, which only grows. At the same revision existing parts stay and missing ones are added,
 * so a writer of Redis cannot remove a signed document or a logo by leaving it out. A certificate of destruction stays at any revision:
 * an election has one.
 */
export function mergedPublication(
  old: VerifiedPublication | undefined,
  read: VerifiedPublication,
): VerifiedPublication {
  if (!old) return read;
  const extras = {
    turnout: newer(old.turnout, read.turnout),
    results: newer(old.results, read.results),
    destruction: old.destruction ?? read.destruction,
  };
  if (read.revision > old.revision) return { ...read, ...extras };
  if (read.revision < old.revision) return { ...old, ...extras };
  const log = old.manifest ? { manifest: old.manifest, closing: old.closing ?? read.closing } : {};
  const logo = old.logo ?? read.logo;
  return { ...read, ...log, ...extras, logo, byPhase: new Map([...read.byPhase, ...old.byPhase]) };
}

function newer<Body extends { readonly revision: number }>(
  a: SignedPart<Body> | undefined,
  b: SignedPart<Body> | undefined,
): SignedPart<Body> | undefined {
  return b && (!a || b.body.revision > a.body.revision) ? b : a;
}

/** Bytes of the prepared answers: what the publication mostly takes in memory. */
export function bytesOfPublication(publication: VerifiedPublication): number {
  const { byPhase, manifest, closing, turnout, results, destruction, logo } = publication;
  const parts = [...byPhase.values(), manifest, turnout, results].map((part) => part?.answer);
  return [...parts, closing, destruction, logo].reduce((sum, answer) => sum + (answer?.body.length ?? 0), 0);
}
