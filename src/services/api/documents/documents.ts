// The public documents, in memory: each verified with a publisher's public key once for each change, the highest
// revision kept, answers prepared for every phase. Nothing unsigned is ever served, an older revision never replaces a
// newer one, and nothing is forgotten because Redis forgot it.
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

/** Longest time for which a cache may use a document without asking again, in seconds. */
const freshSecondsMax = 10;

type Signed = { readonly election: PublicElection; readonly answer: PreparedAnswer };
type Extra<Body> = { readonly body: Body; readonly answer: PreparedAnswer };
type Held = {
  text: string;
  revision: number;
  byPhase: Map<ElectionPhase, Signed>;
  turnout: Extra<TurnoutBody> | undefined;
  results: Extra<ResultsBody> | undefined;
};

export type ServedAnswer = { readonly answer: PreparedAnswer; readonly freshSeconds: number };
export type ServedElection = ServedAnswer & { readonly election: PublicElection };
/** `body` is the signed part as this version reads it. */
export type ServedExtra<Body> = ServedAnswer & { readonly body: Body };
/** `refused` is told once for each text, `refused-before` after that. */
export type PublicationOutcome = 'taken' | 'unchanged' | 'refused' | 'refused-before';

export type Documents = {
  /** Takes a publication's JSON if it is signed and not older than what is held. */
  take(electionId: string, text: string): PublicationOutcome;
  /** Whether anybody has said what is published: before that, what is not held may exist all the same. */
  readonly complete: boolean;
  setComplete(): void;
  /** The document that this moment calls for (milliseconds since the epoch), or null. */
  election(electionId: string, nowMs: number): ServedElection | null;
  /** The same; throws `election-not-found`, or `busy` while it is not known what is published. */
  required(electionId: string, nowMs: number): ServedElection;
  /** Upcoming and open elections, and those whose results are published; throws `busy` like `required`. */
  list(nowMs: number): ServedAnswer;
  turnout(electionId: string): ServedExtra<TurnoutBody> | null;
  results(electionId: string): ServedExtra<ResultsBody> | null;
};

export function createDocuments(keys: VerificationKeys): Documents {
  const held = new Map<string, Held>();
  // Refused texts are remembered per election, so that a bad one costs its verification once.
  const refused = new Map<string, string>();
  let list: (ServedAnswer & { readonly untilMs: number }) | undefined;
  let complete = false;

  const election = (electionId: string, nowMs: number): ServedElection | null => {
    const entry = held.get(electionId);
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
      if (held.get(electionId)?.text === text) return 'unchanged';
      if (refused.get(electionId) === text) return 'refused-before';
      const read = held.size < publicationsMax || held.has(electionId) ? readPublication(keys, electionId, text) : null;
      if (read === null) {
        if (refused.size >= publicationsMax) refused.clear();
        refused.set(electionId, text);
        return 'refused';
      }
      held.set(electionId, merged(held.get(electionId), read));
      list = undefined;
      return 'taken';
    },
    election,
    required(electionId, nowMs) {
      const found = election(electionId, nowMs);
      if (!found) throw complete ? new Problem('election-not-found') : new Problem('busy', retrySoon());
      return found;
    },
    list(nowMs) {
      if (!complete && held.size === 0) throw new Problem('busy', retrySoon());
      if (list === undefined || nowMs >= list.untilMs) {
        const elections = [...held.values()].flatMap((entry) => documentAt(entry, nowMs)?.election ?? []);
        list = { answer: prepareJson(listOf(elections)), freshSeconds: 0, untilMs: nextChangeMs(elections, nowMs) };
      }
      return { answer: list.answer, freshSeconds: freshSeconds(list.untilMs, nowMs) };
    },
    turnout: (electionId) => served(held.get(electionId)?.turnout),
    results: (electionId) => served(held.get(electionId)?.results),
  };
}

const served = <Body>(extra: Extra<Body> | undefined): ServedExtra<Body> | null =>
  extra ? { ...extra, freshSeconds: freshSecondsMax } : null;

// What was published by an act stands whatever the time; otherwise the election's own times choose.
function documentAt({ byPhase }: Held, nowMs: number): Signed | undefined {
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
  const shown = elections.filter(({ phase }) => phase !== 'closed');
  shown.sort((a, b) => a.opensAt.localeCompare(b.opensAt) || a.id.localeCompare(b.id));
  return {
    elections: shown.map(({ id, title, phase, opensAt, closesAt, rehearsal }) => ({
      id,
      title,
      phase,
      opensAt,
      closesAt,
      rehearsal,
    })),
  };
}

// Reads a publication: of the right form, all of one election and revision, every part signed. What is verified and
// served is the text's own value and not the parsed one, which lacks members that a later version may have added.
function readPublication(keys: VerificationKeys, electionId: string, text: string): Held | null {
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

// Each part moves forward by its own revision. At the same revision what is held stays and only what is missing is
// added: whoever can write to Redis cannot take a signed document away by leaving it out.
function merged(old: Held | undefined, read: Held): Held {
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
