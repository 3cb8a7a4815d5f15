// The entries of ballots and their places in the public log, as the roles of `log` and `elections` may change and read
// them.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readFinalLog, releaseOpenings } from '../../src/store/record/log-admission.ts';
import { entryOpenings, placeEntries, placedEntries } from '../../src/store/record/logs.ts';
import { castTagOf, createLoggedBox, loggedBallots } from '../support/public-log/logged-box.ts';
import type { LoggedBallot, LoggedBox, LoggedElection } from '../support/public-log/logged-box.ts';

const limit = 10_000;

let box: LoggedBox;
let election: LoggedElection;
beforeAll(async () => {
  box = await createLoggedBox();
});
afterAll(() => box[Symbol.asyncDispose]());
beforeEach(() => {
  election = box.election();
});

const place = async (): Promise<number> => placeEntries(box.log, (await election.stored()).number, limit);
const placed = async (): Promise<Buffer[]> => placedEntries(box.log, (await election.stored()).number, 0, limit);

describe('A log', () => {
  test('The manifest can be replaced until the first entry is added', async () => {
    const [amended, late] = [20, 30].map((minBatch) => box.election({ minBatch }, election.electionId));
    if (!amended || !late) throw new Error('two manifests are needed');
    expect(await election.open()).toBe('opened');
    expect(await election.open()).toBe('known');
    expect(await amended.open()).toBe('amended');
    await election.deposit(loggedBallots(1));
    expect(await amended.open()).toBe('known');
    expect(await late.open()).toBe('frozen');
    expect((await election.stored()).manifest).toBe(amended.manifest);
  });

  test('Before the intake is closed, places are given in whole multiples of K', async () => {
    await election.open();
    await election.deposit(loggedBallots(9));
    expect(await place()).toBe(0);
    await election.deposit(loggedBallots(18));
    expect(await place()).toBe(20);
    expect(await election.stored()).toMatchObject({ size: 20, waiting: true, ended: false });
    await election.closeIntake();
    expect(await place()).toBe(7);
    expect(await election.stored()).toMatchObject({ size: 27, waiting: false, ended: true, closed: false });
  });

  test('A limit under K is refused, because fewer than K could get places', async () => {
    await election.open();
    await election.deposit(loggedBallots(20));
    await expect(placeEntries(box.log, (await election.stored()).number, 9)).rejects.toMatchObject({ code: '22023' });
    expect(await placeEntries(box.log, (await election.stored()).number, 19)).toBe(10);
  });

  test('Places follow the order of the cast tags, and entries are read as they were signed', async () => {
    await election.open();
    const all = loggedBallots(30);
    await election.deposit(all);
    expect(await place()).toBe(30);
    const sorted = [...all].sort((a, b) => (castTagOf(a) < castTagOf(b) ? -1 : 1));
    expect(await placed()).toEqual(sorted.map(({ entry }) => entry));
  });

  test('Ballots on paper get their places when the box is closed', async () => {
    await election.open();
    await election.deposit([...loggedBallots(10), ...loggedBallots(5, 'batch')]);
    expect(await place()).toBe(10);
    await election.closeIntake();
    expect(await place()).toBe(0);
    await election.closeBox();
    expect(await place()).toBe(5);
    expect((await placed()).map((entry) => entry[2])).toEqual([
      ...Array<number>(10).fill(1),
      ...Array<number>(5).fill(2),
    ]);
  });

  test('The same entries again add nothing, and others under the same names are refused', async () => {
    await election.open();
    const [first, second] = loggedBallots(2);
    if (!first || !second) throw new Error('two ballots are needed');
    expect(await election.deposit([first])).toBe(1);
    expect(await election.deposit([first, second])).toBe(1);
    const sameTracker = { tracker: first.tracker, entry: second.entry };
    const sameTag = { tracker: randomBytes(32), entry: first.entry };
    for (const other of [sameTracker, sameTag])
      await expect(election.deposit([other])).rejects.toMatchObject({ code: 'PV003' });
    await place();
    expect(await election.deposit([first])).toBe(0);
    expect((await election.stored()).waiting).toBe(true);
  });

  test('Without a log, with another length, or in a closed box an entry is refused', async () => {
    await expect(election.deposit(loggedBallots(1))).rejects.toMatchObject({ code: '22023' });
    await election.open();
    const [ballot] = loggedBallots(1);
    if (!ballot) throw new Error('a ballot is needed');
    for (const entry of [ballot.entry.subarray(1), Buffer.concat([ballot.entry, Buffer.alloc(1)])])
      await expect(election.deposit([{ ...ballot, entry }])).rejects.toMatchObject({ code: '22023' });
    await election.closeBox();
    await expect(election.deposit(loggedBallots(1))).rejects.toMatchObject({ code: 'PV005' });
  });

  test('Entries of a withdrawn batch go with its ballots', async () => {
    await election.open();
    const [counted, ...others] = loggedBallots(3, 'batch');
    if (!counted) throw new Error('a ballot is needed');
    await election.deposit([counted, ...others]);
    await withdraw(others);
    await election.closeBox();
    expect(await place()).toBe(1);
    expect(await placed()).toEqual([counted.entry]);
  });

  test('An entry with a place cannot be withdrawn', async () => {
    await election.open();
    const all = loggedBallots(1, 'batch');
    await election.deposit(all);
    await election.closeBox();
    await place();
    await expect(withdraw(all)).rejects.toMatchObject({ code: '42501' });
  });
});

/** Withdraws ballots as `pv.withdraw_batch` does: recorded and deleted in one transaction. */
const withdraw = (all: readonly LoggedBallot[]): Promise<unknown> =>
  box.databases.query(
    'box',
    `do $do$ declare v_no integer; begin
       insert into pv.batch_election (election_id) values ('${election.electionId}') on conflict do nothing;
       insert into pv.batch (batch_id, election_no, row_count, official, accepted_at, manifest)
       select '${randomBytes(32).toString('base64url')}', election_no, ${all.length}, gen_random_uuid(), now(), '{}'
       from pv.batch_election where election_id = '${election.electionId}' returning batch_no into v_no;
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
    return (
      (await readFinalLog(box.elections, election.electionId, (page) => Promise.resolve(void entries.push(...page)))) &&
      entries
    );
  };

  test('It is read by elections when the box is closed and every entry has a place', async () => {
    await election.open();
    await election.deposit(loggedBallots(12));
    await place();
    await expect(readAll()).rejects.toMatchObject({ code: 'PV006' });
    await election.closeIntake();
    await election.closeBox();
    expect(await readAll()).toBe(false);
    expect(await place()).toBe(2);
    expect(await readAll()).toEqual(await placed());
  });

  test('The contents are shown after the release: of paper, and of online ballots where it was announced', async () => {
    for (const [disclosure, count] of [
      ['none', 5],
      ['ballots', 15],
    ] as const) {
      election = box.election({ disclosure });
      await election.open();
      await election.deposit([...loggedBallots(10), ...loggedBallots(5, 'batch')]);
      const { number } = await election.stored();
      await expect(releaseOpenings(box.elections, election.electionId)).rejects.toMatchObject({ code: 'PV006' });
      await election.closeBox();
      await place();
      await expect(entryOpenings(box.log, number, 0, limit)).rejects.toMatchObject({ code: 'PV006' });
      await releaseOpenings(box.elections, election.electionId);
      await releaseOpenings(box.elections, election.electionId);
      expect((await election.stored()).released).toBe(true);
      const openings = await entryOpenings(box.log, number, 0, limit);
      expect(openings).toHaveLength(count);
      expect(openings[0]).toMatchObject({ ballot: '{}' });
      expect(await entryOpenings(box.log, number, (openings[0]?.place ?? 0) + 1, 2)).toEqual(openings.slice(1, 3));
    }
  });
});
