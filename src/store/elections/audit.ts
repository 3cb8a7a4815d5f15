// The audit log as the database keeps it: entries are added to a chain and read, and nothing else.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type AuditOutcome = 'attempted' | 'done' | 'refused' | 'failed';

/** What is written; the database adds number, time and the hash. */
export type NewAuditEntry = {
  readonly outcome: AuditOutcome;
  /** Number of the attempt that this is the outcome of. */
  readonly attempt: number | null;
  readonly actor: object;
  readonly act: string;
  readonly object: object;
  readonly reason: string | null;
  readonly request: string | null;
  readonly code: string | null;
  readonly changed: object | null;
};

/** `entry` is the exact text that was hashed after the hash of the entry before it. */
export type StoredAuditEntry = { readonly number: number; readonly entry: string; readonly hash: Buffer };
export type AuditHead = { readonly number: number; readonly hash: Buffer };

export async function appendAudit(pool: Pool, entry: NewAuditEntry): Promise<AuditHead> {
  const [row] = await certainRows<AuditHead>(pool, {
    text: 'select number, hash from pv.append_audit($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    values: [
      entry.outcome,
      entry.attempt,
      JSON.stringify(entry.actor),
      entry.act,
      JSON.stringify(entry.object),
      entry.reason,
      entry.request,
      entry.code,
      entry.changed === null ? null : JSON.stringify(entry.changed),
    ],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row;
}

export async function auditHead(pool: Pool): Promise<AuditHead> {
  const { rows } = await pool.query<AuditHead>('select number, hash from pv.audit_head()');
  // Without a head nothing can be appended either; the verification of the chain reports what is missing.
  return rows[0] ?? { number: 0, hash: Buffer.alloc(32) };
}

/** At most `limit` entries after a number, in the order of the chain. */
export async function auditChain(pool: Pool, after: number, limit: number): Promise<StoredAuditEntry[]> {
  const { rows } = await pool.query<StoredAuditEntry>('select number, entry, hash from pv.audit_chain($1, $2)', [
    after,
    limit,
  ]);
  return rows;
}

/** Texts of times are RFC 3339 in UTC with milliseconds, as entries have them. */
export type AuditFilter = {
  readonly before?: number | undefined;
  readonly actor?: string | undefined;
  readonly act?: string | undefined;
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
};

/** Newest first. */
export async function listAudit(pool: Pool, filter: AuditFilter, limit: number): Promise<StoredAuditEntry[]> {
  const { before, actor, act, objectKind, objectId, from, until } = filter;
  const values = [before, actor, act, objectKind, objectId, from, until].map((value) => value ?? null);
  const { rows } = await pool.query<StoredAuditEntry>(
    'select number, entry, hash from pv.list_audit($1, $2, $3, $4, $5, $6, $7, $8)',
    [...values, limit],
  );
  return rows;
}
