// Statements that an intake is closed, on their way to the box: `ballots` keeps them in the intake, the mixer records
// them in the box.
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';

/** `text`: JSON with the signature. */
export type StoredStatement = { readonly electionId: string; readonly text: string };

/** Keeps a statement for the mixer. False where the intake is not closed with so many voters. */
export async function keepClosingStatement(
  pool: Pool,
  { electionId, participation, text }: StoredStatement & { readonly participation: number },
): Promise<boolean> {
  const [row] = await certainRows<{ kept: boolean }>(pool, {
    text: 'select pv.keep_closing_statement($1, $2, $3) as kept',
    values: [electionId, participation, text],
  });
  return row?.kept ?? false;
}

/** At most `limit` statements that the mixer has not recorded. */
export async function waitingStatements(intake: Pool, limit: number): Promise<StoredStatement[]> {
  const { rows } = await intake.query<StoredStatement>(
    'select election_id as "electionId", statement as text from pv.waiting_closing_statements($1)',
    [limit],
  );
  return rows;
}

export async function noteStatementRecorded(intake: Pool, { electionId, text }: StoredStatement): Promise<void> {
  await certainRows(intake, { text: 'select pv.note_statement_recorded($1, $2)', values: [electionId, text] });
}

/** `differs`: the box has a statement with another number of voters. */
export type RecordedClosing = 'recorded' | 'known' | 'differs';

/** Records in the box that the intake of an election is closed with so many voters. */
export async function recordIntakeClosing(
  box: Pool,
  {
    electionId,
    losses,
    participation,
    text,
  }: StoredStatement & { readonly losses: number; readonly participation: number },
): Promise<RecordedClosing> {
  const [row] = await certainRows<{ outcome: RecordedClosing }>(box, {
    text: 'select pv.record_intake_closing($1, $2, $3, $4) as outcome',
    values: [electionId, losses, participation, text],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row.outcome;
}
