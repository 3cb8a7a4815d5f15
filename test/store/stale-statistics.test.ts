// The statements of the public log where the tables were analyzed while they were small, and a rush came before the next time:
// the planner then takes the new rows for a few. A plan that compares every row with every other exceeds the limit of a statement.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statementMsMax } from '../../src/store/database.ts';
import { onlineOpenings, readAllEntries, readFinalLog, releaseOpenings } from '../../src/store/record/log-admission.ts';
import { entryOpenings, placeEntries, placedEntries } from '../../src/store/record/logs.ts';
import { createLoggedBox, loggedBallots } from '../support/public-log/logged-box.ts';
import type { LoggedBox, LoggedElection } from '../support/public-log/logged-box.ts';

const small = 30;
/** Compared with each other, so many rows take about half a minute: three times the limit. */
const many = 10_000;
const tables = ['pv.ballot', 'pv.entry', 'pv.unlogged', 'pv.leaf'];

let box: LoggedBox;
let election: LoggedElection;
beforeAll(async () => {
  box = await createLoggedBox();
  for (const table of tables) await box.databases.query('box', `alter table ${table} set (autovacuum_enabled = false)`);
});
afterAll(() => box[Symbol.asyncDispose]());

const place = async (): Promise<number> => placeEntries(box.log, (await election.stored()).number, many);
const analyze = (): Promise<unknown> => box.databases.query('box', `analyze ${tables.join(', ')}`);

describe('Tables that were analyzed before a rush', () => {
  beforeEach(async () => {
    expect(statementMsMax).toBe(10_000);
    await box.databases.query(
      'box',
      `set session_replication_role = replica; truncate pv.log, ${tables.join(', ')} cascade`,
    );
    election = box.election({ disclosure: 'ballots' });
    await election.open();
    await election.deposit(loggedBallots(small));
    await election.closeIntake();
  });

  test.each([
    ['with the first ballots waiting', false],
    ['with the first ballots placed', true],
  ])('Ten thousand entries get places and are read in time, %s', async (_, placedFirst) => {
    if (placedFirst) expect(await place()).toBe(small);
    await analyze();
    await election.deposit(loggedBallots(many - small));
    expect(await place()).toBe(placedFirst ? many - small : many);
    const { number } = await election.stored();
    expect(await placedEntries(box.log, number, 0, many)).toHaveLength(many);
    expect(await placedEntries(box.log, number, small, many)).toHaveLength(many - small);
  });

  test('Places are given in time where the tables were analyzed with another election only', async () => {
    expect(await place()).toBe(small);
    await election.deposit(loggedBallots(2_000));
    expect(await place()).toBe(2_000);
    await analyze();
    election = box.election();
    await election.open();
    await election.closeIntake();
    for (const count of [5_000, many]) {
      await election.deposit(loggedBallots(count));
      expect(await place()).toBe(count);
    }
    const { number } = await election.stored();
    expect(await placedEntries(box.log, number, 0, 2 * many)).toHaveLength(5_000 + many);
  });

  test('A closed log of ten thousand is read whole, and its contents, in time', async () => {
    await place();
    await analyze();
    election = box.election({ disclosure: 'ballots' });
    await election.open();
    await election.deposit(loggedBallots(many));
    await election.closeIntake();
    await place();
    await election.closeBox();
    await releaseOpenings(box.elections, election.electionId);
    const { number, electionId } = await election.stored();
    let final = 0;
    const count = (page: readonly unknown[]): Promise<void> => Promise.resolve(void (final += page.length));
    expect(await readFinalLog(box.elections, electionId, count)).toBe(true);
    expect(final).toBe(many);
    await readAllEntries(box.elections, electionId, count);
    expect(final).toBe(2 * many);
    expect(await entryOpenings(box.log, number, 0, many)).toHaveLength(many);
    expect(await onlineOpenings(box.elections, electionId, 0, many)).toHaveLength(many);
  });
});
