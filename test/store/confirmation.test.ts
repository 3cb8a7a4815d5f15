// A batch that a second official has to confirm: until then its rows are beside the box, void no row of another batch,
// and keep the box open. The number on the protocol and the two persons are keys of the database.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paperTrackerText } from '../../src/protocol/control/batch-entries.ts';
import { confirmBatch, countStations } from '../../src/store/batch-confirmations.ts';
import { countBatchRows } from '../../src/store/batch-ledger.ts';
import { decidedBatches, depositRows, findBatch, recentBatches, registerBatch } from '../../src/store/batches.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { closeBox, countBatches, listInvalidBallots, listLedger, withdrawBatch } from '../../src/store/ledger.ts';
import { readBallots } from '../../src/store/tally.ts';
import { stateClosed } from '../support/closing.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

let databases: TestDatabases;
let worker: Pool;
let elections: Pool;
beforeAll(async () => {
  databases = await createDatabases(['box']);
  const open = (role: string): Pool => openPool(databases.url('box', role), { name: 'test', connectionsMax: 8 });
  worker = open('popvote_worker');
  elections = open('popvote_elections');
}, 60_000);
afterAll(async () => {
  await Promise.all([worker.end(), elections.end()]);
  await databases[Symbol.asyncDispose]();
});

const newElection = (): string => `e-${randomUUID()}`;
const guidsOf = (count: number): string[] => Array.from({ length: count }, () => randomUUID());
const sender = randomUUID();
const second = randomUUID();
const third = randomUUID();
const valid = { cells: '1', ballot: '{"contests":[1]}', contestId: null } as const;
const badNumber = { cells: '9', ballot: null, contestId: 'c' } as const;
type File = {
  readonly batchId: string;
  readonly electionId: string;
  readonly guids: readonly string[];
  readonly official: string;
};

const register = ({ batchId, electionId, guids, official }: File, again = 0, station: string | null = 'hall') =>
  registerBatch(worker, {
    batchId,
    again,
    electionId,
    rows: guids.length,
    official,
    acceptedAt: new Date().toISOString(),
    manifest: '{}',
    station,
    needsConfirmation: true,
  });
const noRows: readonly number[] = [];
/** Stores the rows from `first` to `last`; rows at the places in `bad` (from 1) have an invalid number. */
async function deposit(
  { batchId, electionId, guids }: File,
  { first = 1, last = guids.length, bad = noRows, everywhere = false } = {},
) {
  const ids = guids.slice(first - 1, last);
  const which = ids.map((_, index) => (bad.includes(first + index) ? 2 : 1));
  const trackers = ids.map((guid) => createHash('sha256').update(paperTrackerText(electionId, guid)).digest());
  const kinds = [valid, badNumber].slice(0, Math.min(2, ids.length));
  const part = { batchId, firstRow: first, guids: ids, trackers, kinds, which };
  return depositRows(worker, part, { idsEverywhere: everywhere });
}
async function upload(
  electionId: string,
  guids: readonly string[],
  { official = sender, station = 'hall', ...options }: UploadOptions = {},
): Promise<File> {
  const file = { electionId, guids, official, batchId: createHash('sha256').update(randomUUID()).digest('base64url') };
  expect(await register(file, 0, station)).toBe('registered');
  await deposit(file, options);
  return file;
}
type UploadOptions = { readonly official?: string; readonly station?: string | null } & Parameters<typeof deposit>[1];
const confirm = (file: File, { by = second, ballots = file.guids.length } = {}) =>
  confirmBatch(elections, { electionId: file.electionId, batchId: file.batchId, official: by, ballots });
const withdraw = ({ electionId, batchId }: File, official: string | null = null) =>
  withdrawBatch(elections, { electionId, batchId, official, reason: 'The wrong file.', by: 'somebody' });
async function close(electionId: string): ReturnType<typeof closeBox> {
  await stateClosed(databases, electionId, 0);
  return closeBox(elections, electionId, 0);
}
async function ballotsIn(electionId: string): Promise<number> {
  const text = 'select count(*)::int as n from pv.ballot where election_id = $1';
  const [row] = await databases.query<{ n: number }>('box', text, [electionId]);
  return row?.n ?? 0;
}

describe('A batch before its confirmation', () => {
  test('Nothing of it is in the box, the turnout has none of it, and the box stays open', async () => {
    const electionId = newElection();
    const file = await upload(electionId, guidsOf(3), { bad: [2] });
    expect(await ballotsIn(electionId)).toBe(0);
    expect(await findBatch(worker, file.batchId)).toMatchObject({
      checked: 3,
      valid: 0,
      invalidNumbers: 0,
      station: 'hall',
    });
    expect(await countBatchRows(elections, electionId)).toMatchObject({ files: 0, received: 0, checked: 0 });
    expect(await listInvalidBallots(elections, electionId, { batch: 0, row: 0 }, 9)).toEqual([]);
    expect(await close(electionId)).toEqual([{ kind: 'confirmation', batchId: file.batchId, expected: 3, present: 3 }]);
    const insert = 'insert into pv.closed_box (election_id) values ($1)';
    await expect(databases.query('box', insert, [electionId])).rejects.toThrow(/waits for its confirmation/);
    const [waiting] = await listLedger(elections, electionId, { after: 0, limit: 9, waiting: true });
    expect(waiting).toMatchObject({ batchId: file.batchId, needsConfirmation: true, confirmedBy: null });
    // A worker that repeats a part adds nothing.
    expect(await deposit(file)).toMatchObject({ deposited: false, checked: 3 });
    expect((await recentBatches(worker, { newest: 0, after: 0, limit: 200 })).map(({ batchId }) => batchId)).toContain(
      file.batchId,
    );
  });

  test('The sender, a wrong number and missing rows do not confirm it', async () => {
    const electionId = newElection();
    const file = await upload(electionId, guidsOf(4), { last: 3 });
    expect(await confirm(file, { by: sender })).toEqual({ outcome: 'own' });
    expect(await confirm(file, { ballots: 3 })).toEqual({ outcome: 'differs' });
    expect(await confirm(file)).toEqual({ outcome: 'incomplete' });
    await deposit(file, { first: 4 });
    expect(await confirm(file)).toEqual({ outcome: 'confirmed' });
    expect(await confirm({ ...file, batchId: 'none' })).toEqual({ outcome: 'not-found' });
    const old = newElection();
    const plain = { ...file, electionId: old, batchId: createHash('sha256').update(old).digest('base64url') };
    const acceptedAt = new Date().toISOString();
    await registerBatch(worker, { ...plain, rows: 4, acceptedAt, manifest: '{}' });
    expect(await confirm(plain)).toEqual({ outcome: 'not-needed' });
  });

  test('The keys of the table allow no confirmation by the sender or of another number', async () => {
    const electionId = newElection();
    const file = await upload(electionId, guidsOf(2));
    const insert = (by: string, ballots: number) =>
      databases.query(
        'box',
        `insert into pv.confirmation (batch_no, official, ballots, confirmed_by)
         select batch_no, official, $2::integer, $3::uuid from pv.batch where batch_id = $1`,
        [file.batchId, ballots, by],
      );
    await expect(insert(sender, 2)).rejects.toThrow(/check constraint/);
    await expect(insert(second, 3)).rejects.toThrow(/foreign key/);
  });
});

describe('A confirmed batch', () => {
  test('Its rows are in the box once, with outcomes that add up, by station', async () => {
    const electionId = newElection();
    const [a = '', b = '', c = ''] = guidsOf(3);
    // A valid row, an invalid number, a ballot that was entered twice, and another valid row, in two parts.
    const file = await upload(electionId, [a, b, a, c], { last: 2, bad: [2] });
    await deposit(file, { first: 3 });
    const other = await upload(electionId, guidsOf(2), { official: second, station: 'school' });
    expect(await confirm(file)).toEqual({ outcome: 'confirmed' });
    expect(await confirm(file, { by: third })).toEqual({ outcome: 'already' });
    expect(await confirm(other, { by: sender })).toEqual({ outcome: 'confirmed' });
    expect(await findBatch(worker, file.batchId)).toMatchObject({
      checked: 4,
      valid: 2,
      duplicates: 1,
      invalidNumbers: 1,
      withdrawn: 0,
      confirmedBy: second,
    });
    expect((await decidedBatches(worker, 200)).map(({ batchId }) => batchId)).toContain(file.batchId);
    // A late part of it changes nothing.
    expect(await deposit(file)).toMatchObject({ deposited: false, checked: 4 });
    expect(await close(electionId)).toEqual([]);
    const sums = { received: 6, valid: 4, duplicates: 1, invalidNumbers: 1, withdrawn: 0, missing: 0 };
    expect(await countBatches(elections, electionId)).toMatchObject({ files: 2, ...sums });
    const stations = await countStations(elections, electionId);
    expect(stations.map(({ station, received, valid: rows }) => [station, received, rows]).sort()).toEqual([
      ['hall', 4, 2],
      ['school', 2, 2],
    ]);
    const kinds: unknown[] = [];
    await readBallots(elections, electionId, ({ station, copies }) => kinds.push([station, copies]));
    expect(kinds).toHaveLength(2);
    expect(kinds).toEqual(
      expect.arrayContaining([
        ['hall', 2],
        ['school', 2],
      ]),
    );
  });

  test('Its sender cannot withdraw it alone, and a withdrawal by an administrator frees its ballots', async () => {
    const electionId = newElection();
    const file = await upload(electionId, guidsOf(2));
    await confirm(file);
    expect(await withdraw(file, sender)).toEqual({ outcome: 'confirmed' });
    expect(await withdraw(file)).toEqual({ outcome: 'withdrawn' });
    expect(await confirm(file)).toEqual({ outcome: 'withdrawn' });
    expect(await register(file, 1)).toBe('registered');
    await deposit(file);
    expect(await close(electionId)).toMatchObject([{ kind: 'confirmation' }]);
    expect(await confirm(file)).toEqual({ outcome: 'confirmed' });
    expect(await ballotsIn(electionId)).toBe(2);
    expect(await countBatches(elections, electionId)).toMatchObject({ received: 4, valid: 2, withdrawn: 2 });
  });
});

describe('Two batches with the same ballot', () => {
  test('Neither is confirmed while both are there, in whatever order they came', async () => {
    const electionId = newElection();
    const shared = randomUUID();
    const first = await upload(electionId, [shared, ...guidsOf(1)], { official: third });
    const station = await upload(electionId, [...guidsOf(2), shared]);
    const conflictWith = ({ batchId }: File) => ({ outcome: 'conflict', others: [{ batchId, rows: 1 }] });
    expect(await confirm(station)).toEqual(conflictWith(first));
    expect(await confirm(first)).toEqual(conflictWith(station));
    expect(await withdraw(first, third)).toEqual({ outcome: 'withdrawn' });
    expect(await confirm(station)).toEqual({ outcome: 'confirmed' });
    // Another one that comes later does not enter either, and keeps the box open until people decide.
    const later = await upload(electionId, [shared], { official: third });
    expect(await confirm(later)).toEqual(conflictWith(station));
    expect(await close(electionId)).toMatchObject([{ kind: 'confirmation', batchId: later.batchId }]);
    expect(await withdraw(later)).toEqual({ outcome: 'withdrawn' });
    expect(await close(electionId)).toEqual([]);
    expect(await countBatches(elections, electionId)).toMatchObject({ received: 6, valid: 3, withdrawn: 3 });
    const invalid = await listInvalidBallots(elections, electionId, { batch: 0, row: 0 }, 9);
    expect(invalid.map(({ reason, ballot }) => [reason, ballot])).toEqual(
      Array.from({ length: 3 }, () => ['Withdrawn batch.', valid.ballot]),
    );
  });

  test('Two confirmations at once leave each ballot in the box once', async () => {
    const electionId = newElection();
    const files = await Promise.all(Array.from({ length: 4 }, () => upload(electionId, guidsOf(50))));
    const outcomes = await Promise.all(files.flatMap((file) => [confirm(file), confirm(file, { by: third })]));
    expect(outcomes.filter(({ outcome }) => outcome === 'confirmed')).toHaveLength(4);
    expect(await ballotsIn(electionId)).toBe(200);
  });

  test('A ballot of another election is a duplicate where ids are used once everywhere', async () => {
    const one = newElection();
    const two = newElection();
    const shared = randomUUID();
    const first = await upload(one, [shared], { everywhere: true });
    const next = await upload(two, [shared, ...guidsOf(1)], { everywhere: true });
    expect(await confirm(first)).toEqual({ outcome: 'confirmed' });
    expect(await confirm(next)).toEqual({ outcome: 'confirmed' });
    expect(await findBatch(worker, next.batchId)).toMatchObject({ checked: 2, valid: 1, duplicates: 1 });
  });
});

describe('Rows that wait for a confirmation', () => {
  test('No one removes or changes them, not even the owner', async () => {
    const electionId = newElection();
    await upload(electionId, guidsOf(2));
    for (const statement of [
      'delete from pv.waiting_part',
      'delete from pv.waiting_id',
      'update pv.waiting_part set everywhere = true',
      'update pv.waiting_id set batch_no = 1',
      'truncate pv.waiting_part',
      'truncate pv.waiting_id',
      'delete from pv.confirmation',
      'update pv.confirmation set confirmed_at = now()',
      'truncate pv.confirmation',
    ]) {
      await expect(databases.query('box', statement), statement).rejects.toThrow(/never/);
    }
  });
});
