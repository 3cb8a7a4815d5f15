// Ballots under one cast tag: whatever batches they come in, and however often a batch is sent again, one of them is in the
// box, and each other one is counted once.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TrackerConflict, countBox } from '../../src/store/box.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { missingInBox } from '../../src/store/ledger.ts';
import { countRepeated, depositLogged } from '../../src/store/record/deposits.ts';
import type { LoggedBallot } from '../../src/store/record/deposits.ts';
import { readRepeated } from '../../src/store/record/repeated-ballots.ts';
import { createLoggedBox, loggedBallots } from '../support/public-log/logged-box.ts';
import type { LoggedBox, LoggedElection } from '../support/public-log/logged-box.ts';

let box: LoggedBox;
let mixer: Pool;
beforeAll(async () => {
  box = await createLoggedBox();
  mixer = openPool(box.databases.url('box', 'popvote_mixer'), { name: 'test-mixer', connectionsMax: 1 });
});
afterAll(async () => {
  await mixer.end();
  await box[Symbol.asyncDispose]();
});

const openedLog = async (): Promise<LoggedElection> => {
  const election = box.election();
  await election.open();
  return election;
};
/** A ballot under the cast tag with this number. */
function ballotUnder(tags: readonly Buffer[], tag: number, text = '{}'): LoggedBallot {
  const [{ entry } = expect.fail('no ballot')] = loggedBallots(1);
  return {
    tracker: randomBytes(32),
    text,
    entry: Buffer.concat([entry.subarray(0, 3), tags[tag]!, entry.subarray(35)]),
  };
}
const newTags = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(32));
const counted = async ({ electionId }: LoggedElection): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await countBox(mixer))
      .filter((each) => each.electionId === electionId)
      .map((each) => [each.channel, each.ballots]),
  );
const tagsInBox = async ({ electionId }: LoggedElection): Promise<string[]> => {
  const rows = await box.databases.query<{ tag: string }>(
    'box',
    `select encode(e.cast_tag, 'hex') as tag from pv.entry e join pv.log l using (election_no)
     join pv.ballot b using (tracker) where l.election_id = $1`,
    [electionId],
  );
  return rows.map(({ tag }) => tag);
};

test('Ballots and repeated ones are together the voters, in whatever batches they come', async () => {
  const batches = fc.array(
    fc.record({ tags: fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }), times: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(batches, async (parts) => {
      const election = await openedLog();
      const tags = newTags(5);
      for (const { tags: numbers, times } of parts) {
        const ballots = numbers.map((tag) => ballotUnder(tags, tag));
        for (let time = 0; time < times; time += 1) {
          const fresh = await depositLogged(mixer, election.electionId, ballots);
          expect(fresh).toBe(time === 0 ? ballots.length : 0);
        }
      }
      const numbers = parts.flatMap((batch) => batch.tags);
      const inBox = await tagsInBox(election);
      const used = [...new Set(numbers)].map((tag) => tags[tag]!.toString('hex'));
      expect(inBox.sort()).toEqual(used.sort());
      const repeated = numbers.length - used.length;
      expect(await counted(election)).toEqual({ online: used.length, ...(repeated > 0 && { repeated }) });
      expect(await countRepeated(box.elections, election.electionId)).toBe(repeated);
    }),
    { numRuns: 40 },
  );
});

test('The first ballot stays, whatever the second one says', async () => {
  const election = await openedLog();
  const tags = newTags(1);
  const first = ballotUnder(tags, 0, '{"contests":[]}');
  await depositLogged(mixer, election.electionId, [first]);
  await depositLogged(mixer, election.electionId, [
    ballotUnder(tags, 0, '{"contests":[1]}'),
    ballotUnder(tags, 0, first.text),
  ]);
  const rows = await box.databases.query('box', 'select tracker, ballot from pv.ballot where election_id = $1', [
    election.electionId,
  ]);
  expect(rows).toEqual([{ tracker: first.tracker, ballot: first.text }]);
});

test('Two ballots with one tracker are a conflict, also where one of them is repeated', async () => {
  const election = await openedLog();
  const tags = newTags(2);
  const first = ballotUnder(tags, 0);
  const repeated = ballotUnder(tags, 0);
  const otherEntry = ballotUnder(tags, 0).entry;
  await depositLogged(mixer, election.electionId, [first]);
  await depositLogged(mixer, election.electionId, [repeated]);
  const other = { ...ballotUnder(tags, 1), tracker: first.tracker };
  await depositLogged(mixer, election.electionId, [ballotUnder(tags, 1)]);
  const conflicts = [
    [other],
    [repeated, { ...repeated, text: '{"contests":[]}' }],
    [{ ...repeated, entry: otherEntry }],
  ];
  for (const batch of conflicts) {
    await expect(depositLogged(mixer, election.electionId, batch)).rejects.toBeInstanceOf(TrackerConflict);
  }
  expect(await counted(election)).toEqual({ online: 2, repeated: 1 });
});

test('A box that lost a repeated ballot is not complete', async () => {
  const election = await openedLog();
  const tags = newTags(1);
  await depositLogged(mixer, election.electionId, [ballotUnder(tags, 0), ballotUnder(tags, 0)]);
  await box.databases.query('box', `insert into pv.intake_closing values ($1, 0, 2, '{}')`, [election.electionId]);
  const missing = () => missingInBox(box.elections, election.electionId, 2);
  expect(await missing()).toEqual([]);
  await expect(
    box.databases.query('box', 'delete from pv.repeated where election_id = $1', [election.electionId]),
  ).rejects.toMatchObject({ code: '42501' });
  await box.databases.query(
    'box',
    `set session_replication_role = replica; delete from pv.repeated; set session_replication_role = origin`,
  );
  expect(await missing()).toEqual([
    { kind: 'online', batchId: null, expected: 2, present: 1 },
    { kind: 'count', batchId: null, expected: 1, present: 0 },
  ]);
});

test('The entries of repeated ballots are kept, and read in their order when the box is closed', async () => {
  const election = await openedLog();
  const tags = newTags(3);
  const ballots = Array.from({ length: 9 }, (_, n) => ballotUnder(tags, n % 3));
  for (const batch of [ballots.slice(0, 4), ballots.slice(4), ballots]) {
    await depositLogged(mixer, election.electionId, batch);
  }
  const read = () => readRepeated(box.elections, election.electionId);
  await expect(read()).rejects.toMatchObject({ code: 'PV006' });
  await election.closeBox();
  expect(await tagsInBox(election)).toHaveLength(3);
  const inLog = await box.databases.query<{ entry: Buffer }>(
    'box',
    'select entry from pv.signed_entry e join pv.log l using (election_no) where l.election_id = $1',
    [election.electionId],
  );
  const others = ballots
    .map(({ entry }) => Buffer.from(entry))
    .filter((entry) => !inLog.some((other) => other.entry.equals(entry)));
  expect(await read()).toEqual({ count: 6, entries: others.sort(Buffer.compare) });
  expect(await readRepeated(box.log, election.electionId)).toEqual(await read());
  // As an earlier release deposited it.
  await box.databases.query('box', 'insert into pv.repeated (tracker, election_id) values ($1, $2)', [
    randomBytes(32),
    election.electionId,
  ]);
  expect(await read()).toEqual({ count: 7, entries: null });
});
