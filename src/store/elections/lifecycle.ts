// The life of an announced election as the database stores it: pending changes, publications, due times. One statement
// each; the database's clock decides, and every step may be repeated.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';
import type { ElectionState, StoredPhase } from './elections.ts';

/** `null`: an announced election is amended. */
export type PendingAct = 'announce' | 'extend' | 'close' | 'annotate' | null;

export type StoredLifecycle = {
  readonly id: string;
  readonly state: ElectionState;
  readonly phase: StoredPhase;
  readonly version: number;
  /** The definition as it was announced; null before. */
  readonly announced: unknown;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly pending: { readonly definition: unknown; readonly announced: unknown } | null;
  readonly pendingAct: PendingAct;
  readonly pendingClosesAtMs: number | null;
  /** Of the signed documents of the pending change; null until they are signed. */
  readonly pendingRevision: number | null;
  readonly pendingDocuments: unknown;
  /** Of an announcement or an amendment; null without a public log. */
  readonly pendingManifest: unknown;
  /** The highest revision that was ever signed. */
  readonly revision: number;
  readonly documents: unknown;
  /** Signed; null in an election without a public log. */
  readonly manifest: unknown;
  readonly turnout: unknown;
  readonly turnoutRevision: number;
  /** The signed closing document; null before. */
  readonly closing: unknown;
  readonly results: unknown;
  /** Of documents, turnout and results: the published revision, and the one that `ballots` has. */
  readonly revisions: string;
  readonly kept: string;
  /** Ballots cast by voters; null until the intake is permanently closed. */
  readonly participation: number | null;
  /** The database's clock. */
  readonly nowMs: number;
};

export async function findLifecycle(pool: Pool, id: string): Promise<StoredLifecycle | null> {
  const { rows } = await pool.query<StoredLifecycle>(
    `select election_id as id, state, phase, version, announced, opens_at_ms as "opensAtMs",
      closes_at_ms as "closesAtMs", pending, pending_act as "pendingAct",
      pending_closes_at_ms as "pendingClosesAtMs", pending_revision as "pendingRevision",
      pending_documents as "pendingDocuments", pending_manifest as "pendingManifest", revision, documents, manifest,
      turnout, turnout_revision as "turnoutRevision", closing, results, revisions, kept, participation, now_ms as "nowMs"
     from pv.find_lifecycle($1)`,
    [id],
  );
  return rows[0] ?? null;
}

export type AnnouncementProposed = 'proposed' | 'announced' | 'not-found' | 'version' | 'over' | 'overlap' | 'full';

/** A number of elections, and the bytes of their documents. */
export type ElectionLoad = { readonly elections: number; readonly bytes: number };

/**
 * Proposes the announcement of a draft of this version, with the present names of participants. `full`: the current
 * elections would exceed `max`.
 */
export const proposeAnnouncement = (
  pool: Pool,
  proposal: { readonly id: string; readonly version: number; readonly announced: object; readonly by: string },
  max: ElectionLoad,
): Promise<AnnouncementProposed> =>
  outcomeOf(pool, 'pv.propose_announcement($1, $2, $3, $4, $5, $6)', [
    proposal.id,
    proposal.version,
    JSON.stringify(proposal.announced),
    proposal.by,
    max.elections,
    max.bytes,
  ]);

/** The elections that are open or upcoming. */
export async function countCurrentElections(pool: Pool): Promise<ElectionLoad> {
  const { rows } = await pool.query<ElectionLoad>('select elections, bytes from pv.count_current()');
  return rows[0] ?? { elections: 0, bytes: 0 };
}

export type EndProposed =
  'proposed' | 'unchanged' | 'not-found' | 'pending' | 'state' | 'over' | 'early' | 'not-later' | 'overlap';

/** Another end: later, or (null) now. */
export const proposeEnd = (pool: Pool, id: string, closesAt: string | null, by: string): Promise<EndProposed> =>
  outcomeOf(pool, 'pv.propose_end($1, $2, $3)', [id, closesAt, by]);

export type AnnotationProposed = 'proposed' | 'not-found' | 'version' | 'pending' | 'state';

/** Proposes more notices or withdrawals of an announced election of this version. */
export const proposeAnnotation = (
  pool: Pool,
  proposal: {
    readonly id: string;
    readonly version: number;
    readonly definition: object;
    readonly announced: object;
    readonly by: string;
  },
): Promise<AnnotationProposed> =>
  outcomeOf(pool, 'pv.propose_annotation($1, $2, $3, $4, $5)', [
    proposal.id,
    proposal.version,
    JSON.stringify(proposal.definition),
    JSON.stringify(proposal.announced),
    proposal.by,
  ]);

/** Sets a pending end of "now" to the present moment again; its documents have to be signed again. */
export const retimeClosing = (pool: Pool, id: string, pendingRevision: number): Promise<boolean> =>
  outcomeOf(pool, 'pv.retime_closing($1, $2)', [id, pendingRevision]);

/** Stores the signed documents of the pending change of a version, and its manifest; false where another process was first. */
export const stampPending = (
  pool: Pool,
  stamp: {
    readonly id: string;
    readonly version: number;
    readonly revision: number;
    readonly documents: object;
    readonly manifest: object | null;
  },
): Promise<boolean> =>
  outcomeOf(pool, 'pv.stamp_pending($1, $2, $3, $4, $5)', [
    stamp.id,
    stamp.version,
    stamp.revision,
    JSON.stringify(stamp.documents),
    stamp.manifest && JSON.stringify(stamp.manifest),
  ]);

/** Completes or drops the pending change of a revision; false where there is no such change. */
export const completePending = (pool: Pool, id: string, revision: number): Promise<boolean> =>
  outcomeOf(pool, 'pv.complete_pending($1, $2)', [id, revision]);
export const withdrawPending = (pool: Pool, id: string, revision: number): Promise<boolean> =>
  outcomeOf(pool, 'pv.withdraw_pending($1, $2)', [id, revision]);

/** Records the permanent closing of the intake; false where it was closed before, or a change is pending. */
export const finishClosing = (pool: Pool, id: string, participation: number): Promise<boolean> =>
  outcomeOf(pool, 'pv.finish_closing($1, $2)', [id, participation]);

/** Stores the closing document with documents of a higher revision; false where it is stored, or others signed meanwhile. */
export const storeClosing = (
  pool: Pool,
  stamp: { readonly id: string; readonly closing: object; readonly revision: number; readonly documents: object },
): Promise<boolean> =>
  outcomeOf(pool, 'pv.store_closing($1, $2, $3, $4)', [
    stamp.id,
    JSON.stringify(stamp.closing),
    stamp.revision,
    JSON.stringify(stamp.documents),
  ]);

/** True for one of those who ask within `ms` milliseconds. */
export const claimTurnout = (pool: Pool, id: string, ms: number): Promise<boolean> =>
  outcomeOf(pool, 'pv.claim_turnout($1, $2)', [id, ms]);

/** False where a newer or a final one is stored. */
export const storeTurnout = (pool: Pool, id: string, revision: number, document: object): Promise<boolean> =>
  outcomeOf(pool, 'pv.store_turnout($1, $2, $3)', [id, revision, JSON.stringify(document)]);

export async function noteKept(pool: Pool, id: string, revisions: string): Promise<void> {
  await certainRows(pool, { text: 'select pv.note_kept($1, $2)', values: [id, revisions] });
}

export type DueElection = {
  readonly id: string;
  readonly pending: boolean;
  /** Its end and the grace are over. */
  readonly ended: boolean;
  /** Its turnout is due. */
  readonly uncounted: boolean;
  /** `ballots` does not have all that is published. */
  readonly unkept: boolean;
};
/** At most `limit` elections, without the excluded. What people wait for comes first. */
export async function dueElections(
  pool: Pool,
  bounds: {
    readonly limit: number;
    readonly turnoutMs: number;
    readonly rehearsalTurnoutMs: number;
    readonly excluded: readonly string[];
  },
): Promise<DueElection[]> {
  const { rows } = await pool.query<DueElection>(
    'select election_id as id, pending, ended, uncounted, unkept from pv.due_elections($1, $2, $3, $4)',
    [bounds.limit, bounds.turnoutMs, bounds.rehearsalTurnoutMs, bounds.excluded],
  );
  return rows;
}

/** Every current election, and the ended ones that changed last, up to a number and a size. */
export async function servedPublications(
  pool: Pool,
  ended: ElectionLoad,
): Promise<{ readonly id: string; readonly revisions: string }[]> {
  const { rows } = await pool.query<{ id: string; revisions: string }>(
    'select election_id as id, revisions from pv.served_publications($1, $2)',
    [ended.elections, ended.bytes],
  );
  return rows;
}

/** Which of these elections have ended and are completely in `ballots`. */
export async function archivedElections(pool: Pool, ids: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select election_id as id from pv.archived($1)', [ids]);
  return rows.map(({ id }) => id);
}

/** The signed manifest of an announced election; null where it has no public log. */
export async function findManifest(pool: Pool, id: string): Promise<unknown> {
  const { rows } = await pool.query<{ manifest: unknown }>('select pv.read_manifest($1) as manifest', [id]);
  return rows[0]?.manifest ?? null;
}

export type PublishedParts = {
  readonly documents: unknown;
  readonly manifest: unknown;
  readonly turnout: unknown;
  readonly closing: unknown;
  readonly results: unknown;
  readonly destruction: unknown;
  /** Base64; null in an election without a logo. */
  readonly logo: string | null;
  readonly revisions: string;
};
export async function publishedParts(pool: Pool, id: string): Promise<PublishedParts | null> {
  const { rows } = await pool.query<PublishedParts>(
    `select documents, manifest, turnout, closing, results, pv.read_destruction($1) as destruction, revisions,
      (select definition ->> 'logo' from pv.find_election($1)
        where documents #> '{0,election,logo}' is not null) as logo
     from pv.published_parts($1)`,
    [id],
  );
  return rows[0] ?? null;
}

async function outcomeOf<Outcome extends string | boolean>(
  pool: Pool,
  call: string,
  values: unknown[],
): Promise<Outcome> {
  const [row] = await certainRows<{ outcome: Outcome }>(pool, { text: `select ${call} as outcome`, values });
  if (!row) throw new Error('The database answered without a row.');
  return row.outcome;
}
