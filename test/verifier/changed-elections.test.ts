// Elections of the real services that are not as simple as most: what they publish is verified by both verifiers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repeatedPath } from '../../src/domain/record/repeated-entries.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { signValue, signingKey } from '../../src/platform/keys/signatures.ts';
import type { Receipt } from '../../src/protocol/public-api.ts';
import type { ResultsBody } from '../../src/protocol/public-results.ts';
import type { LogClosing } from '../../src/protocol/record/closing.ts';
import { createLogLogic } from '../../src/services/log/logic.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { random32 } from '../support/intake.ts';
import { createLogProbe } from '../support/log.ts';
import { createMixing } from '../support/mixing.ts';
import type { Mixing } from '../support/mixing.ts';
import { storedRecord } from '../support/record/stored-record.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../support/services/counted-election.ts';
import type { Ballots } from '../support/services/counted-election.ts';
import { startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';
import { newCast, receiptOfCast } from '../support/services/voting-election.ts';
import { availableVerifiers } from '../tampered/available.ts';
import { differencesOf, verifyEach } from '../tampered/verifiers.ts';
import type { VerifierAnswer } from '../tampered/verifiers.ts';

const scratch = mkdtempSync(join(tmpdir(), 'popvote-changed-'));
const verifiers = availableVerifiers(scratch);
let elections: Elections;
let mixing: Mixing;
let paper: Ballots;
let logPool: Pool;
let log: ReturnType<typeof createLogLogic>;
beforeAll(async () => {
  elections = await startElections({ withPlacing: false });
  mixing = await createMixing({ databases: elections.databases, keys: elections.access.keys });
  paper = layingBallots(elections);
  logPool = openPool(elections.databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 2 });
  log = createLogLogic({
    box: logPool,
    keys: elections.access.keys.log,
    directory: join(scratch, 'logs'),
    growthMs: 0,
    pollMs: 50,
    logger: createLogProbe('log').logger,
    metrics: createMetrics('log'),
  });
});
afterAll(async () => {
  await log.growing.stop();
  await logPool.end();
  await paper[Symbol.asyncDispose]();
  await mixing[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

const contest = {
  title: { en: 'Which day?' },
  method: 'plurality',
  options: ['Monday', 'Tuesday', 'Sunday'].map((day) => ({ title: { en: day } })),
};
const castOf = (id: string, choice: string, ballotKey = random32()) => newCast(elections, id, { choice, ballotKey });
/** Sends casts one after another, and returns their receipts. */
async function castEach(casts: readonly ReturnType<typeof castOf>[]): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for (const cast of casts) receipts.push(await receiptOfCast(elections, cast));
  return receipts;
}
const post = (id: string, act: string, body?: object) =>
  elections.call('POST', `/v1/elections/${id}/${act}`, body && { body });

/** Ends, counts and publishes an election, and returns its results. */
async function finish(id: string): Promise<ResultsBody> {
  await mixing.mixer().mixOnce();
  expect((await mixing.reconcile()).find(({ electionId }) => electionId === id)).toMatchObject({ mismatch: 0 });
  await closeElection(elections, id);
  // The count closes the box, and then waits for the log, which gives the last entries their places.
  const progress = { isOver: false };
  const counting = post(id, 'count').finally(() => (progress.isOver = true));
  while (!progress.isOver) await log.step();
  const counted = await counting;
  expect(counted, elections.log().slice(-3_000)).toMatchObject({ status: 200 });
  expect(await post(id, 'publish', { acceptOpenTies: true })).toMatchObject({ status: 200 });
  await log.step();
  return resultsOf(counted).results;
}

const recordOf = (id: string) => storedRecord(elections, id, join(scratch, 'logs'));

async function answersOf(
  id: string,
  { receipts = [], changed = {} }: { receipts?: readonly Receipt[]; changed?: Record<string, Uint8Array> } = {},
): Promise<VerifierAnswer[]> {
  const { served, anchor } = await recordOf(id);
  const files = new Map([...served, ...Object.entries(changed)]);
  const logged = receipts.flatMap((receipt) => (receipt.version === 2 ? [receipt] : []));
  const answers = (await verifyEach(verifiers, { electionId: id, served: files, anchor, receipts: logged })).map(
    (answer) => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  );
  expect(differencesOf(answers.map(({ text }) => text))).toEqual([]);
  return answers;
}

const failuresOf = (answers: readonly VerifierAnswer[]) =>
  answers.map(({ exit, report }) => ({ exit, reasons: report.failures.map(({ reason }) => reason) }));
const allSay = (exit: number, ...reasons: string[]) => verifiers.map(() => ({ exit, reasons }));

describe('Two voters with one ballot key', () => {
  test.each([
    ['the same', 'option-1'],
    ['another', 'option-2'],
  ])('With %s choice the first ballot counts, and the election is verified', async (_which, second) => {
    const id = await openElection(elections, { contests: [contest] });
    const ballotKey = random32();
    const receipts = await castEach([
      castOf(id, 'option-1', ballotKey),
      castOf(id, second, ballotKey),
      castOf(id, 'option-3'),
    ]);
    const turnout = await elections.call('GET', `/v1/elections/${id}/turnout`);
    expect(turnout.body).toMatchObject({ reconciliation: { participation: 3, outbox: 3, repeated: 0, difference: 0 } });
    await mixing.mixer().mixOnce();
    // A third one, whose ballot comes in a later batch.
    await castEach([castOf(id, second, ballotKey)]);
    await mixing.mixer().mixOnce();
    expect((await elections.call('GET', `/v1/elections/${id}/turnout`)).body).toMatchObject({
      reconciliation: { participation: 4, outbox: 0, box: 2, repeated: 2, difference: 0 },
    });
    const results = await finish(id);
    expect(results.reconciliation.online).toEqual({ received: 4, valid: 2, invalid: 2 });
    expect(results.turnout.online).toBe(4);
    const { publication } = await recordOf(id);
    expect(publication.closing!.closing).toMatchObject({ size: 2, online: 2, repeated: 2, participation: 4 });
    expect(failuresOf(await answersOf(id))).toEqual(allSay(0));
    const hash = sha256((await recordOf(id)).served.get(repeatedPath)!).toString('base64url');
    expect(publication.closing!.closing.repeatedHash).toBe(hash);
    // The receipt of a ballot that was left out says why it was.
    const ofEach = [];
    for (const receipt of receipts) ofEach.push(failuresOf(await answersOf(id, { receipts: [receipt] })));
    expect(ofEach.filter(([answer]) => answer?.exit === 0)).toHaveLength(2);
    expect(ofEach).toContainEqual(allSay(1, 'receipt-repeated'));
  });

  test('Paper with repeated rows beside them counts each ballot id once, as ever', async () => {
    const id = await openElection(elections, { contests: [contest] });
    const ballotKey = random32();
    await castEach([castOf(id, 'option-1', ballotKey), castOf(id, 'option-2', ballotKey)]);
    const guid = randomUUID();
    const rows = [{ guid, choices: [['option-2']] }, { guid, choices: [['option-3']] }, { choices: [['option-2']] }];
    await paper.batch(id, ['contest-1'], 3, rows);
    const { reconciliation } = await finish(id);
    expect(reconciliation).toMatchObject({
      online: { received: 2, valid: 1, invalid: 1 },
      batches: { received: 3, valid: 2, invalidByReason: [{ reason: 'Duplicate ballot.', rows: 1 }] },
    });
    expect(failuresOf(await answersOf(id))).toEqual(allSay(0));
  });

  test('A copy of the record without the file of repeated ballots is not verified', async () => {
    const id = await openElection(elections, { contests: [contest] });
    const ballotKey = random32();
    await castEach([castOf(id, 'option-1', ballotKey), castOf(id, 'option-2', ballotKey)]);
    await finish(id);
    const { served } = await recordOf(id);
    expect(served.get(repeatedPath)).toHaveLength(131);
    const changed = { [repeatedPath]: new Uint8Array() };
    expect(failuresOf(await answersOf(id, { changed }))).toEqual(allSay(1, 'repeated-entries'));
  });

  test('The box keeps the entry of a repeated ballot, and not what it says', async () => {
    const columns = await elections.databases.query<{ name: string }>(
      'box',
      `select column_name as name from information_schema.columns where table_schema = 'pv' and table_name = 'repeated'`,
    );
    expect(columns.map(({ name }) => name).sort()).toEqual(['channel', 'election_id', 'entry', 'tracker']);
  });
});

/** A closing document that the publisher of the tests signed. */
const signedClosing = (closing: LogClosing): Buffer => {
  const signature = signValue(signingKey(elections.access.keys.elections.publisher), closing);
  return Buffer.from(JSON.stringify({ closing, signature }));
};

describe('An option that is withdrawn while voting is open', () => {
  test('The election with it is verified, and one whose closing document lacks it is not', async () => {
    const id = await openElection(elections, { contests: [contest] });
    await castEach([castOf(id, 'option-1'), castOf(id, 'option-1'), castOf(id, 'option-2')]);
    const withdrawal = { contestId: 'contest-1', optionId: 'option-1', reason: 'Not eligible.' };
    expect(await post(id, 'withdrawn-options', withdrawal)).toMatchObject({ status: 200 });
    const { contests } = await finish(id);
    expect(contests[0]).toMatchObject({ winner: 'option-2' });
    const answers = await answersOf(id);
    expect(failuresOf(answers)).toEqual(allSay(0));
    for (const { text } of answers) expect(text).toContain('"options-withdrawn"');
    const { publication } = await recordOf(id);
    const { closing } = publication.closing!;
    expect(closing.withdrawn).toMatchObject([{ contestId: 'contest-1', optionId: 'option-1' }]);
    const changed = { 'closing.json': signedClosing({ ...closing, withdrawn: [] }) };
    expect(failuresOf(await answersOf(id, { changed }))).toEqual(allSay(1, 'results-count'));
  });
});

/** What a superuser of the intake does: a voter and any sealed ballot go, and the running counts say so. */
const deletePair = (id: string): string => `begin; set local session_replication_role = replica;
  delete from pv.participation where ctid = (select ctid from pv.participation where election_id = '${id}' limit 1);
  delete from pv.outbox where ctid = (select ctid from pv.outbox where election_id = '${id}' limit 1);
  select pv.accept_recount('${id}'); commit`;

test('A ballot that was deleted with a participation is found by the voter’s receipt alone', async () => {
  const id = await openElection(elections, { contests: [contest] });
  const receipts = await castEach([castOf(id, 'option-1'), castOf(id, 'option-2'), castOf(id, 'option-2')]);
  await elections.databases.query('intake', deletePair(id));
  const results = await finish(id);
  expect(results.turnout.online).toBe(2);
  expect(failuresOf(await answersOf(id))).toEqual(allSay(0));
  const ofEach = [];
  for (const receipt of receipts) ofEach.push(failuresOf(await answersOf(id, { receipts: [receipt] })));
  expect(ofEach.filter(([answer]) => answer?.exit === 0)).toHaveLength(2);
  expect(ofEach).toContainEqual(allSay(1, 'receipt-not-in-log'));
});
