// The entries of ballots and their places in the public log, as the roles of `log` and `elections` may change and read
// them.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { openLog, readFinalLog, releaseOpenings } from '../../src/store/record/log-admission.ts';
import { entryOpenings, listLogs, placeEntries, placedEntries } from '../../src/store/record/logs.ts';
import type { StoredLog } from '../../src/store/record/logs.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

const limit = 10_000;
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const manifestOf = (minBatch: number, disclosure = 'none'): string =>
  JSON.stringify({ manifest: { minBatch, disclosure }, signature: 'test' });

let databases: TestDatabases;
let box: Pool;
let elections: Pool;
let electionId: string;
beforeAll(async () => {
  databases = await createDatabases(['box']);
  box = openPool(databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 2 });
  elections = openPool(databases.url('box', 'popvote_elections'), { name: 'test-elections', connectionsMax: 2 });
});
afterAll(async () => {
  await Promise.all([box.end(), elections.end()]);
  await databases[Symbol.asyncDispose]();
});
beforeEach(() => {
  electionId = `e-${randomBytes(6).toString('hex')}`;
});

const open = (manifest = manifestOf(10), origin = `test/log/${electionId}/m`): ReturnType<typeof openLog> =>
  openLog(elections, { electionId, origin, manifestHash: hash(manifest), manifest });

type Ballot = { readonly tracker: Buffer; readonly entry: Buffer };
const ballots = (count: number, channel: 'online' | 'batch' = 'online'): Ballot[] =>
  Array.from({ length: count }, () => ({
    tracker: randomBytes(32),
    entry: Buffer.concat([Buffer.from([2, 0, channel === 'online' ? 1 : 2]), randomBytes(128)]),
  }));
const castTag = ({ entry }: Ballot): string => entry.subarray(3, 35).toString('hex');

/** Puts ballots with their entries in the box, as a function that deposits ballots does. */
const deposit = async (all: readonly Ballot[]): Promise<number> => {
  const [row] = await databases.query<{ added: number }>(
    'box',
    `with placed as (
       insert into pv.ballot (tracker, election_id, channel, ballot)
       select tracker, $1, case get_byte(entry, 2) when 1 then 'online' else 'batch' end, '{}'
       from unnest($2::bytea[], $3::bytea[]) as i(tracker, entry) on conflict do nothing)
     select pv.add_entries($1, $2, $3) as added`,
    [electionId, all.map(({ tracker }) => tracker), all.map(({ entry }) => entry)],
  );
  return row?.added ?? 0;
};
const closeIntake = (): Promise<unknown> =>
  databases.query('box', `insert into pv.intake_closing values ($1, 0, 0, '{}')`, [electionId]);
const closeBox = (): Promise<unknown> => databases.query('box', 'insert into pv.closed_box values ($1)', [electionId]);
const stored = async (): Promise<StoredLog> => {
  const log = (await listLogs(box)).find((one) => one.electionId === electionId);
  if (!log) throw new Error('there is no log');
  return log;
};
const place = async (): Promise<number> => placeEntries(box, (await stored()).number, limit);
const placed = async (): Promise<Buffer[]> => placedEntries(box, (await stored()).number, 0, limit);

describe('A log', () => {
  test('The manifest can be replaced until the first entry is added', async () => {
    expect(await open()).toBe('opened');
    expect(await open()).toBe('known');
    expect(await open(manifestOf(20), `test/log/${electionId}/n`)).toBe('amended');
    await deposit(ballots(1));
    expect(await open(manifestOf(20), `test/log/${electionId}/n`)).toBe('known');
    expect(await open(manifestOf(30), `test/log/${electionId}/o`)).toBe('frozen');
    expect((await stored()).manifest).toBe(manifestOf(20));
  });

  test('Before the intake is closed, places are given in whole multiples of K', async () => {
    await open();
    await deposit(ballots(9));
    expect(await place()).toBe(0);
    await deposit(ballots(18));
    expect(await place()).toBe(20);
    expect(await stored()).toMatchObject({ size: 20, waiting: true, ended: false });
    await closeIntake();
    expect(await place()).toBe(7);
    expect(await stored()).toMatchObject({ size: 27, waiting: false, ended: true, closed: false });
  });

  test('A limit under K is refused, because fewer than K could get places', async () => {
    await open();
    await deposit(ballots(20));
    await expect(placeEntries(box, (await stored()).number, 9)).rejects.toMatchObject({ code: '22023' });
    expect(await placeEntries(box, (await stored()).number, 19)).toBe(10);
  });

  test('Places follow the order of the cast tags, and entries are read as they were signed', async () => {
    await open();
    const all = ballots(30);
    await deposit(all);
    expect(await place()).toBe(30);
    const sorted = [...all].sort((a, b) => (castTag(a) < castTag(b) ? -1 : 1));
    expect(await placed()).toEqual(sorted.map(({ entry }) => entry));
  });

  test('Ballots on paper get their places when the box is closed', async () => {
    await open();
    await deposit([...ballots(10), ...ballots(5, 'batch')]);
    expect(await place()).toBe(10);
    await closeIntake();
    expect(await place()).toBe(0);
    await closeBox();
    expect(await place()).toBe(5);
    expect((await placed()).map((entry) => entry[2])).toEqual([
      ...Array<number>(10).fill(1),
      ...Array<number>(5).fill(2),
    ]);
  });

  test('The same entries again add nothing, and others under the same names are refused', async () => {
    await open();
    const [first, second] = ballots(2);
    if (!first || !second) throw new Error('two ballots are needed');
    expect(await deposit([first])).toBe(1);
    expect(await deposit([first, second])).toBe(1);
    const sameTracker = { tracker: first.tracker, entry: second.entry };
    const sameTag = { tracker: randomBytes(32), entry: first.entry };
    for (const other of [sameTracker, sameTag]) await expect(deposit([other])).rejects.toMatchObject({ code: 'PV003' });
    await place();
    expect(await deposit([first])).toBe(0);
    expect((await stored()).waiting).toBe(true);
  });

  test('Without a log, with another length, or in a closed box an entry is refused', async () => {
    await expect(deposit(ballots(1))).rejects.toMatchObject({ code: '22023' });
    await open();
    const [ballot] = ballots(1);
    if (!ballot) throw new Error('a ballot is needed');
    for (const entry of [ballot.entry.subarray(1), Buffer.concat([ballot.entry, Buffer.alloc(1)])])
      await expect(deposit([{ ...ballot, entry }])).rejects.toMatchObject({ code: '22023' });
    await closeBox();
    await expect(deposit(ballots(1))).rejects.toMatchObject({ code: 'PV005' });
  });

  test('Entries of a withdrawn batch go with its ballots', async () => {
    await open();
    const [counted, ...others] = ballots(3, 'batch');
    if (!counted) throw new Error('a ballot is needed');
    await deposit([counted, ...others]);
    await withdraw(others);
    await closeBox();
    expect(await place()).toBe(1);
    expect(await placed()).toEqual([counted.entry]);
  });

  test('An entry with a place cannot be withdrawn', async () => {
    await open();
    const all = ballots(1, 'batch');
    await deposit(all);
    await closeBox();
    await place();
    await expect(withdraw(all)).rejects.toMatchObject({ code: '42501' });
  });
});

/** Withdraws ballots as `pv.withdraw_batch` does: recorded and deleted in one transaction. */
const withdraw = (all: readonly Ballot[]): Promise<unknown> =>
  databases.query(
    'box',
    `do $do$ declare v_no integer; begin
       insert into pv.batch_election (election_id) values ('${electionId}') on conflict do nothing;
       insert into pv.batch (batch_id, election_no, row_count, official, accepted_at, manifest)
       select '${randomBytes(32).toString('base64url')}', election_no, ${all.length}, gen_random_uuid(), now(), '{}'
       from pv.batch_election where election_id = '${electionId}' returning batch_no into v_no;
       insert into pv.withdrawal (batch_no, reason, withdrawn_by, checked, valid, duplicates, invalid_numbers)
       values (v_no, 'wrong file', 'test', ${all.length}, ${all.length}, 0, 0);
       insert into pv.withdrawn_row (batch_no, row_no, guid, tracker, ballot)
       select v_no, n, gen_random_uuid(), t, '{}'
       from unnest('{${all.map(({ tracker }) => String.raw`\\x` + tracker.toString('hex')).join(',')}}'::bytea[])
         with ordinality as i(t, n);
       delete from pv.ballot b using pv.withdrawn_row r where r.batch_no = v_no and r.tracker = b.tracker;
     end $do$`,
  );

describe('The complete log', () => {
  const readAll = async (): Promise<Buffer[] | false> => {
    const entries: Buffer[] = [];
    return (await readFinalLog(elections, electionId, (entry) => entries.push(entry))) && entries;
  };

  test('It is read by elections when the box is closed and every entry has a place', async () => {
    await open();
    await deposit(ballots(12));
    await place();
    await expect(readAll()).rejects.toMatchObject({ code: 'PV006' });
    await closeIntake();
    await closeBox();
    expect(await readAll()).toBe(false);
    expect(await place()).toBe(2);
    expect(await readAll()).toEqual(await placed());
  });

  test('The contents are shown after the release: of paper, and of online ballots where it was announced', async () => {
    for (const [disclosure, count] of [
      ['none', 5],
      ['ballots', 15],
    ] as const) {
      electionId = `e-${randomBytes(6).toString('hex')}`;
      await open(manifestOf(10, disclosure));
      await deposit([...ballots(10), ...ballots(5, 'batch')]);
      const { number } = await stored();
      await expect(releaseOpenings(elections, electionId)).rejects.toMatchObject({ code: 'PV006' });
      await closeBox();
      await place();
      await expect(entryOpenings(box, number, 0, limit)).rejects.toMatchObject({ code: 'PV006' });
      await releaseOpenings(elections, electionId);
      await releaseOpenings(elections, electionId);
      expect((await stored()).released).toBe(true);
      const openings = await entryOpenings(box, number, 0, limit);
      expect(openings).toHaveLength(count);
      expect(openings[0]).toMatchObject({ ballot: '{}' });
      expect(await entryOpenings(box, number, (openings[0]?.place ?? 0) + 1, 2)).toEqual(openings.slice(1, 3));
    }
  });
});
