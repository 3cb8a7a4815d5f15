// Marks of the participation in the intake: taking one, comparing marks from outside, and accepting a loss. One
// statement each; the database decides.
import { byteaArray } from './binary-array.ts';
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';

export type IntakeMark = {
  /** How many losses had been accepted before. */
  readonly losses: number;
  readonly hash: Buffer;
  /** In whole steps. */
  readonly voters: number;
};
/** `missing`: a mark from outside is not in the intake. The mark is that one. */
export type TakenMark =
  { readonly outcome: 'taken' | 'missing'; readonly mark: IntakeMark } | { readonly outcome: 'not-found' };

/** Notes marks that are not in the intake. Whether votes are missing, by these marks or by earlier ones. */
export async function compareMarks(pool: Pool, electionId: string, marks: readonly IntakeMark[]): Promise<boolean> {
  const [row] = await certainRows<{ missing: boolean }>(pool, {
    text: 'select pv.compare_marks($1, $2, $3, $4) as missing',
    values: [electionId, ...markArrays(marks)],
  });
  return row?.missing ?? false;
}

/** Three arrays of one length, as the functions of the database take marks. */
export const markArrays = (marks: readonly IntakeMark[]): unknown[] => [
  marks.map(({ losses }) => losses),
  byteaArray(marks.map(({ hash }) => hash)),
  marks.map(({ voters }) => voters),
];

/** The mark of the participation now. It is as durable as a recorded ballot. */
export async function takeMark(pool: Pool, electionId: string): Promise<TakenMark> {
  const [row] = await certainRows<{ outcome: TakenMark['outcome'] } & IntakeMark>(pool, {
    text: 'select outcome, losses, hash, voters from pv.take_mark($1)',
    values: [electionId],
  });
  if (!row) throw new Error('The database answered without a row.');
  const { outcome, losses, hash, voters } = row;
  return outcome === 'not-found' ? { outcome } : { outcome, mark: { losses, hash, voters } };
}

/** The missing mark of an election that shows the most voters. */
export async function findMissingMark(pool: Pool, electionId: string): Promise<IntakeMark | null> {
  const { rows } = await pool.query<IntakeMark>('select losses, hash, voters from pv.missing_mark_of($1)', [
    electionId,
  ]);
  return rows[0] ?? null;
}

export type InterruptedElection = { readonly electionId: string; readonly voters: number };

/** The elections in which votes are missing, with the number of voters of the missing mark. */
export async function interruptedElections(pool: Pool): Promise<InterruptedElection[]> {
  const { rows } = await pool.query<InterruptedElection>(
    'select election_id as "electionId", voters from pv.interrupted_elections()',
  );
  return rows;
}

export type LossAccepted = 'accepted' | 'already' | 'nothing-missing' | 'not-found' | 'changed';

/** Accepts the loss of this number. */
export async function acceptLoss(pool: Pool, electionId: string, losses: number): Promise<LossAccepted> {
  const [row] = await certainRows<{ outcome: LossAccepted }>(pool, {
    text: 'select pv.accept_loss($1, $2) as outcome',
    values: [electionId, losses],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row.outcome;
}

/** An accepted loss. Both numbers of voters are in whole steps. */
export type StoredLoss = { readonly votersMarked: number; readonly votersFound: number };

/** The accepted losses of an election, the first one first. */
export async function findAcceptedLosses(pool: Pool, electionId: string): Promise<StoredLoss[]> {
  const { rows } = await pool.query<StoredLoss>(
    `select voters_marked as "votersMarked", voters_found as "votersFound" from pv.accepted_losses($1)`,
    [electionId],
  );
  return rows;
}
