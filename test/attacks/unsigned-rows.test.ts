// Attacker: has the role of `worker` in the database box, as a taken-over `worker` has. Wants to count paper ballots that
// no official sent, or to change or drop those that one sent.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchIdPrefix } from '../../src/domain/batch-row.ts';
import { signValue, signingKey } from '../../src/platform/keys/signatures.ts';
import { paperTrackerText } from '../../src/protocol/control/batch-entries.ts';
import { depositRows, registerBatch } from '../../src/store/batches.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { closeElection, layingBallots, openElection } from '../support/services/counted-election.ts';
import type { Ballots } from '../support/services/counted-election.ts';
import { codeOf, detailOf, startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';

let elections: Elections;
let ballots: Ballots;
let worker: Pool;
beforeAll(async () => {
  elections = await startElections({ withLog: false });
  ballots = layingBallots(elections);
  worker = openPool(elections.databases.url('box', 'popvote_worker'), { name: 'test', connectionsMax: 1 });
});
afterAll(async () => {
  await worker.end();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const official = randomUUID();
const contests = ['contest-1'];
const yes = '{"contests":[{"choices":["option-1"],"contestId":"contest-1"}]}';
const no = '{"contests":[{"choices":["option-2"],"contestId":"contest-1"}]}';
type Row = { readonly cells: string; readonly ballot: string | null };
type Forgery = {
  readonly signer?: 'officials' | 'elections' | 'none';
  /** What the official sent, as cells; by default what is stored. */
  readonly original?: readonly string[];
  /** What is stored. */
  readonly rows: readonly Row[];
  /** The tracker of another ballot id. */
  readonly elsewhere?: boolean;
};

/** Stores a batch by the role of the worker. */
async function store(
  electionId: string,
  { signer = 'officials', original, rows, elsewhere = false }: Forgery,
): Promise<void> {
  const guids = rows.map(() => randomUUID());
  const cells = original ?? rows.map((row) => row.cells);
  const text = batchIdPrefix(electionId, null) + cells.map((each, index) => `${guids[index] ?? ''},${each}\n`).join('');
  const batchId = createHash('sha256').update(text).digest('base64url');
  const acceptedAt = new Date().toISOString();
  const body = { version: 1, batchId, electionId, rows: rows.length, official, acceptedAt, document: {} };
  const { keys } = elections.access;
  const key = signingKey(signer === 'officials' ? keys.officials.batches : keys.elections.publisher);
  const manifest = signer === 'none' ? '{}' : JSON.stringify({ manifest: body, signature: signValue(key, body) });
  await registerBatch(worker, { batchId, electionId, rows: rows.length, official, acceptedAt, manifest });
  await depositRows(worker, {
    batchId,
    firstRow: 1,
    guids,
    trackers: guids.map((guid) => {
      const name = elsewhere ? randomUUID() : guid;
      return createHash('sha256').update(paperTrackerText(electionId, name)).digest();
    }),
    which: rows.map((_row, index) => index + 1),
    kinds: rows.map((row) =>
      row.ballot === null
        ? { cells: row.cells, ballot: null, contestId: 'contest-1' }
        : { cells: row.cells, ballot: row.ballot, contestId: null },
    ),
  });
}

async function countWith(...forgeries: readonly Forgery[]) {
  const id = await openElection(elections);
  await ballots.batch(id, contests, 2, [{ choices: [['option-1']] }, { choices: null }]);
  for (const forgery of forgeries) await store(id, forgery);
  await closeElection(elections, id);
  return elections.call('POST', `/v1/elections/${id}/count`);
}

test('Batches that officials signed are counted, whatever their rows are', async () => {
  const rows = [
    { cells: '1', ballot: yes },
    { cells: '2', ballot: no },
    { cells: '7', ballot: null },
  ];
  expect(await countWith({ rows })).toMatchObject({ status: 200 });
});

test.each<[string, Forgery]>([
  ['without a signature', { signer: 'none', rows: [{ cells: '1', ballot: yes }] }],
  ['that another key signed', { signer: 'elections', rows: [{ cells: '1', ballot: yes }] }],
  ['with another vote than the official sent', { original: ['1'], rows: [{ cells: '1', ballot: no }] }],
  [
    'with rows in another order',
    {
      original: ['1', '2'],
      rows: [
        { cells: '2', ballot: no },
        { cells: '1', ballot: yes },
      ],
    },
  ],
  ['with a vote stored as a wrong number', { original: ['1'], rows: [{ cells: '1', ballot: null }] }],
  ['with other numbers stored as wrong', { original: ['1'], rows: [{ cells: '9', ballot: null }] }],
  ['with a ballot under another id', { rows: [{ cells: '1', ballot: yes }], elsewhere: true }],
])('A batch %s stops the count with an alarm', async (_what, forgery) => {
  const answer = await countWith(forgery);
  expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
  expect(detailOf(answer)).toMatch(/not those that were received/);
  expect(elections.log()).toContain('count.alarm');
});
