// Rolls as the database `elections` stores them: sealed numbers under keyed names, files that are being compared, and
// what `ballots` has not confirmed yet. One bounded statement each, so that a roll of any size needs no long one.
import { byteaArray, int4Array } from '../binary-array.ts';
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type RollMode = 'add' | 'replace' | 'remove';
export type RollState = 'draft' | 'announced' | 'closed';

/** Keyed hashes and sealed texts of a person: see roll-seal.ts. Empty where there is none. */
export type StagedPerson = {
  readonly line: number;
  readonly name: Buffer;
  readonly spelling: Buffer;
  readonly labelMark: Buffer;
  readonly number: Buffer;
  readonly label: Buffer;
};
export type StagedOutcome = {
  readonly line: number;
  readonly outcome: 'added' | 'changed' | 'unchanged' | 'removed' | 'absent' | 'duplicate' | 'collision';
  /** The row above that is the same person; null where there is none. */
  readonly firstLine: number | null;
};

/** `second`: the second element that the people of the file are read with; null for none. */
export async function beginRollUpload(
  pool: Pool,
  upload: string,
  of: { readonly electionId: string; readonly mode: RollMode; readonly second: string | null },
): Promise<void> {
  await pool.query('select pv.begin_roll_upload($1, $2, $3, $4)', [upload, of.electionId, of.mode, of.second]);
}

/** Compares people of a file with its rows above and with the roll. */
export async function stageRoll(pool: Pool, upload: string, people: readonly StagedPerson[]): Promise<StagedOutcome[]> {
  const { rows } = await pool.query<StagedOutcome>(
    'select line, outcome, first_line as "firstLine" from pv.stage_roll($1, $2, $3, $4, $5, $6, $7)',
    [
      upload,
      byteaArray(people.map(({ name }) => name)),
      int4Array(people.map(({ line }) => line)),
      byteaArray(people.map(({ spelling }) => spelling)),
      byteaArray(people.map(({ labelMark }) => labelMark)),
      byteaArray(people.map(({ number }) => number)),
      byteaArray(people.map(({ label }) => label)),
    ],
  );
  return rows;
}

export type AppliedPart = {
  /**
   * `other`: the election is not in the expected state, or has another second element than the file was read with.
   * Nothing is done, as in `closed`.
   */
  readonly state: RollState | 'other';
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
};

/** Carries out a file that was compared, part by part, while the election is in the expected state. */
export async function* applyRoll(
  pool: Pool,
  upload: string,
  expected: RollState,
  limit: number,
): AsyncGenerator<AppliedPart> {
  for (let after = 0; ;) {
    const [part] = await certainRows<AppliedPart & { readonly last: number }>(pool, {
      text: 'select last, state, added, changed, removed from pv.apply_roll($1, $2, $3, $4)',
      values: [upload, after, limit, expected],
    });
    if (!part) return;
    yield part;
    after = part.last;
  }
}

/** How many people of the roll are not in a file. */
export async function missingInUpload(pool: Pool, upload: string, limit: number): Promise<number> {
  let total = 0;
  for (let after: Buffer = Buffer.alloc(0); ;) {
    const [part] = await certainRows<{ last: Buffer; missing: number }>(pool, {
      text: 'select last, missing from pv.missing_in_upload($1, $2, $3, false)',
      values: [upload, after, limit],
    });
    if (!part) return total;
    total += part.missing;
    after = part.last;
  }
}

/** People who are not in a file leave the roll, part by part, while the election is in the expected state. */
export async function* leaveMissing(
  pool: Pool,
  upload: string,
  expected: RollState,
  limit: number,
): AsyncGenerator<{ readonly missing: number; readonly state: AppliedPart['state'] }> {
  for (let after: Buffer = Buffer.alloc(0); ;) {
    const [part] = await certainRows<{ last: Buffer; missing: number; state: AppliedPart['state'] }>(pool, {
      text: 'select last, missing, state from pv.leave_missing($1, $2, $3, $4)',
      values: [upload, after, limit, expected],
    });
    if (!part) return;
    yield part;
    after = part.last;
  }
}

export async function endRollUpload(pool: Pool, upload: string): Promise<void> {
  await pool.query('select pv.end_roll_upload($1)', [upload]);
}

export type ListedPerson = {
  readonly place: number;
  readonly number: Buffer;
  readonly label: Buffer | null;
  readonly state: 'waiting' | 'there' | 'leaving';
};

/** People after a place of the list; with a name only the one who has it. */
export async function listRoll(
  pool: Pool,
  electionId: string,
  { after, name, limit }: { readonly after: number; readonly name: Buffer | null; readonly limit: number },
): Promise<ListedPerson[]> {
  const { rows } = await pool.query<ListedPerson>(
    'select place, number, label, state from pv.list_roll($1, $2, $3, $4)',
    [electionId, after, name, limit],
  );
  return rows;
}

/** `unsettled`: people whom `ballots` has not confirmed. */
export async function countRoll(pool: Pool, electionId: string): Promise<{ people: number; unsettled: number }> {
  const { rows } = await pool.query<{ people: number; unsettled: number }>('select * from pv.count_roll($1)', [
    electionId,
  ]);
  return rows[0] ?? { people: 0, unsettled: 0 };
}

/** `changed`: the election is not in the expected state, and nothing was done. */
export async function takeOffRoll(
  pool: Pool,
  electionId: string,
  name: Buffer,
  expected: RollState,
): Promise<'gone' | 'leaving' | 'absent' | 'changed'> {
  const [row] = await certainRows<{ outcome: 'gone' | 'leaving' | 'absent' | 'changed' }>(pool, {
    text: 'select pv.take_off_roll($1, $2, $3) as outcome',
    values: [electionId, name, expected],
  });
  return row?.outcome ?? 'absent';
}

export type UnsettledPerson = {
  readonly name: Buffer;
  readonly number: Buffer;
  readonly state: 'waiting' | 'leaving';
};

/** Whether this sender may send the changes of a roll now. */
export async function holdRoll(pool: Pool, electionId: string, sender: string): Promise<boolean> {
  const [row] = await certainRows<{ held: boolean | null }>(pool, {
    text: 'select pv.hold_roll($1, $2) as held',
    values: [electionId, sender],
  });
  return row?.held === true;
}

export async function releaseRoll(pool: Pool, electionId: string, sender: string): Promise<void> {
  await pool.query('select pv.release_roll($1, $2)', [electionId, sender]);
}

export async function unsettledRoll(pool: Pool, electionId: string, limit: number): Promise<UnsettledPerson[]> {
  const { rows } = await pool.query<UnsettledPerson>('select name, number, state from pv.unsettled_roll($1, $2)', [
    electionId,
    limit,
  ]);
  return rows;
}

/** Records what `ballots` answered for people in a state. */
export async function settleRoll(
  pool: Pool,
  electionId: string,
  names: readonly Buffer[],
  answer: { readonly state: 'waiting' | 'leaving'; readonly refused: boolean },
): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.settle_roll($1, $2, $3, $4)',
    values: [electionId, byteaArray(names), answer.state, answer.refused],
  });
}

/** Announced elections whose roll `ballots` has not confirmed. */
export async function unsettledRolls(pool: Pool, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select election_id as id from pv.unsettled_rolls($1)', [limit]);
  return rows.map(({ id }) => id);
}

/** Destroys sealed numbers of published elections. Returns how many there were. */
export async function destroyRolls(pool: Pool, limit: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select pv.destroy_rolls($1) as count', [limit]);
  return rows[0]?.count ?? 0;
}
