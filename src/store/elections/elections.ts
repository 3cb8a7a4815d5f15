// Elections as the database stores them, from draft to announced; one statement each. Phases are by the database's
// clock. The contents of a definition are not read here.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type ElectionState = 'draft' | 'announced' | 'closed' | 'counted' | 'published';
export type StoredPhase = 'draft' | 'scheduled' | 'open' | 'closed' | 'published';

export type StoredElection = {
  readonly id: string;
  readonly number: number;
  readonly state: ElectionState;
  readonly phase: StoredPhase;
  readonly version: number;
  /** As an administrator wrote it. */
  readonly definition: unknown;
  /** As it was announced; null before. */
  readonly announced: unknown;
  /** A pending change: it takes effect once every service that needs it has it. */
  readonly pending: { readonly definition: unknown; readonly announced: unknown } | null;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly changedAtMs: number;
  readonly changedBy: string;
  readonly announcedAtMs: number | null;
};

const seenElectionColumns = `election_id as id, number, state, phase, version, definition, announced, pending,
  opens_at_ms as "opensAtMs", closes_at_ms as "closesAtMs", created_at_ms as "createdAtMs", created_by as "createdBy",
  changed_at_ms as "changedAtMs", changed_by as "changedBy", announced_at_ms as "announcedAtMs"`;

/** A definition to store, with what the database reads of it. Times are RFC 3339. */
export type ElectionWriting = {
  readonly id: string;
  readonly definition: object;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly rehearsal: boolean;
  /** Participants that it names. */
  readonly participants: readonly string[];
  /** The author of the change. */
  readonly by: string;
};

export type Created = 'created' | 'taken' | 'unknown-participant';
/** `version` null: any version. */
export type Versioned = { readonly id: string; readonly version: number | null };
/** Why nothing was changed: see pv.changeable. */
export type Unchangeable = 'not-found' | 'version' | 'pending' | 'state' | 'opened';

export async function createElection(pool: Pool, writing: ElectionWriting): Promise<Created> {
  const { id, definition, opensAt, closesAt, rehearsal, participants, by } = writing;
  return outcomeOf<Created>(pool, {
    text: 'select pv.create_election($1, $2, $3, $4, $5, $6, $7) as outcome',
    values: [id, JSON.stringify(definition), opensAt, closesAt, rehearsal, participants, by],
  });
}

export async function changeDraft(
  pool: Pool,
  { version, ...writing }: ElectionWriting & Versioned,
): Promise<'changed' | 'unknown-participant' | 'roll' | Unchangeable> {
  const { id, definition, opensAt, closesAt, rehearsal, participants, by } = writing;
  return outcomeOf(pool, {
    text: 'select pv.change_draft($1, $2, $3, $4, $5, $6, $7, $8) as outcome',
    values: [id, version, JSON.stringify(definition), opensAt, closesAt, rehearsal, participants, by],
  });
}

export async function deleteDraft(pool: Pool, { id, version }: Versioned): Promise<'deleted' | Unchangeable> {
  return outcomeOf(pool, { text: 'select pv.delete_draft($1, $2) as outcome', values: [id, version] });
}

/** `announced`: the definition with the present names of participants. */
export async function proposeAmendment(
  pool: Pool,
  { version, announced, ...writing }: Omit<ElectionWriting, 'rehearsal'> & Versioned & { readonly announced: object },
): Promise<'proposed' | 'unknown-participant' | 'overlap' | 'second' | Unchangeable> {
  const { id, definition, opensAt, closesAt, participants, by } = writing;
  return outcomeOf(pool, {
    text: 'select pv.propose_amendment($1, $2, $3, $4, $5, $6, $7, $8) as outcome',
    values: [id, version, JSON.stringify(definition), JSON.stringify(announced), opensAt, closesAt, participants, by],
  });
}

export async function findElection(pool: Pool, id: string): Promise<StoredElection | null> {
  const { rows } = await pool.query<StoredElection>(`select ${seenElectionColumns} from pv.find_election($1)`, [id]);
  return rows[0] ?? null;
}

export type ListedElection = {
  readonly id: string;
  readonly number: number;
  readonly title: Readonly<Record<string, string>>;
  readonly state: ElectionState;
  readonly phase: StoredPhase;
  readonly version: number;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly timeZone: string;
  readonly rehearsal: boolean;
  readonly pending: boolean;
  readonly contests: number;
  readonly channels: readonly ('online' | 'batches')[];
};

/** Newest first: at most `limit` elections before a number. */
export async function listElections(
  pool: Pool,
  filter: {
    readonly before?: number | undefined;
    readonly phase?: StoredPhase | undefined;
    readonly channel?: string | undefined;
    /** A part of the id or of a title. */
    readonly search?: string | undefined;
  },
  limit: number,
): Promise<ListedElection[]> {
  const { rows } = await pool.query<ListedElection>(
    `select election_id as id, number, title, state, phase, version, opens_at_ms as "opensAtMs",
      closes_at_ms as "closesAtMs", time_zone as "timeZone", rehearsal, pending, contests, channels
     from pv.search_elections($1, $2, $3, $4, $5)`,
    [filter.before ?? null, filter.phase ?? null, filter.channel ?? null, filter.search ?? null, limit],
  );
  return rows;
}

async function outcomeOf<Outcome extends string>(
  pool: Pool,
  query: { readonly text: string; readonly values: unknown[] },
): Promise<Outcome> {
  const [row] = await certainRows<{ outcome: Outcome }>(pool, query);
  if (!row) throw new Error('The database answered without a row.');
  return row.outcome;
}
