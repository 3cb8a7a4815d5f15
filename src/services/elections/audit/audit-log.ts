// Reads, exports and verifies the audit log. Verification computes the hashes from the texts here, because the database
// may have been changed.
import { createHash } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import { auditEntry } from '../../../protocol/control/audit-log-api.ts';
import type { AuditLogPage, AuditLogQuery, AuditVerification } from '../../../protocol/control/audit-log-api.ts';
import type { Pool } from '../../../store/database.ts';
import { auditChain, auditHead, listAudit } from '../../../store/elections/audit.ts';
import type { AuditHead, StoredAuditEntry } from '../../../store/elections/audit.ts';
import type { SignedRecordHead } from '../../../protocol/record-heads.ts';
import type { Audit, Caller } from './audit.ts';
import type { RecordHeads } from './record-heads.ts';

/** Entries in one read of the chain. */
const chainPageMax = 500;
/** The hash before the first entry. */
const beginning = Buffer.alloc(32);

export type AuditLog = {
  /** A page of entries, newest first. `next`: `before` of the next page. */
  list(query: AuditLogQuery): Promise<AuditLogPage>;
  /** Verifies the hash chain. `entry`: the number of an entry whose hash is returned for comparison. */
  verify(entry?: number): Promise<AuditVerification>;
  /** The log up to now as lines of JSON, oldest first. The export is audited. */
  lines(caller: Caller): Promise<AsyncIterable<string>>;
};

export function createAuditLog(parts: {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly heads: Pick<RecordHeads, 'all'>;
  readonly clock: Clock;
}): AuditLog {
  const { pool, audit, heads, clock } = parts;
  return {
    async list({ limit, ...filter }) {
      // One more row than the page shows whether there is a next page.
      const rows = await listAudit(pool, filter, limit + 1);
      const page = rows.slice(0, limit);
      return {
        entries: page.map(({ entry, hash }) => ({ entry: auditEntry.parse(JSON.parse(entry)), hash: hexOf(hash) })),
        next: rows.length > limit ? String(page.at(-1)?.number) : null,
      };
    },
    verify: async (entry) => ({
      ...(await verify(pool, await heads.all(), entry)),
      verifiedAt: new Date(clock()).toISOString(),
    }),
    async lines({ actor, request }) {
      const object = { kind: 'audit-log', id: 'audit-log' } as const;
      const until = await audit.record({ actor, request, act: 'audit-log.export', object }, async () => ({
        result: (await auditHead(pool)).number,
      }));
      return lines(pool, until);
    },
  };
}

type Broken = NonNullable<AuditVerification['broken']>;
type Walk = { entries: number; hash: Buffer; broken: Broken | null };

// The signed heads are read before the chain, so none is beyond its end.
async function verify(
  pool: Pool,
  heads: readonly SignedRecordHead[],
  noted: number | undefined,
): Promise<Omit<AuditVerification, 'verifiedAt'>> {
  const signed = new Map<number, SignedRecordHead[]>();
  for (const each of heads) signed.set(each.head.number, [...(signed.get(each.head.number) ?? []), each]);
  // Entries added after this read are not verified.
  const head = await auditHead(pool);
  const walk: Walk = { entries: 0, hash: beginning, broken: null };
  let notedHash: string | null = null;
  while (walk.broken === null && walk.entries < head.number) {
    const page = await auditChain(pool, walk.entries, Math.min(chainPageMax, head.number - walk.entries));
    if (page.length === 0) break;
    for (const entry of page) {
      walk.broken = faultOf(walk, entry) ?? contradiction(entry, signed.get(entry.number) ?? []);
      if (walk.broken) break;
      walk.entries = entry.number;
      walk.hash = entry.hash;
      if (entry.number === noted) notedHash = hexOf(entry.hash);
    }
  }
  const fault = walk.broken ?? (await faultAtEnd(pool, walk, head)) ?? cutOff(walk, heads);
  return {
    entries: fault ? fault.number - 1 : walk.entries,
    head: { number: head.number, hash: hexOf(head.hash) },
    signedHeads: signed.size,
    broken: fault,
    noted: noted === undefined ? null : { number: noted, hash: notedHash },
  };
}

function faultOf(walk: Walk, { number, entry, hash }: StoredAuditEntry): Broken | null {
  const expected = walk.entries + 1;
  if (number !== expected) {
    const gap = number - 1 === expected ? `Entry ${expected} is` : `Entries ${expected} to ${number - 1} are`;
    return { number: expected, fault: 'missing', detail: `${gap} missing.` };
  }
  if (hashOf(walk.hash, entry).equals(hash)) {
    // The text contains the number of the entry, which detects moved entries.
    if (numberIn(entry) === number) return null;
    return { number, fault: 'foreign', detail: `The text of entry ${number} belongs to another entry.` };
  }
  const before = number === 1 ? 'the beginning of the log' : `entry ${number - 1}`;
  const detail = `Entry ${number} does not follow from ${before}. Its text or hash, or that of the entry before, was changed.`;
  return { number, fault: 'changed', detail };
}

/** An intact chain may be another one than the one whose head was published. */
function contradiction({ number, hash }: StoredAuditEntry, signed: readonly SignedRecordHead[]): Broken | null {
  if (signed.every(({ head }) => head.hash === hexOf(hash))) return null;
  const detail = `The hash of entry ${number} was published, and is another now. The log was rewritten at or before it.`;
  return { number, fault: 'changed', detail };
}

function cutOff({ entries }: Walk, heads: readonly SignedRecordHead[]): Broken | null {
  const newest = Math.max(0, ...heads.map(({ head }) => head.number));
  if (newest <= entries) return null;
  const detail = `The log ends before entry ${entries + 1}. The hash of entry ${newest} was published.`;
  return { number: entries + 1, fault: 'cut-off', detail };
}

async function faultAtEnd(pool: Pool, walk: Walk, head: AuditHead): Promise<Broken | null> {
  if (walk.entries < head.number) {
    const firstMissing = walk.entries + 1;
    return {
      number: firstMissing,
      fault: 'cut-off',
      detail: `The log ends before entry ${firstMissing}; it had ${head.number}.`,
    };
  }
  if (!walk.hash.equals(head.hash)) {
    const number = Math.max(1, head.number);
    return { number, fault: 'changed', detail: `The head of the log is not the hash of entry ${number}.` };
  }
  const [beyond] = await auditChain(pool, head.number, 1);
  // Each entry updates the head of the log in the same transaction.
  if (!beyond || (await auditHead(pool)).number >= beyond.number) return null;
  const detail = `Entry ${beyond.number} was added without updating the head of the log.`;
  return { number: beyond.number, fault: 'foreign', detail };
}

async function* lines(pool: Pool, until: number): AsyncGenerator<string> {
  let after = 0;
  let previous: Buffer = beginning;
  while (after < until) {
    const page = await auditChain(pool, after, chainPageMax);
    if (page.length === 0) return;
    for (const { number, entry, hash } of page) {
      if (number > until) return;
      yield `${JSON.stringify({ number, previous: hexOf(previous), hash: hexOf(hash), text: entry })}\n`;
      [after, previous] = [number, hash];
    }
  }
}

const hashOf = (previous: Buffer, entry: string): Buffer =>
  createHash('sha256').update(previous).update(entry, 'utf8').digest();
const hexOf = (hash: Buffer): string => hash.toString('hex');

function numberIn(entry: string): number | null {
  try {
    return (JSON.parse(entry) as { number?: number }).number ?? null;
  } catch {
    return null;
  }
}
