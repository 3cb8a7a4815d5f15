// Participants as the database stores them: one statement each. The database decides whether a name or a participant is
// in use.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type ParticipantKind = 'party' | 'individual';
/** One text in every language, or texts by language in the order in which they were given. */
export type StoredName = { readonly text: string } | { readonly languages: Readonly<Record<string, string>> };
export type StoredParticipant = {
  readonly id: string;
  /** The order of creation. */
  readonly number: number;
  readonly kind: ParticipantKind;
  readonly name: StoredName;
  readonly createdAtMs: number;
};

const columns = `participant_id as id, number, kind, name, created_at_ms as "createdAtMs"`;

/** A name to store: itself, 32 bytes that are equal for equal names, and every text of it for searching. */
export type WrittenName = { readonly name: StoredName; readonly key: Buffer; readonly search: string };

export async function createParticipant(
  pool: Pool,
  participant: WrittenName & { readonly id: string; readonly kind: ParticipantKind; readonly allowSameName: boolean },
): Promise<'created' | 'same-name'> {
  const { id, kind, name, key, search, allowSameName } = participant;
  const [row] = await certainRows<{ outcome: 'created' | 'same-name' }>(pool, {
    text: 'select pv.create_participant($1, $2, $3, $4, $5, $6) as outcome',
    values: [id, kind, JSON.stringify(name), key, search, allowSameName],
  });
  return only(row).outcome;
}

export type Renamed =
  { readonly outcome: 'renamed'; readonly nameBefore: StoredName } | { readonly outcome: 'not-found' | 'same-name' };

export async function renameParticipant(
  pool: Pool,
  participant: WrittenName & { readonly id: string; readonly allowSameName: boolean },
): Promise<Renamed> {
  const { id, name, key, search, allowSameName } = participant;
  const [row] = await certainRows<Renamed>(pool, {
    text: 'select outcome, name_before as "nameBefore" from pv.rename_participant($1, $2, $3, $4, $5)',
    values: [id, JSON.stringify(name), key, search, allowSameName],
  });
  return only(row);
}

export async function deleteParticipant(pool: Pool, id: string): Promise<'deleted' | 'not-found' | 'used'> {
  const [row] = await certainRows<{ outcome: 'deleted' | 'not-found' | 'used' }>(pool, {
    text: 'select pv.delete_participant($1) as outcome',
    values: [id],
  });
  return only(row).outcome;
}

/** The existing ones of the ids, in no order. */
export async function findParticipants(pool: Pool, ids: readonly string[]): Promise<StoredParticipant[]> {
  const { rows } = await pool.query<StoredParticipant>(`select ${columns} from pv.find_participants($1)`, [ids]);
  return rows;
}

export type ParticipantFilter = {
  readonly after: number;
  readonly kind?: ParticipantKind | undefined;
  /** A part of a name, as in `WrittenName.search`. */
  readonly search?: string | undefined;
};

/** At most `limit` participants that were created after the one with this number, in order. */
export async function listParticipants(
  pool: Pool,
  filter: ParticipantFilter,
  limit: number,
): Promise<StoredParticipant[]> {
  const { rows } = await pool.query<StoredParticipant>(`select ${columns} from pv.list_participants($1, $2, $3, $4)`, [
    filter.after,
    filter.kind ?? null,
    filter.search ?? null,
    limit,
  ]);
  return rows;
}

export type NamedElection = { readonly id: string; readonly title: Readonly<Record<string, string>> };

/** The elections that name a participant, newest first, at most `limit`, and how many there are. */
export async function electionsOf(
  pool: Pool,
  participant: string,
  limit: number,
): Promise<{ readonly elections: readonly NamedElection[]; readonly total: number }> {
  const { rows } = await pool.query<NamedElection & { total: number }>(
    'select election_id as id, title, total from pv.elections_of($1, $2)',
    [participant, limit],
  );
  return { elections: rows.map(({ id, title }) => ({ id, title })), total: rows[0]?.total ?? 0 };
}

/** How many elections name each participant; participants without elections are absent. */
export async function countUses(pool: Pool, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ id: string; elections: number }>(
    'select participant_id as id, elections from pv.count_uses($1)',
    [ids],
  );
  return new Map(rows.map(({ id, elections }) => [id, elections]));
}

function only<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error('The database answered without a row.');
  return row;
}
