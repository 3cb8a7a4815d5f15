// Whether a public log has the ballot with this short code. Only the names of files are sent: which list has the code is twelve
// bits of it at most. The code says nothing of the key that signed the receipt, so a saved receipt shows more.
import { sha256 } from '@noble/hashes/sha2.js';
import { codeOfLeaf } from '../../../domain/record/receipt-code.ts';
import type { ReadCode } from '../../../domain/record/receipt-code.ts';
import { logOriginOf, manifestHashBytes } from '../../../domain/record/manifest.ts';
import type { ElectionList } from '../../../protocol/public-api.ts';
import type { ManifestDocument } from '../../../protocol/record/manifest.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { call } from '../../shared/calls.ts';
import type { Outcome } from '../../shared/calls.ts';
import { findLeaf } from './find-receipt.ts';
import type { LogAccess, LogCheck } from './find-receipt.ts';

type ReadableCode = Extract<ReadCode, { kind: 'code' }>;

/** Most elections that are searched where none is named. */
const electionsMax = 30;

export type FoundCode = LogCheck & { readonly electionId: string };

/** Looks in the log of this election, or in those of all current elections; null where none has a log. */
export async function findCode(
  code: ReadableCode,
  electionId: string | null,
  accessOf: (origin: string) => LogAccess,
): Promise<FoundCode | null> {
  const ids = electionId === null ? await currentElections() : [electionId];
  if (ids === null) return unreachable('');
  const checks: FoundCode[] = [];
  for (const id of ids.slice(0, electionsMax)) {
    const outcome = await call<ManifestDocument>('GET', `/v1/elections/${encodeURIComponent(id)}/manifest`);
    const check = outcome.kind === 'answer' ? await findInLog(code, id, outcome.value, accessOf) : noLog(id, outcome);
    if (check?.verdict.kind === 'found') return check;
    if (check) checks.push(check);
  }
  // What may still change comes before what is certain.
  const kinds = ['later', 'repeated', 'unreachable', 'broken', 'missing'] as const;
  return kinds.flatMap((kind) => checks.filter(({ verdict }) => verdict.kind === kind))[0] ?? null;
}

const unreachable = (electionId: string): FoundCode => ({
  electionId,
  verdict: { kind: 'unreachable' },
  code: '',
  checkpoint: null,
});

const withoutLog: readonly string[] = ['results-not-published', 'election-not-found'];

/** Null where the election has no log, or is not there. */
const noLog = (electionId: string, outcome: Outcome<unknown>): FoundCode | null =>
  outcome.kind === 'rejection' && withoutLog.includes(outcome.rejection.code) ? null : unreachable(electionId);

async function currentElections(): Promise<string[] | null> {
  const outcome = await call<ElectionList>('GET', '/v1/elections');
  return outcome.kind === 'answer' ? outcome.value.elections.map(({ id }) => id) : null;
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
