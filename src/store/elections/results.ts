// Results as the database stores them: each revision once, changed only by its publication. One statement each; the
// database decides which revision is the next.
import { certainRows, sqlState } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredLots = Readonly<Record<string, { readonly order: readonly string[]; readonly note: string }>>;

export type StoredResult = {
  readonly revision: number;
  /** By contest id. */
  readonly lots: StoredLots;
  /** RFC 8785 form of the results' body. */
  readonly body: string;
  readonly madeAtMs: number;
  readonly madeBy: string;
  readonly publishedAtMs: number | null;
  readonly publishedBy: string | null;
  /** The signed results as published; null before. */
  readonly signed: unknown;
  /** The newest published revision; null before the first. */
  readonly publishedRevision: number | null;
};

/** The same box gave other bytes than before: an alarm. Nothing was stored. */
export class CountDiffers extends Error {
  constructor() {
    super('counting again gave another result');
    this.name = 'CountDiffers';
  }
}

export type CountStored = 'counted' | 'same' | 'not-found' | 'state';

/** Stores the first results of a closed election. Throws CountDiffers where different ones are stored. */
export async function storeCount(pool: Pool, electionId: string, body: string, by: string): Promise<CountStored> {
  try {
    const [row] = await certainRows<{ outcome: CountStored }>(pool, {
      text: 'select pv.store_count($1, $2, $3) as outcome',
      values: [electionId, body, by],
    });
    return outcomeOf(row);
  } catch (error) {
    if (sqlState(error) === 'PV011') throw new CountDiffers();
    throw error;
  }
}

export type LotsStored = 'stored' | 'superseded' | 'published' | 'state' | 'not-found';
export type NextResult = Pick<StoredResult, 'revision' | 'lots' | 'body'>;

/** Stores the next revision, with the lots drawn. */
export async function storeLots(pool: Pool, electionId: string, next: NextResult, by: string): Promise<LotsStored> {
  const [row] = await certainRows<{ outcome: LotsStored }>(pool, {
    text: 'select pv.store_lots($1, $2, $3, $4, $5) as outcome',
    values: [electionId, next.revision, JSON.stringify(next.lots), next.body, by],
  });
  return outcomeOf(row);
}

export type ResultPublished = 'published' | 'already' | 'superseded' | 'state' | 'not-found';

/** The publication of a revision, each part as signed JSON. */
export type Outgoing = {
  readonly revision: number;
  /** The results' document. */
  readonly signed: object;
  /** The documents of the election, all of one revision of their own. */
  readonly documents: readonly object[];
  readonly documentsRevision: number;
};

/** Publishes a revision: the commit decides. Writing it to where readers poll comes after. */
export async function publishResult(
  pool: Pool,
  electionId: string,
  outgoing: Outgoing,
  by: string,
): Promise<ResultPublished> {
  const { revision, signed, documents, documentsRevision } = outgoing;
  const [row] = await certainRows<{ outcome: ResultPublished }>(pool, {
    text: 'select pv.publish_result($1, $2, $3, $4, $5, $6) as outcome',
    values: [electionId, revision, JSON.stringify(signed), documentsRevision, JSON.stringify(documents), by],
  });
  return outcomeOf(row);
}

/** The newest results of an election, or those of a revision; null where there are none. */
export async function findResult(pool: Pool, electionId: string, revision?: number): Promise<StoredResult | null> {
  const { rows } = await pool.query<StoredResult>(
    `select revision, lots, body, made_at_ms as "madeAtMs", made_by as "madeBy", published_at_ms as "publishedAtMs",
       published_by as "publishedBy", signed, published_revision as "publishedRevision"
     from pv.find_result($1, $2)`,
    [electionId, revision ?? null],
  );
  return rows[0] ?? null;
}

function outcomeOf<Outcome>(row: { readonly outcome: Outcome } | undefined): Outcome {
  if (row === undefined) throw new Error('the database gave no answer');
  return row.outcome;
}
