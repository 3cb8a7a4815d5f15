// The public documents, in memory. Each is verified with a publisher's public key once per change, the highest revision
// is kept, and answers are prepared for every phase. Nothing unsigned is ever served, an older revision never replaces
// a newer one, and no document of a current election is dropped because Redis lost it. Of the archive, only those that
// were asked for last are in memory.
import { closingGraceSeconds, phaseAt, resultExpectedAt } from '../../../domain/election.ts';
import { systemClock } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import { contentHash } from '../../../platform/content-hash.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { publicationsMax } from '../../../protocol/current-elections.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { ElectionList } from '../../../protocol/public-api.ts';
import type { ResultsBody, TurnoutBody } from '../../../protocol/public-results.ts';
import { prepareJson } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';
import { bytesOfPublication, mergedPublication, readPublication } from './read-publication.ts';
import type { SignedDocument, SignedManifest, SignedPart, VerifiedPublication } from './read-publication.ts';

/** Longest time for which a cache may use a document without revalidation, in seconds. */
export const freshSecondsMax = 10;

/** Bounds of the documents in memory. */
const documentsBounds = {
  /** Most elections outside the archive. Beyond it one that has ended goes to the archive. */
  servedMax: publicationsMax,
  /** Most elections of the archive in memory, and most bytes of their answers. The ones asked for first are dropped. */
  archivedMax: 200,
  archivedBytesMax: 32 * 1_048_576,
};
type Options = Partial<typeof documentsBounds> & { readonly clock?: Clock };

type Entry = VerifiedPublication & {
  /** The hash of the text that was taken last. */
  readonly version: string;
};

export type ServedAnswer = { readonly answer: PreparedAnswer; readonly freshSeconds: number };
/** `body` is the signed part, as parsed by this version. */
export type ServedExtra<Body> = ServedAnswer & Pick<SignedPart<Body>, 'body' | 'kid'>;
export type ServedElection = ServedAnswer & {
  readonly election: PublicElection;
  /** Null without a public log. */
  readonly manifest: (ServedAnswer & Pick<SignedManifest, 'log' | 'publisherKid'>) | null;
  /** Null before the log is complete. */
  readonly closing: ServedAnswer | null;
  readonly turnout: ServedExtra<TurnoutBody> | null;
  readonly results: ServedExtra<ResultsBody> | null;
  /** Null before the data of the election is destroyed. */
  readonly destruction: ServedAnswer | null;
  /** Null without a logo, or where none came with the documents. */
  readonly logo: ServedAnswer | null;
  /** It is not among the publications in Redis, so this process does not see changes by itself. */
  readonly archived: boolean;
};
/** `refused` is returned once for each text, `refused-before` after that. `full`: too many elections are current. */
export type PublicationOutcome = 'taken' | 'unchanged' | 'refused' | 'refused-before' | 'full';
export type PublicationOrigin = 'published' | 'archive';

export type Documents = {
  /** Accepts a publication's JSON if it is signed and not older than the stored one. */
  take(electionId: string, text: string, origin?: PublicationOrigin): PublicationOutcome;
  /** Whether the text with this hash was taken last and is not in the archive. */
  has(electionId: string, version: string): boolean;
  /** After a complete read of Redis: ended elections that are not among these go to the archive. */
  archiveOthers(electionIds: ReadonlySet<string>): void;
  /** Whether any source has listed the publications. Before that, a missing election may exist. */
  readonly complete: boolean;
  setComplete(): void;
  /** The document for this time (milliseconds since the epoch), or null if it is not in memory. */
  election(electionId: string, nowMs: number): ServedElection | null;
  /** The elections outside the archive, in their phase at this time. */
  current(nowMs: number): readonly PublicElection[];
  /**
   * Every election from its announcement until it is in the archive, in each phase. Throws `busy` until the publications
   * are loaded.
   */
  list(nowMs: number): ServedAnswer;
};

export function createDocuments(keys: VerificationKeys, { clock = systemClock, ...options }: Options = {}): Documents {
  const bounds = { ...documentsBounds, ...options };
  const served = new Map<string, Entry>();
  const archive = createArchiveMemory(bounds);
  const rejected = createRejectedTexts(bounds.servedMax);
  let list: (ServedAnswer & { readonly madeAtMs: number; readonly untilMs: number }) | undefined;
  let complete = false;

  const toArchive = (electionId: string, entry: Entry): void => {
    served.delete(electionId);
    archive.set(electionId, entry);
    list = undefined;
  };
  // Makes room for another election by archiving the one that ended first. False if all are current.
  const hasRoom = (): boolean => {
    if (served.size < bounds.servedMax) return true;
    const ended = [...served].filter(([, entry]) => isOver(entry, clock()));
    const [first] = ended.sort(([, a], [, b]) => closesAtOf(a) - closesAtOf(b));
    if (first) toArchive(...first);
    return first !== undefined;
  };

  return {
    get complete() {
      return complete;
    },
    setComplete() {
      complete = true;
    },
    has: (electionId, version) => served.get(electionId)?.version === version,
    take(electionId, text, origin = 'published') {
      const version = contentHash(text);
      const old = served.get(electionId) ?? archive.get(electionId);
      if (old?.version === version && (origin === 'archive' || served.has(electionId))) return 'unchanged';
      if (rejected.has(electionId, version)) return 'refused-before';
      const isNew = !served.has(electionId);
      if (origin === 'published' && isNew && !hasRoom()) return 'full';
      const read = readPublication(keys, electionId, text);
      if (read === null) {
        rejected.add(electionId, version);
        return 'refused';
      }
      const entry = { ...mergedPublication(old, read), version };
      if (origin === 'archive' && isNew && (isOver(entry, clock()) || !hasRoom())) {
        archive.set(electionId, entry);
        return 'taken';
      }
      archive.delete(electionId);
      served.set(electionId, entry);
      list = undefined;
      return 'taken';
    },
    archiveOthers(electionIds) {
      for (const [id, entry] of served) if (!electionIds.has(id) && isOver(entry, clock())) toArchive(id, entry);
    },
    election(electionId, nowMs) {
      const current = served.get(electionId);
      const entry = current ?? archive.get(electionId);
      return entry ? servedElection(entry, nowMs, current === undefined) : null;
    },
    current: (nowMs) => currentAt(served, nowMs),
    list(nowMs) {
      if (!complete && served.size === 0) throw new Problem('busy', retrySoon());
      if (list === undefined || nowMs < list.madeAtMs || nowMs >= list.untilMs) {
        const elections = currentAt(served, nowMs);
        const untilMs = nextChangeMs(elections, nowMs);
        list = { answer: prepareJson(listOf(elections)), freshSeconds: 0, madeAtMs: nowMs, untilMs };
      }
      return { answer: list.answer, freshSeconds: freshSeconds(list.untilMs, nowMs) };
    },
  };
}

const currentAt = (served: ReadonlyMap<string, Entry>, nowMs: number): readonly PublicElection[] =>
  [...served.values()].flatMap((entry) => documentAt(entry, nowMs)?.election ?? []);

// Rejected texts are remembered per election, so that each is verified only once.
function createRejectedTexts(electionsMax: number) {
  const versions = new Map<string, string>();
  return {
    has: (electionId: string, version: string): boolean => versions.get(electionId) === version,
    add(electionId: string, version: string): void {
      if (versions.size >= electionsMax) versions.clear();
      versions.set(electionId, version);
    },
  };
}

type ArchiveMemory = Pick<Map<string, Entry>, 'get' | 'delete'> & { set(electionId: string, entry: Entry): void };

// The elections of the archive that were asked for last. Insertion order is access order.
function createArchiveMemory(bounds: {
  readonly archivedMax: number;
  readonly archivedBytesMax: number;
}): ArchiveMemory {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const remove = (electionId: string): boolean => {
    const entry = entries.get(electionId);
    if (entry) bytes -= bytesOfPublication(entry);
    return entries.delete(electionId);
  };
  return {
    get(electionId) {
      const entry = entries.get(electionId);
      if (entry) {
        entries.delete(electionId);
        entries.set(electionId, entry);
      }
      return entry;
    },
    set(electionId, entry) {
      remove(electionId);
      entries.set(electionId, entry);
      bytes += bytesOfPublication(entry);
      for (const oldest of entries.keys()) {
        const fits = entries.size <= bounds.archivedMax && bytes <= bounds.archivedBytesMax;
        if (fits || oldest === electionId) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}

function servedElection(entry: Entry, nowMs: number, archived: boolean): ServedElection | null {
  const signed = documentAt(entry, nowMs);
  if (!signed) return null;
  const { election, answer } = signed;
  return {
    election,
    answer,
    freshSeconds: freshSeconds(nextChangeMs([election], nowMs), nowMs),
    manifest: entry.manifest ? { ...entry.manifest, freshSeconds: freshSecondsMax } : null,
    closing: entry.closing ? { answer: entry.closing, freshSeconds: freshSecondsMax } : null,
    turnout: extraOf(entry.turnout),
    results: extraOf(entry.results),
    destruction: entry.destruction ? { answer: entry.destruction, freshSeconds: freshSecondsMax } : null,
    logo: entry.logo ? { answer: entry.logo, freshSeconds: freshSecondsMax } : null,
    archived,
  };
}

const extraOf = <Body>(part: SignedPart<Body> | undefined): ServedExtra<Body> | null =>
  part ? { ...part, freshSeconds: freshSecondsMax } : null;

// The document of the phase `published` is shown at any time. Otherwise the election's times decide the phase.
function documentAt({ byPhase }: Entry, nowMs: number): SignedDocument | undefined {
  const published = byPhase.get('published');
  const [any] = byPhase.values();
  if (published || !any) return published;
  return byPhase.get(phaseAt(nowMs, any.election)) ?? [...byPhase.values()].at(-1);
}

function closesAtOf({ byPhase }: Entry): number {
  const [any] = byPhase.values();
  return any ? Date.parse(any.election.closesAt) : 0;
}

/** Whether no more votes can arrive. */
const isOver = (entry: Entry, nowMs: number): boolean =>
  entry.byPhase.has('published') || nowMs >= closesAtOf(entry) + closingGraceSeconds * 1_000;

function nextChangeMs(elections: readonly PublicElection[], nowMs: number): number {
  let next = Infinity;
  for (const { opensAt, closesAt } of elections) {
    for (const time of [Date.parse(opensAt), Date.parse(closesAt)]) if (time > nowMs) next = Math.min(next, time);
  }
  return next;
}

function freshSeconds(untilMs: number, nowMs: number): number {
  return Math.min(freshSecondsMax, Math.max(0, Math.floor((untilMs - nowMs) / 1_000)));
}

function listOf(elections: readonly PublicElection[]): ElectionList {
  const sorted = [...elections].sort((a, b) => a.opensAt.localeCompare(b.opensAt) || a.id.localeCompare(b.id));
  return { elections: sorted.map(listedElection) };
}

/** An election as lists show it. */
export const listedElection = (election: PublicElection): ElectionList['elections'][number] => {
  const { id, title, phase, opensAt, closesAt, timeZone, rehearsal } = election;
  const expectedAt = resultExpectedAt(election);
  const listed = { id, title, phase, opensAt, closesAt, timeZone, rehearsal };
  return expectedAt === null ? listed : { ...listed, resultExpectedAt: expectedAt };
};
