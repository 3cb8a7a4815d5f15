// Attackers: a superuser of the database box, who turns the triggers off, and the mixer. They want to change what a recorded
// ballot says, to remove it with its entry, or to add one. Each is refused when the box is closed, and what the superuser does
// also at a recount after the count.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Problem } from '../../src/protocol/problem.ts';
import { closeElection, layingBallots, openElection } from '../support/services/counted-election.ts';
import type { Ballots } from '../support/services/counted-election.ts';
import { codeOf, startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';

let elections: Elections;
let ballots: Ballots;
/** Ballots that the mixer makes itself: their entries are signed with a key that no service has. */
let strangers: Ballots;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  strangers = layingBallots({ databases: elections.databases });
});
afterAll(async () => {
  await strangers[Symbol.asyncDispose]();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const contests = ['contest-1'];
const votes = [
  { choices: [['option-1']], count: 3 },
  { choices: [['option-2']], count: 2 },
];
const paper = [{ choices: [['option-1']] }, { choices: null }];

const withoutTriggers = (statement: string): Promise<unknown> =>
  elections.databases.query('box', `begin; set local session_replication_role = replica; ${statement}; commit`);
const oneOf = (table: string, election: string, channel: string): string =>
  `tracker = (select b.tracker from pv.${table} b where b.election_id = '${election}' and b.channel = '${channel}' limit 1)`;

const alterations: readonly (readonly [string, (election: string) => string])[] = [
  [
    'changes an online ballot',
    (id) =>
      `update pv.ballot set ballot = replace(ballot, 'option-', 'option-3') where ${oneOf('ballot', id, 'online')}`,
  ],
  [
    'exchanges two online ballots',
    (
      id,
    ) => `update pv.ballot set ballot = case when ballot like '%option-1%' then replace(ballot, 'option-1', 'option-2')
      else replace(ballot, 'option-2', 'option-1') end where election_id = '${id}' and channel = 'online'`,
  ],
  [
    'changes a ballot on paper',
    (id) =>
      `update pv.ballot set ballot = replace(ballot, 'option-1', 'option-2') where ${oneOf('ballot', id, 'batch')}`,
  ],
  ['removes an entry', (id) => `delete from pv.entry where ${oneOf('ballot', id, 'online')}`],
  [
    'puts another entry in its place',
    (id) => `update pv.entry set content = sha256(content) where ${oneOf('ballot', id, 'online')}`,
  ],
];

async function opened(): Promise<string> {
  const id = await openElection(elections);
  await ballots.cast(id, contests, votes);
  await ballots.batch(id, contests, paper.length, paper);
  return id;
}
const count = (id: string) => elections.call('POST', `/v1/elections/${id}/count`);
const alarms = async (): Promise<number> =>
  Number(/popvote_elections_count_alarms_total\S* (\d+)/.exec(await elections.metrics.metrics())?.[1] ?? 0);

test.each(alterations)('A box whose administrator %s is not closed, with an alarm', async (_what, statement) => {
  const id = await opened();
  await withoutTriggers(statement(id));
  await closeElection(elections, id);
  const before = await alarms();
  const answer = await count(id);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
  expect(await alarms()).toBe(before + 1);
  const closed = await elections.databases.query('box', 'select from pv.closed_box where election_id = $1', [id]);
  expect(closed).toEqual([]);
});

test.each(alterations)(
  'A recount finds that an administrator of the box %s after the count',
  async (_what, statement) => {
    const id = await opened();
    await closeElection(elections, id);
    expect((await count(id)).status, elections.log().slice(-2_000)).toBe(200);
    expect(await elections.logic.recount(id)).toMatchObject({ same: true });
    await withoutTriggers(statement(id));
    await expect(elections.logic.recount(id)).rejects.toThrow(Problem);
  },
);

/** Alterations after which ballots and entries still fit each other: only the signatures do not. */
const fitting = (id: string, channel: 'online' | 'batch'): string => `
  update pv.ballot set ballot = replace(ballot, 'option-1', 'option-2')
  where election_id = '${id}' and channel = '${channel}' and ballot like '%option-1%';
  update pv.entry e set content = sha256(convert_to('popvote/commitment/v2', 'UTF8') || '\\x00'::bytea || l.manifest_hash
    || b.tracker || sha256(convert_to(b.ballot, 'UTF8')))
  from pv.ballot b, pv.log l where b.tracker = e.tracker and l.election_id = b.election_id and b.election_id = '${id}'`;
const exchanged = (id: string): string => `
  with gone as (delete from pv.ballot where ${oneOf('ballot', id, 'online')} returning *),
    added as (insert into pv.ballot select sha256(tracker), election_id, channel, ballot from gone returning *)
  update pv.entry e set tracker = a.tracker, cast_tag = sha256(e.cast_tag), content = sha256(convert_to(
    'popvote/commitment/v2', 'UTF8') || '\\x00'::bytea || l.manifest_hash || a.tracker || sha256(convert_to(a.ballot, 'UTF8')))
  from gone g, added a, pv.log l where e.tracker = g.tracker and l.election_id = g.election_id;
  delete from pv.unlogged u using pv.log l where u.election_no = l.election_no and l.election_id = '${id}';
  delete from pv.leaf f using pv.log l where f.election_no = l.election_no and l.election_id = '${id}';
  insert into pv.unlogged (election_no, channel, cast_tag)
  select e.election_no, e.channel, e.cast_tag from pv.entry e join pv.log l using (election_no) where l.election_id = '${id}'`;
const unsigned: readonly (readonly [string, (election: string) => string])[] = [
  ['changes online ballots with their entries', (id) => fitting(id, 'online')],
  ['changes ballots on paper with their entries', (id) => fitting(id, 'batch')],
  ['exchanges a ballot and its entry for another', exchanged],
];

test.each(unsigned)('A box whose administrator %s gives no result, with an alarm', async (_what, statement) => {
  const id = await opened();
  await withoutTriggers(statement(id));
  await closeElection(elections, id);
  const before = await alarms();
  const answer = await count(id);
  expect([answer.status, codeOf(answer)], elections.log().slice(-2_000)).toEqual([409, 'conflict']);
  expect(await alarms()).toBe(before + 1);
  const stored = await elections.databases.query(
    'elections',
    `select closing, exists (select from pv.result r where r.election_id = e.election_id) as counted
     from pv.election e where e.election_id = $1`,
    [id],
  );
  expect(stored).toEqual([{ closing: null, counted: false }]);
});

test.each(unsigned)('A recount finds that an administrator of the box %s later', async (_what, statement) => {
  const id = await opened();
  await closeElection(elections, id);
  expect((await count(id)).status).toBe(200);
  await withoutTriggers(statement(id));
  await expect(elections.logic.recount(id)).rejects.toThrow(Problem);
});

test('A box into which the mixer put a ballot of its own gives no result, with an alarm', async () => {
  const id = await opened();
  await ballots.participate(id, 1);
  await strangers.deposit(id, contests, [{ choices: [['option-1']], count: 1 }]);
  await closeElection(elections, id);
  const before = await alarms();
  const answer = await count(id);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
  expect(await alarms()).toBe(before + 1);
});
