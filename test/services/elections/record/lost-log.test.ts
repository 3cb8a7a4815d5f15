// A box that is older than the published log: no count takes it for the log, and after an accepted loss the results name none.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { leafHash, treeRoot } from '../../../../src/domain/record/tree.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import { findLifecycle, findManifest } from '../../../../src/store/elections/lifecycle.ts';
import { logOf, storedManifest } from '../../../../src/services/elections/record/manifest.ts';
import { publishCheckpoint } from '../../../support/record/published-checkpoint.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../../../support/services/counted-election.ts';
import type { Ballots } from '../../../support/services/counted-election.ts';
import { codeOf, startElections } from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import { until } from '../../../support/until.ts';
import { sealable } from '../../../support/services/voting-election.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-lost-log-'));
let elections: Elections;
let ballots: Ballots;
beforeAll(async () => {
  elections = await startElections({ logDirectory: directory });
  ballots = layingBallots(elections);
});
beforeEach(() => sealable(elections));
afterAll(async () => {
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const contests = ['contest-1'];
const cast = (id: string, count: number): Promise<void> =>
  ballots.cast(id, contests, [{ choices: [['option-1']], count }]);
const stateOf = async (id: string): Promise<string> => (await findLifecycle(elections.pool, id))!.state;

/** The leaves of the log in the box, when so many have a place. */
async function placedLeaves(id: string, count: number): Promise<Uint8Array[]> {
  let entries: { entry: Buffer }[] = [];
  await until(async () => {
    entries = await elections.databases.query<{ entry: Buffer }>(
      'box',
      `select e.entry from pv.leaf f join pv.log l using (election_no) join pv.signed_entry e using (election_no, cast_tag)
       where l.election_id = $1 order by f.leaf_index`,
      [id],
    );
    return entries.length === count;
  }, `${count} entries with a place`);
  return entries.map(({ entry }) => leafHash(sha256, entry));
}

async function publishLeaves(id: string, leaves: readonly Uint8Array[]): Promise<void> {
  const { origin } = logOf(storedManifest(await findManifest(elections.pool, id))!);
  const checkpoint = { origin, size: leaves.length, root: treeRoot(sha256, leaves) };
  publishCheckpoint({ directory, keys: elections.access.keys.log }, checkpoint, []);
}

/** Restored databases close their connections, so a call may be busy for a moment. */
async function patient(call: () => Promise<Answer>): Promise<Answer> {
  let answer = await call();
  await until(async () => {
    if (answer.status === 503) answer = await call();
    return answer.status !== 503;
  }, 'an answer that is not busy');
  return answer;
}
const count = (id: string): Promise<Answer> => patient(() => elections.call('POST', `/v1/elections/${id}/count`));

/** An election whose newest votes a restore lost after their entries were published. Returns how many are left. */
async function restoredElection(): Promise<string> {
  const id = await openElection(elections);
  await cast(id, 3);
  await placedLeaves(id, 3);
  const restore = await elections.databases.backUp(['intake', 'box']);
  await cast(id, 2);
  await publishLeaves(id, await placedLeaves(id, 5));
  await elections.logic.turnouts.refreshNow(id);
  await restore();
  const body = { reason: 'The newest copy is of noon.' };
  const accepted = await patient(() => elections.call('POST', `/v1/elections/${id}/accept-loss`, { body }));
  expect(accepted).toMatchObject({ status: 200, body: { loss: { votersMarked: 5, votersFound: 3 } } });
  return id;
}

test.each([
  ['fewer entries than the published log', 1],
  ['as many entries as the published log, and others', 2],
  ['more entries than the published log, and others', 4],
])('After an accepted loss a box with %s is counted, without a log', async (_what, later) => {
  const id = await restoredElection();
  await cast(id, later);
  await placedLeaves(id, 3 + later);
  await closeElection(elections, id);
  const answer = await count(id);
  expect(answer).toMatchObject({ status: 200 });
  expect(await stateOf(id)).toBe('counted');
  const { results } = resultsOf(await elections.call('GET', `/v1/elections/${id}/results`));
  expect(results).toMatchObject({
    turnout: { online: 3 + later },
    acceptedLosses: [{ votersMarked: 5, votersFound: 3 }],
  });
  expect(results).not.toHaveProperty('record');
  expect((await findLifecycle(elections.pool, id))!.closing).toBeNull();
  expect(elections.log()).toContain('count.without-log');
  expect(await elections.logic.recount(id)).toMatchObject({ same: true });
  expect((await elections.call('POST', `/v1/elections/${id}/publish`, { body: {} })).status).toBe(200);
});

test('A loss after the newest checkpoint leaves the log whole, and the results name it', async () => {
  const id = await openElection(elections);
  await cast(id, 3);
  const leaves = await placedLeaves(id, 3);
  await publishLeaves(id, leaves);
  const restore = await elections.databases.backUp(['intake', 'box']);
  await cast(id, 2);
  await elections.logic.turnouts.refreshNow(id);
  await restore();
  const body = { reason: 'The newest copy is of noon.' };
  expect((await patient(() => elections.call('POST', `/v1/elections/${id}/accept-loss`, { body }))).status).toBe(200);
  await closeElection(elections, id);
  expect((await count(id)).status).toBe(200);
  const { results } = resultsOf(await elections.call('GET', `/v1/elections/${id}/results`));
  expect(results.record).toMatchObject({ size: 3 });
});

test.each([
  ['more entries', (leaves: readonly Uint8Array[]) => [...leaves, leaves[0]!]],
  ['other entries', (leaves: readonly Uint8Array[]) => leaves.toReversed()],
])('A published log with %s is an alarm without an accepted loss', async (_what, change) => {
  const id = await openElection(elections);
  await cast(id, 3);
  const leaves = await placedLeaves(id, 3);
  await publishLeaves(id, change(leaves));
  await closeElection(elections, id);
  const answer = await count(id);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
  expect(await stateOf(id)).toBe('closed');
  expect(elections.log()).toContain('count.alarm');
  await publishLeaves(id, leaves);
  expect((await count(id)).status).toBe(200);
});

/** A row of `pv.repeated`, as the mixer's deposit makes it for a second ballot under one key. */
async function repeatBallot(id: string): Promise<void> {
  await ballots.participate(id, 1);
  await elections.databases.query(
    'box',
    'insert into pv.repeated (election_id, tracker) values ($1, sha256(random()::text::bytea))',
    [id],
  );
}

test('A repeated ballot is counted as one also without a log', async () => {
  const id = await restoredElection();
  await repeatBallot(id);
  await closeElection(elections, id);
  const answer = await count(id);
  expect(answer).toMatchObject({ status: 200 });
  const { results } = resultsOf(await elections.call('GET', `/v1/elections/${id}/results`));
  expect(results.reconciliation.online).toEqual({ received: 4, valid: 3, invalid: 1 });
});

test('An accepted loss lets in no entry without a signature', async () => {
  const id = await restoredElection();
  await elections.databases.query('box', 'alter table pv.entry disable trigger user');
  await elections.databases.query(
    'box',
    `update pv.entry e set signature = sha512(e.signature) from pv.log l
     where l.election_no = e.election_no and l.election_id = $1`,
    [id],
  );
  await elections.databases.query('box', 'alter table pv.entry enable trigger user');
  await closeElection(elections, id);
  const answer = await count(id);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
  expect(elections.log()).toContain('is not signed by the key of its channel');
});

test('A result without a log stays the same when the folder of the published log is lost', async () => {
  const id = await restoredElection();
  await closeElection(elections, id);
  expect(await count(id)).toMatchObject({ status: 200 });
  rmSync(join(directory, id), { recursive: true });
  expect(await elections.logic.recount(id)).toMatchObject({ same: true });
  expect(await count(id)).toMatchObject({ status: 200 });
});

test('A published checkpoint that cannot be read or verified is not taken for none', async () => {
  const id = await openElection(elections);
  await cast(id, 3);
  const leaves = await placedLeaves(id, 3);
  await publishLeaves(id, leaves);
  await closeElection(elections, id);
  const { origin } = logOf(storedManifest(await findManifest(elections.pool, id))!);
  const file = join(directory, ...origin.split('/').slice(2), 'checkpoint');
  const note = readFileSync(file, 'utf8');
  rmSync(file);
  mkdirSync(file);
  const unreadable = await elections.call('POST', `/v1/elections/${id}/count`);
  expect([unreadable.status, codeOf(unreadable)]).toEqual([503, 'busy']);
  rmSync(file, { recursive: true });
  writeFileSync(file, note.replace('3\n', '2\n'));
  const unsigned = await count(id);
  expect([unsigned.status, codeOf(unsigned)]).toEqual([409, 'conflict']);
  writeFileSync(file, note);
  expect(await count(id)).toMatchObject({ status: 200 });
});
