// The public documents, in memory. Each is verified with a publisher's public key once per change, the highest revision
// is kept, and answers are prepared for every phase. Nothing unsigned is ever served, an older revision never replaces
// a newer one, and no document is dropped because Redis lost it.
import { parseJson } from '../../../platform/json.ts';
import type { ElectionPhase } from '../../../domain/election.ts';
import { phaseAt } from '../../../domain/election.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { Problem } from '../../../protocol/problem.ts';
import { publication, publicationCharactersMax, publicationsMax } from '../../../protocol/public-document.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { ElectionList } from '../../../protocol/public-api.ts';
import type { ResultsBody, TurnoutBody } from '../../../protocol/public-results.ts';
import { prepareJson } from '../../../platform/http/prepared-answer.ts';
import type { PreparedAnswer } from '../../../platform/http/prepared-answer.ts';

/** Longest time for which a cache may use a document without revalidation, in seconds. */
const freshSecondsMax = 10;

type Signed = { readonly election: PublicElection; readonly answer: PreparedAnswer };
type Extra<Body> = { readonly body: Body; readonly answer: PreparedAnswer };
type Entry = {
  text: string;
  revision: number;
  byPhase: Map<ElectionPhase, Signed>;
  turnout: Extra<TurnoutBody> | undefined;
  results: Extra<ResultsBody> | undefined;
};

export type ServedAnswer = { readonly answer: PreparedAnswer; readonly freshSeconds: number };
export type ServedElection = ServedAnswer & { readonly election: PublicElection };
/** `body` is the signed part, as parsed by this version. */
export type ServedExtra<Body> = ServedAnswer & { readonly body: Body };
/** `refused` is returned once for each text, `refused-before` after that. */
export type PublicationOutcome = 'taken' | 'unchanged' | 'refused' | 'refused-before';

export type Documents = {
  /** Accepts a publication's JSON if it is signed and not older than the stored one. */
  take(electionId: string, text: string): PublicationOutcome;
  /** Whether any source has listed the publications. Before that, a missing election may exist. */
  readonly complete: boolean;
  setComplete(): void;
  /** The document for this time (milliseconds since the epoch), or null. */
  election(electionId: string, nowMs: number): ServedElection | null;
  /** The same, but throws `election-not-found`, or `busy` until the publications are loaded. */
  required(electionId: string, nowMs: number): ServedElection;
  /** Upcoming and open elections, and those with published results. Throws `busy` like `required`. */
  list(nowMs: number): ServedAnswer;
  turnout(electionId: string): ServedExtra<TurnoutBody> | null;
  results(electionId: string): ServedExtra<ResultsBody> | null;
};

export function createDocuments(keys: VerificationKeys): Documents {
  const entries = new Map<string, Entry>();
  // Rejected texts are remembered per election, so that each is verified only once.
  const rejectedTexts = new Map<string, string>();
  let list: (ServedAnswer & { readonly untilMs: number }) | undefined;
  let complete = false;

  const election = (electionId: string, nowMs: number): ServedElection | null => {
    const entry = entries.get(electionId);
    const signed = entry && documentAt(entry, nowMs);
    if (!signed) return null;
    return { ...signed, freshSeconds: freshSeconds(nextChangeMs([signed.election], nowMs), nowMs) };
  };

  return {
    get complete() {
      return complete;
    },
    setComplete() {
      complete = true;
    },
    take(electionId, text) {
      if (entries.get(electionId)?.text === text) return 'unchanged';
      if (rejectedTexts.get(electionId) === text) return 'refused-before';
      const read =
        entries.size < publicationsMax || entries.has(electionId) ? readPublication(keys, electionId, text) : null;
      if (read === null) {
        if (rejectedTexts.size >= publicationsMax) rejectedTexts.clear();
        rejectedTexts.set(electionId, text);
        return 'refused';
      }
      entries.set(electionId, merged(entries.get(electionId), read));
      list = undefined;
      return 'taken';
    },
    election,
    required(electionId, nowMs) {
      const document = election(electionId, nowMs);
      if (!document) throw complete ? new Problem('election-not-found') : new Problem('busy', retrySoon());
      return document;
    },
    list(nowMs) {
      if (!complete && entries.size === 0) throw new Problem('busy', retrySoon());
      if (list === undefined || nowMs >= list.untilMs) {
        const elections = [...entries.values()].flatMap((entry) => documentAt(entry, nowMs)?.election ?? []);
        list = { answer: prepareJson(listOf(elections)), freshSeconds: 0, untilMs: nextChangeMs(elections, nowMs) };
      }
      return { answer: list.answer, freshSeconds: freshSeconds(list.untilMs, nowMs) };
    },
    turnout: (electionId) => served(entries.get(electionId)?.turnout),
    results: (electionId) => served(entries.get(electionId)?.results),
  };
}

const served = <Body>(extra: Extra<Body> | undefined): ServedExtra<Body> | null =>
  extra ? { ...extra, freshSeconds: freshSecondsMax } : null;

// The document of the phase `published` is shown at any time. Otherwise the election's times decide the phase.
function documentAt({ byPhase }: Entry, nowMs: number): Signed | undefined {
  const published = byPhase.get('published');
  const [any] = byPhase.values();
  if (published || !any) return published;
  return byPhase.get(phaseAt(nowMs, any.election)) ?? [...byPhase.values()].at(-1);
}

function nextChangeMs(elections: readonly PublicElection[], nowMs: number): number {
  const times = elections.flatMap(({ opensAt, closesAt }) => [Date.parse(opensAt), Date.parse(closesAt)]);
  return Math.min(Infinity, ...times.filter((time) => time > nowMs));
}

function freshSeconds(untilMs: number, nowMs: number): number {
  return Math.min(freshSecondsMax, Math.max(0, Math.floor((untilMs - nowMs) / 1_000)));
}

function listOf(elections: readonly PublicElection[]): ElectionList {
  const visible = elections.filter(({ phase }) => phase !== 'closed');
  visible.sort((a, b) => a.opensAt.localeCompare(b.opensAt) || a.id.localeCompare(b.id));
  return {
    elections: visible.map(({ id, title, phase, opensAt, closesAt, rehearsal }) => ({
      id,
      title,
      phase,
      opensAt,
      closesAt,
      rehearsal,
    })),
  };
}

// Reads a publication: valid in form, all of one election and revision, every part signed. The original value is
// verified and served, not the parsed one, which lacks fields of later versions.
function readPublication(keys: VerificationKeys, electionId: string, text: string): Entry | null {
  const raw = text.length <= publicationCharactersMax ? parseJson(text) : null;
  const parsed = publication.safeParse(raw);
  if (!parsed.success) return null;
  const original = raw as { documents: object[]; turnout?: object; results?: object };
  const { documents, turnout, results } = parsed.data;
  const byPhase = new Map<ElectionPhase, Signed>();
  const revision = documents[0]?.election.revision ?? 0;
  for (const [index, { election, signature }] of documents.entries()) {
    const value = original.documents[index];
    if (election.id !== electionId || election.revision !== revision || byPhase.has(election.phase)) return null;
    if (!valueIsSigned(keys, (value as { election: unknown }).election, signature)) return null;
    byPhase.set(election.phase, { election, answer: prepareJson(value) });
  }
  const extra = (body: { electionId: string; revision: number } | undefined, signed: boolean): boolean =>
    body === undefined || (body.electionId === electionId && signed);
  const turnoutValue = (original.turnout as { turnout?: unknown } | undefined)?.turnout;
  const resultsValue = (original.results as { results?: unknown } | undefined)?.results;
  if (!extra(turnout?.turnout, !!turnout && valueIsSigned(keys, turnoutValue, turnout.signature))) return null;
  if (!extra(results?.results, !!results && valueIsSigned(keys, resultsValue, results.signature))) return null;
  return {
    text,
    revision,
    byPhase,
    turnout: turnout && { body: turnout.turnout, answer: prepareJson(original.turnout) },
    results: results && { body: results.results, answer: prepareJson(original.results) },
  };
}

// Each part has its own revision, which only grows. At the same revision existing parts stay and missing ones are
// added, so a writer of Redis cannot remove a signed document by leaving it out.
function merged(old: Entry | undefined, read: Entry): Entry {
  if (!old) return read;
  const extras = { turnout: newer(old.turnout, read.turnout), results: newer(old.results, read.results) };
  if (read.revision > old.revision) return { ...read, ...extras };
  if (read.revision < old.revision) return { ...old, ...extras, text: read.text };
  return { ...old, ...extras, text: read.text, byPhase: new Map([...read.byPhase, ...old.byPhase]) };
}

function newer<Body extends { readonly revision: number }>(
  a: Extra<Body> | undefined,
  b: Extra<Body> | undefined,
): Extra<Body> | undefined {
  return b && (!a || b.body.revision > a.body.revision) ? b : a;
}
