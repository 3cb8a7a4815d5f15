// The running counts of the intake and of the box, compared with the rows themselves. The owner of the databases does it on
// demand; the closing of an election does it too.
import type pg from 'pg';
import { asOwner } from './administration.ts';

/** The databases that have running counts. */
export const countedDatabases = ['intake', 'box'] as const;
export type CountedDatabase = (typeof countedDatabases)[number];

export type CountedRows = {
  readonly electionId: string;
  readonly counted: 'participation' | 'outbox' | 'roll' | 'online' | 'batch';
  /** By the running count. */
  readonly amount: number;
  /** Rows that are there. */
  readonly present: number;
  /** False also where as many voters are there as were counted, but others. */
  readonly same: boolean;
};

/** Longest recount of a database, in milliseconds: it reads every row. */
const recountMsMax = 3_600_000;

const recountOf: Readonly<Record<CountedDatabase, string>> = {
  intake: `select e.election_id as "electionId", r.counted, r.amount, r.present, r.same
    from pv.election e cross join lateral pv.recount(e.election_id) r order by 1, 2`,
  box: `select election_id as "electionId", channel as counted, amount, present, amount = present as same
    from pv.recount(null) order by 1, 2`,
};

/** Counts every row of a database, at one moment and without a lock. Throws as the driver does. */
export async function recountDatabase(database: CountedDatabase, ownerUrl: string): Promise<CountedRows[]> {
  const count = async (client: pg.Client) => (await client.query<CountedRows>(recountOf[database])).rows;
  return asOwner(ownerUrl, count, recountMsMax);
}

/** Makes the running counts of an election those of its rows. Throws as the driver does. */
export async function acceptRecount(ownerUrl: string, electionId: string): Promise<void> {
  await asOwner(ownerUrl, (client) => client.query('select pv.accept_recount($1)', [electionId]), recountMsMax);
}
