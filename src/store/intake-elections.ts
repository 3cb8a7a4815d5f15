// Elections in the intake: their window, their roll, their counts. One statement each; the database decides.
import { byteaArray } from './binary-array.ts';
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';

export type NewIntakeElection = {
  readonly electionId: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly graceSeconds: number;
  readonly rehearsal: boolean;
  readonly minBatch: number;
  readonly scheme: string;
  readonly sealedBytes: number;
  /** JSON text, stored byte for byte: the same text again is the same election. */
  readonly definition: string;
  readonly publication: string;
  readonly revision: number;
  readonly keyCheck: Buffer;
  /** JSON text; null in an election without a public log. */
  readonly manifest: string | null;
};

export type IntakeElection = {
  readonly electionId: string;
  /** Grows with each amendment. */
  readonly definitionVersion: number;
  readonly state: 'open' | 'closed';
  readonly scheme: string;
  readonly sealedBytes: number;
  readonly definition: unknown;
  readonly keyCheck: Buffer;
  /** Signed, with its signature; null in an election without a public log. */
  readonly manifest: unknown;
};

type Outcome<Name extends string> = { outcome: Name };

export async function createIntakeElection(
  pool: Pool,
  election: NewIntakeElection,
): Promise<'created' | 'unchanged' | 'conflict'> {
  const [row] = await certainRows<Outcome<'created' | 'unchanged' | 'conflict'>>(pool, {
    text: `select pv.create_election($1, $2, $3, make_interval(secs => $4), $5, $6, $7, $8, $9, $10, $11, $12, $13) as outcome`,
    values: [...definitionValues(election), election.keyCheck, election.manifest],
  });
  return first(row).outcome;
}

const definitionValues = (election: Omit<NewIntakeElection, 'keyCheck' | 'manifest'>): unknown[] => [
  election.electionId,
  election.opensAt,
  election.closesAt,
  election.graceSeconds,
  election.rehearsal,
  election.minBatch,
  election.scheme,
  election.sealedBytes,
  election.definition,
  election.publication,
  election.revision,
];

export async function findIntakeElection(pool: Pool, electionId: string): Promise<IntakeElection | null> {
  const { rows } = await pool.query<{
    election_id: string;
    edition: number;
    state: 'open' | 'closed';
    scheme: string;
    sealed_bytes: number;
    definition: unknown;
    key_check: Buffer;
    manifest: unknown;
  }>('select * from pv.find_election($1)', [electionId]);
  const [row] = rows;
  return row
    ? {
        electionId: row.election_id,
        definitionVersion: row.edition,
        state: row.state,
        scheme: row.scheme,
        sealedBytes: row.sealed_bytes,
        definition: row.definition,
        keyCheck: row.key_check,
        manifest: row.manifest,
      }
    : null;
}

export type OpenElectionKeys = Pick<IntakeElection, 'electionId' | 'keyCheck'>;

/** The elections whose intake is not closed, and the checks of their keys. */
export async function openElectionKeys(pool: Pool): Promise<OpenElectionKeys[]> {
  const { rows } = await pool.query<OpenElectionKeys>(
    'select election_id as "electionId", key_check as "keyCheck" from pv.open_election_keys()',
  );
  return rows;
}

/** Another definition while no one can have taken part; the keys stay. */
export async function amendElection(
  pool: Pool,
  election: Omit<NewIntakeElection, 'keyCheck'>,
): Promise<'amended' | 'unchanged' | 'not-found' | 'conflict'> {
  const [row] = await certainRows<Outcome<'amended' | 'unchanged' | 'not-found' | 'conflict'>>(pool, {
    text: `select pv.amend_election($1, $2, $3, make_interval(secs => $4), $5, $6, $7, $8, $9, $10, $11, $12) as outcome`,
    values: [...definitionValues(election), election.manifest],
  });
  return first(row).outcome;
}

export type Annotation = NewPublication & {
  /** JSON text of the definition with its annotations. */
  readonly definition: string;
};

/** Adds notices and withdrawals of options to the definition of a version. */
export async function annotateElection(
  pool: Pool,
  { electionId, definitionVersion, opensAt, closesAt, definition, publication, revision }: Annotation,
): Promise<'annotated' | 'unchanged' | 'not-found' | 'conflict'> {
  const [row] = await certainRows<Outcome<'annotated' | 'unchanged' | 'not-found' | 'conflict'>>(pool, {
    text: 'select pv.annotate_election($1, $2, $3, $4, $5, $6, $7) as outcome',
    values: [electionId, definitionVersion, opensAt, closesAt, definition, publication, revision],
  });
  return first(row).outcome;
}

export type NewPublication = {
  readonly electionId: string;
  /** The version of the definition that its documents were compared with. */
  readonly definitionVersion: number;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly publication: string;
  readonly revision: number;
};

/** A newer publication, in any state of the election. */
export async function setPublication(
  pool: Pool,
  { electionId, definitionVersion, opensAt, closesAt, publication, revision }: NewPublication,
): Promise<'stored' | 'unchanged' | 'not-found' | 'conflict'> {
  const [row] = await certainRows<Outcome<'stored' | 'unchanged' | 'not-found' | 'conflict'>>(pool, {
    text: 'select pv.set_publication($1, $2, $3, $4, $5, $6) as outcome',
    values: [electionId, definitionVersion, opensAt, closesAt, publication, revision],
  });
  return first(row).outcome;
}

export type NewTimes = {
  readonly electionId: string;
  readonly opensAt: string;
  readonly closesAt: string;
  readonly publication: string;
  readonly revision: number;
};

export async function setTimes(pool: Pool, times: NewTimes): Promise<'set' | 'unchanged' | 'not-found' | 'conflict'> {
  const [row] = await certainRows<Outcome<'set' | 'unchanged' | 'not-found' | 'conflict'>>(pool, {
    text: 'select pv.set_times($1, $2, $3, $4, $5) as outcome',
    values: [times.electionId, times.opensAt, times.closesAt, times.publication, times.revision],
  });
  return first(row).outcome;
}

export type Closing =
  | { readonly outcome: 'closed'; readonly participation: number }
  /** The rows are not those that were counted when they were stored. Nothing was closed. */
  | { readonly outcome: 'counts-differ' }
  | { readonly outcome: 'too-early' }
  | { readonly outcome: 'not-found' };

/** The barrier: waits for every cast in flight, and counts every row; the count is final. */
export async function closeElection(pool: Pool, electionId: string): Promise<Closing> {
  const [row] = await certainRows<{ outcome: Closing['outcome']; participation: number }>(pool, {
    text: 'select outcome, participation from pv.close_election($1)',
    values: [electionId],
  });
  const { outcome, participation } = first(row);
  return outcome === 'closed' ? { outcome, participation } : { outcome };
}

export async function addRoll(
  pool: Pool,
  electionId: string,
  voters: readonly Buffer[],
): Promise<{ outcome: 'done' | 'not-found' | 'conflict'; added: number }> {
  const [row] = await certainRows<{ outcome: 'done' | 'not-found' | 'conflict'; added: number }>(pool, {
    text: 'select outcome, added from pv.add_roll($1, $2)',
    values: [electionId, byteaArray(voters)],
  });
  return first(row);
}

/** Only before the opening, by the database's clock. */
export async function removeFromRoll(
  pool: Pool,
  electionId: string,
  voters: readonly Buffer[],
): Promise<{ outcome: 'done' | 'not-found' | 'conflict'; removed: number }> {
  const [row] = await certainRows<{ outcome: 'done' | 'not-found' | 'conflict'; removed: number }>(pool, {
    text: 'select outcome, removed from pv.remove_roll($1, $2)',
    values: [electionId, byteaArray(voters)],
  });
  return first(row);
}

/** Whether a person is on the roll; `conflict` where there is none or voting has opened. */
export async function lookUpRoll(
  pool: Pool,
  electionId: string,
  voter: Buffer,
): Promise<'listed' | 'absent' | 'conflict' | 'not-found'> {
  const { rows } = await pool.query<{ outcome: 'listed' | 'absent' | 'conflict' | null }>(
    'select pv.look_up_roll($1, $2) as outcome',
    [electionId, voter],
  );
  return rows[0]?.outcome ?? 'not-found';
}

/** Whether a phone may cast for a voter on a roll with a second element: it has at most `most` different ones. */
export async function takeRollTry(pool: Pool, { electionId, phone, voter, most }: RollTry): Promise<boolean> {
  const { rows } = await pool.query<{ allowed: boolean }>('select pv.take_roll_try($1, $2, $3, $4) as allowed', [
    electionId,
    phone,
    voter,
    most,
  ]);
  return rows[0]?.allowed === true;
}
export type RollTry = {
  readonly electionId: string;
  readonly phone: Buffer;
  readonly voter: Buffer;
  readonly most: number;
};

export type IntakeCounts = {
  readonly state: 'open' | 'closed';
  readonly participation: number;
  readonly outbox: number;
  /** People on the roll. */
  readonly roll: number;
};

export async function countIntake(pool: Pool, electionId: string): Promise<IntakeCounts | null> {
  const { rows } = await pool.query<IntakeCounts>('select * from pv.count_intake($1)', [electionId]);
  return rows[0] ?? null;
}

/** The publication of one election, or null without the election. */
export async function findPublication(pool: Pool, electionId: string): Promise<unknown> {
  const { rows } = await pool.query<{ publication: unknown }>('select pv.publication_of($1) as publication', [
    electionId,
  ]);
  return rows[0]?.publication ?? null;
}

/** `next`: the number from which the next page starts; null on the last page. */
export type PublicationPage = { readonly publications: readonly unknown[]; readonly next: number | null };

/**
 * A page of publications, at most `limit` and `bytesMax` but at least one: of elections that are not over, the oldest
 * first, after the number `from`; or of ended elections, the newest first, before it.
 */
export async function readPublications(
  pool: Pool,
  page: {
    readonly ended: boolean;
    readonly from: number | null;
    readonly limit: number;
    readonly bytesMax: number;
  },
): Promise<PublicationPage> {
  const { rows } = await pool.query<{ number: number; publication: unknown; more: boolean }>(
    'select number, publication, more from pv.publication_page($1, $2, $3, $4)',
    [page.ended, page.from, page.limit, page.bytesMax],
  );
  const last = rows.at(-1);
  return { publications: rows.map(({ publication }) => publication), next: last?.more ? last.number : null };
}

function first<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error('The database answered without a row.');
  return row;
}
