// Whether a public log has the ballot with this short code. Only the names of files are sent: which list has the code is twelve
// bits of it at most. The code says nothing of the key that signed the receipt, so a saved receipt shows more.
import { sha256 } from '@noble/hashes/sha2.js';
import { codeOfLeaf } from '../../../domain/record/receipt-code.ts';
import type { ReadCode } from '../../../domain/record/receipt-code.ts';
import { logOriginOf, manifestHashBytes } from '../../../domain/record/manifest.ts';
import type { Title } from '../../../domain/election.ts';
import type { ElectionArchive, ElectionList } from '../../../protocol/public-api.ts';
import type { ManifestDocument } from '../../../protocol/record/manifest.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { call } from '../../shared/calls.ts';
import { findLeaf } from './find-receipt.ts';
import type { LogAccess, LogCheck, LogVerdict } from './find-receipt.ts';

type ReadableCode = Extract<ReadCode, { kind: 'code' }>;

/** Bounds of one search where no election is named. The reader can search on. */
const searchBounds = {
  /** Most elections, and how many of them at once. */
  electionsMax: 30,
  atOnceMax: 5,
  /** Most lists of elections that are read. */
  listsMax: 10,
};

export type FoundCode = LogCheck & { readonly electionId: string };
type SearchedElection = {
  readonly electionId: string;
  /** Null where the reader named the election. */
  readonly title: Title | null;
  readonly kind: LogVerdict['kind'] | 'no-log';
};
export type CodeSearch = {
  /** What was found, or what is most likely to change; null where no election has a log. */
  readonly outcome: FoundCode | null;
  /** All elections that were searched until now, the newest first. */
  readonly searched: readonly SearchedElection[];
  /** Whether older elections are left. */
  readonly hasMore: boolean;
};

type Search = { readonly code: ReadableCode; readonly accessOf: (origin: string) => LogAccess };
type Place = Pick<SearchedElection, 'electionId' | 'title'>;

/** The election that a link names, for its own code or where it has none. Another code may be of any election. */
export function electionOfCode(link: URLSearchParams, code: string): string | null {
  const own = link.get('c')?.trim() ?? '';
  return own === '' || own === code ? link.get('election') : null;
}

/** The search in the log of one election. */
export async function findInElection(search: Search, electionId: string): Promise<CodeSearch> {
  const check = await checkElection(search, electionId);
  const kind = check?.verdict.kind ?? 'no-log';
  return { outcome: check, searched: [{ electionId, title: null, kind }], hasMore: false };
}

/** The search in all elections of this site. Each call reads the logs of the next ones, from the newest to the oldest. */
export function searchElections(search: Search): () => Promise<CodeSearch> {
  const queue = electionQueue();
  const checks: FoundCode[] = [];
  const searched: SearchedElection[] = [];
  return async () => {
    const places = await queue.take();
    let match: FoundCode | undefined;
    for (let at = 0; at < places.length && !match; at += searchBounds.atOnceMax) {
      const group = places.slice(at, at + searchBounds.atOnceMax);
      const outcomes = await Promise.all(group.map(({ electionId }) => checkElection(search, electionId)));
      checks.push(...outcomes.filter((outcome) => outcome !== null));
      const kinds = outcomes.map((outcome) => outcome?.verdict.kind ?? ('no-log' as const));
      searched.push(...group.map((place, index) => ({ ...place, kind: kinds[index] ?? 'no-log' })));
      match = checks.find(({ verdict }) => verdict.kind === 'found');
    }
    const outcome = match ?? (places.length === 0 && queue.hasMore() ? unreachable('') : likeliest(checks));
    return { outcome, searched: [...searched], hasMore: !match && queue.hasMore() };
  };
}

/** What may still change comes before what is certain. */
function likeliest(checks: readonly FoundCode[]): FoundCode | null {
  const kinds = ['later', 'repeated', 'unreachable', 'broken', 'missing'] as const;
  return kinds.flatMap((kind) => checks.filter(({ verdict }) => verdict.kind === kind))[0] ?? null;
}

/** The elections of this site, the newest first: those of the list, then those of the archive. */
function electionQueue() {
  const ids = new Set<string>();
  let waiting: Place[] = [];
  let path: string | null = '/v1/elections';

  async function readList(from: string): Promise<boolean> {
    const outcome = await call<ElectionList & Partial<Pick<ElectionArchive, 'next'>>>('GET', from);
    if (outcome.kind !== 'answer') return false;
    const { elections, next } = outcome.value;
    // No one has voted in one that is not open yet.
    const others = elections.filter(({ id, phase }) => phase !== 'scheduled' && !ids.has(id));
    for (const { id } of others) ids.add(id);
    const newest = [...others].sort((a, b) => b.opensAt.localeCompare(a.opensAt));
    waiting.push(...newest.map(({ id, title }) => ({ electionId: id, title })));
    path = next === undefined ? '/v1/archive' : next === null ? null : `/v1/archive?before=${encodeURIComponent(next)}`;
    return true;
  }
  return {
    hasMore: () => waiting.length > 0 || path !== null,
    async take(): Promise<readonly Place[]> {
      for (let lists = 0; lists < searchBounds.listsMax; lists += 1) {
        if (waiting.length > searchBounds.electionsMax || path === null || !(await readList(path))) break;
      }
      const next = waiting.slice(0, searchBounds.electionsMax);
      waiting = waiting.slice(searchBounds.electionsMax);
      return next;
    },
  };
}

const unreachable = (electionId: string): FoundCode => ({
  electionId,
  verdict: { kind: 'unreachable' },
  code: '',
  checkpoint: null,
  seenAtMs: null,
});

const withoutLog: readonly string[] = ['results-not-published', 'election-not-found'];

/** Null where the election has no log, or is not there. */
async function checkElection({ code, accessOf }: Search, electionId: string): Promise<FoundCode | null> {
  const outcome = await call<ManifestDocument>('GET', `/v1/elections/${encodeURIComponent(electionId)}/manifest`);
  if (outcome.kind === 'answer') return findInLog(code, electionId, outcome.value, accessOf);
  const hasNone = outcome.kind === 'rejection' && withoutLog.includes(outcome.rejection.code);
  return hasNone ? null : unreachable(electionId);
}

async function findInLog(
  { code, start }: ReadableCode,
  electionId: string,
  { manifest }: ManifestDocument,
  accessOf: (origin: string) => LogAccess,
): Promise<FoundCode> {
  const hash = sha256(manifestHashBytes(canonicalJson(manifest)));
  const origin = logOriginOf(manifest.log.host, electionId, hash);
  const target = { start, is: (leaf: Uint8Array) => codeOfLeaf(leaf) === code };
  return {
    electionId,
    ...(await findLeaf(
      origin,
      accessOf(origin),
      () => Promise.resolve(manifest),
      () => target,
    )),
  };
}
