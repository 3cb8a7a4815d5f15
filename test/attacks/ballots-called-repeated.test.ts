// Attacker: the mixer, or a superuser of the database box. Wants to leave out a ballot whose text it dislikes, and so records it
// as a repeated one: of a voter whose client used the ballot key of another. It has no key of entries.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { electionLogAt } from '../../src/domain/record/election-log.ts';
import { encodeEntry } from '../../src/domain/record/entry.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { signingKey } from '../../src/platform/keys/signatures.ts';
import { entryOfCast } from '../../src/services/ballots/entries.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { depositLogged, findLog } from '../../src/store/record/deposits.ts';
import type { LoggedBallot } from '../../src/store/record/deposits.ts';
import { closeElection, layingBallots, openElection } from '../support/services/counted-election.ts';
import type { Ballots } from '../support/services/counted-election.ts';
import { codeOf, startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';
import { storedPublication } from '../support/services/voting-election.ts';

let elections: Elections;
let ballots: Ballots;
let mixer: Pool;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  mixer = openPool(elections.databases.url('box', 'popvote_mixer'), { name: 'test-mixer', connectionsMax: 1 });
});
afterAll(async () => {
  await mixer.end();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

/** An election with five ballots, and a sixth voter whose ballot is on its way to the box. */
async function opened(): Promise<{ readonly id: string; readonly unwanted: LoggedBallot }> {
  const id = await openElection(elections);
  await ballots.cast(id, ['contest-1'], [{ choices: [['option-1']], count: 5 }]);
  await ballots.participate(id, 1);
  const log = electionLogAt(sha256, (await findLog(mixer, id))!.origin)!;
  const signer = signingKey(elections.access.keys.ballots.receipts);
  const ballot = { tracker: randomBytes(32), text: '{"contests":[{"choices":["option-2"],"contestId":"contest-1"}]}' };
  const ballotKey = randomBytes(32).toString('base64url');
  return { id, unwanted: { ...ballot, entry: encodeEntry(entryOfCast({ log, signer }, { ...ballot, ballotKey })) } };
}
async function entryInBox(id: string): Promise<Buffer> {
  const [row] = await elections.databases.query<{ entry: Buffer }>(
    'box',
    'select entry from pv.signed_entry join pv.log using (election_no) where election_id = $1 limit 1',
    [id],
  );
  return row!.entry;
}
const insertRepeated = (id: string, { tracker }: LoggedBallot, entry: Uint8Array | null): Promise<unknown> =>
  elections.databases.query('box', 'insert into pv.repeated (tracker, election_id, entry) values ($1, $2, $3)', [
    tracker,
    id,
    entry,
  ]);
const count = (id: string) => elections.call('POST', `/v1/elections/${id}/count`);
const alarms = async (): Promise<number> =>
  Number(/popvote_elections_count_alarms_total\S* (\d+)/.exec(await elections.metrics.metrics())?.[1] ?? 0);

type Act = (id: string, unwanted: LoggedBallot) => Promise<unknown>;
const acts: readonly (readonly [string, Act])[] = [
  [
    'by a mixer that puts its entry under the cast tag of another one',
    async (id, unwanted) => {
      const entry = Buffer.from(unwanted.entry);
      entry.set((await entryInBox(id)).subarray(3, 35), 3);
      await depositLogged(mixer, id, [{ ...unwanted, entry }]);
    },
  ],
  ['by a superuser, with the entry that it has', (id, unwanted) => insertRepeated(id, unwanted, unwanted.entry)],
  [
    'by a superuser, with an entry of the log',
    async (id, unwanted) => insertRepeated(id, unwanted, await entryInBox(id)),
  ],
];

test.each(acts)('A ballot that is called repeated %s stops the count with an alarm', async (_how, act) => {
  const { id, unwanted } = await opened();
  await act(id, unwanted);
  const repeated = await elections.databases.query('box', 'select from pv.repeated where election_id = $1', [id]);
  expect(repeated).toHaveLength(1);
  await closeElection(elections, id);
  const before = await alarms();
  const answer = await count(id);
  expect([answer.status, codeOf(answer)], elections.log().slice(-2_000)).toEqual([409, 'conflict']);
  expect(await alarms()).toBe(before + 1);
  expect(elections.log()).toContain('NotRepeated');
  expect((await storedPublication(elections, id))!.closing).toBeUndefined();
});

test('A ballot that is called repeated without an entry gives a closing document that is not verified', async () => {
  const { id, unwanted } = await opened();
  await insertRepeated(id, unwanted, null);
  await closeElection(elections, id);
  expect((await count(id)).status, elections.log().slice(-2_000)).toBe(200);
  const { closing } = (await storedPublication(elections, id))!.closing!;
  // Number 46 in docs/verify.md.
  expect(closing).toMatchObject({ online: 5, repeated: 1, participation: 6 });
  expect(closing).not.toHaveProperty('repeatedHash');
  expect(elections.log()).toContain('closing.repeated-without-entries');
});
