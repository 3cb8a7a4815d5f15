// Failures of a batch on its way: processes killed at any moment, Redis emptied at any moment, entries forged, moved
// and removed, a database that fails. No accepted row is lost without a report, and none is counted twice.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../../src/store/database.ts';
import { countBatchRows, listBatches } from '../../../src/store/batch-ledger.ts';
import { listInvalidBallots } from '../../../src/store/ledger.ts';
import { openPool } from '../../../src/store/database.ts';
import { batchDeadKey, batchQueueKey, uploadKey } from '../../../src/protocol/control/batch-entries.ts';
import {
  batchOf,
  csvOf,
  onDeposit,
  row,
  rows,
  startBatches,
  stuckPool as newStuckPool,
} from '../../support/batches.ts';
import type { Batches } from '../../support/batches.ts';
import { until } from '../../support/until.ts';

let batches: Batches;
beforeAll(async () => {
  batches = await startBatches({ ledgerMsMax: 10_000 });
}, 60_000);
afterAll(() => batches[Symbol.asyncDispose]());
const gates: (() => void)[] = [];
function stuckPool(after = 0) {
  const stuck = newStuckPool(after);
  gates.push(stuck.free);
  return stuck;
}
afterEach(async () => {
  for (const free of gates.splice(0)) free();
  await batches.stopWorkers();
  await batches.redis.flushall();
});

const total = async (electionId: string): Promise<number> =>
  Object.values(await batches.box(electionId)).reduce((sum, n) => sum + n, 0);
/** The only upload that waits. */
const waitingUpload = async (): Promise<string> => {
  const [entry] = await batches.redis.xrange(batchQueueKey, '-', '+');
  return entry?.[1][3] ?? '';
};
const deadReasons = async (): Promise<string[]> =>
  (await batches.redis.xrange(batchDeadKey, '-', '+')).map(([, fields]) => fields.at(-1) ?? '');

describe('A Redis that is emptied', () => {
  test('An emptied Redis reports the ledger’s files again: missing rows, and what to do', async () => {
    const electionId = await batches.election();
    const files = [csvOf(rows(600)), csvOf(rows(3))];
    const ids: string[] = [];
    for (const file of files) ids.push(batchOf(await batches.upload(electionId, file)).id);
    const stuck = stuckPool();
    const worker = await batches.worker({ wrap: stuck.wrap });
    // Both are in the ledger before the first row is.
    await until(async () => (await ledger(electionId)).length === 2, 'the ledger');
    await batches.redis.flushall();
    stuck.free();
    await batches.election({ id: electionId });
    const second = await batches.settled(ids[1]!, 'incomplete');
    expect(second.missing).toEqual([{ firstRow: 1, lastRow: 3 }]);
    expect(second.advice).toContain('Rows 1–3 are missing');
    expect(second.advice).toContain('Send the same file again');
    for (const [index, file] of files.entries()) {
      const again = await batches.upload(electionId, file);
      expect(batchOf(again).id).toBe(ids[index]);
      expect((await batches.settled(ids[index]!)).missing).toEqual([]);
    }
    expect(await total(electionId)).toBe(603);
    await worker.stop();
  });

  test('An emptied Redis continues in the middle of a file when the file comes again', async () => {
    const electionId = await batches.election();
    const lines = [...rows(20_000), row(9), ...rows(4_999)];
    // The first deposit is let through, and Redis is emptied before the second.
    const gate = stuckPool(1);
    const worker = await batches.worker({ wrap: gate.wrap });
    const { id } = batchOf(await batches.upload(electionId, csvOf(lines)));
    await until(() => gate.stuck(), 'the second part');
    await batches.redis.flushall();
    await batches.election({ id: electionId });
    gate.free();
    // The worker may still hold a part in its hands: the batch is looked at again until it says what the box holds.
    let incomplete = await batches.settled(id, 'incomplete');
    await until(async () => {
      incomplete = await batches.settled(id, 'incomplete');
      return (await total(electionId)) === incomplete.rows.counted;
    }, 'the batch to say what the box holds');
    expect(incomplete.rows.checked).toBeGreaterThan(0);
    expect(incomplete.rows.checked).toBeLessThan(25_000);
    expect(incomplete.missing).toEqual([{ firstRow: incomplete.rows.checked + 1, lastRow: 25_000 }]);
    // 200 where a part that the worker still held in its hands was the last that was missing.
    const again = await batches.upload(electionId, csvOf(lines));
    if (again.status === 200) expect(batchOf(again)).toMatchObject({ state: 'done', missing: [] });
    else expect(again.status).toBe(202);
    const done = await batches.settled(id);
    expect(done.rows).toMatchObject({ counted: 24_999, invalid: 1, duplicates: 0 });
    expect(await total(electionId)).toBe(24_999);
    expect((await batches.get(`/v1/batches/${id}/invalid.csv`, { by: batches.people.auditor })).text).toContain(
      '20001,',
    );
    await worker.stop();
  });

  test('An emptied Redis shows every finished batch again, with its invalid rows and officials', async () => {
    const electionId = await batches.election();
    const worker = await batches.worker();
    const { id } = batchOf(await batches.upload(electionId, csvOf([...rows(4), row(9)])));
    await batches.settled(id);
    const before = await batches.get(`/v1/batches/${id}/invalid.csv`);
    await batches.redis.flushall();
    const view = await batches.settled(id);
    expect(view.rows).toMatchObject({ received: 5, counted: 4, invalid: 1 });
    const invalid = async (): Promise<string> => (await batches.get(`/v1/batches/${id}/invalid.csv`)).text;
    await until(async () => (await invalid()) === before.text);
    const { body } = await batches.get(`/v1/batches?electionId=${electionId}`);
    expect(body['batches']).toHaveLength(1);
    await worker.stop();
  });

  test('An emptied Redis after closing still takes the file that was accepted in time, and no other', async () => {
    const electionId = await batches.election();
    const file = csvOf(rows(700));
    const stuck = stuckPool();
    const worker = await batches.worker({ wrap: stuck.wrap });
    // The worker is at another file.
    await batches.upload(await batches.election(), csvOf(rows(1)));
    const { id } = batchOf(await batches.upload(electionId, file));
    await until(async () => (await ledger(electionId)).length === 1, 'the ledger');
    await batches.redis.flushall();
    stuck.free();
    await batches.election({ id: electionId, closesAt: new Date(Date.now() - 1_000).toISOString() }, 2);
    await batches.settled(id, 'incomplete');
    expect((await batches.upload(electionId, csvOf(rows(1)))).status).toBe(403);
    expect((await batches.upload(electionId, file)).status).toBe(202);
    expect((await batches.settled(id)).rows.counted).toBe(700);
    await worker.stop();
  });
});

describe('An attacker with access to Redis', () => {
  type Entry = [string, string[]];
  const spoil = async (change: (upload: string) => Promise<void>, lines = rows(2_000)) => {
    const electionId = await batches.election();
    const file = csvOf(lines);
    // Its answer comes when the ledger has it.
    const answer = batches.upload(electionId, file);
    await until(async () => (await batches.redis.xlen(batchQueueKey)) === 1, 'the upload in the queue');
    const [[, [, id = '']]] = (await batches.redis.xrange(batchQueueKey, '-', '+')) as [Entry];
    await change(uploadKey(await waitingUpload()));
    const worker = await batches.worker();
    const settled = await batches.settled(id, 'incomplete');
    // The same file again corrects it.
    const correct = async (): Promise<void> => {
      await batches.upload(electionId, file);
      expect((await batches.settled(id)).rows.counted).toBe(2_000);
      expect(await total(electionId)).toBe(2_000);
      await worker.stop();
    };
    return { electionId, settled, correct, answer };
  };
  const rewrite = async (key: string, change: (entries: Entry[]) => Entry[]): Promise<void> => {
    const entries = await batches.redis.xrange(key, '-', '+');
    await batches.redis.del(key);
    for (const [, fields] of change(entries)) await batches.redis.xadd(key, '*', ...fields);
  };

  test('An attacker cannot change a row: the chunk is dead-lettered, the rows before it are counted', async () => {
    const { settled, correct } = await spoil((key) =>
      rewrite(key, (entries) => {
        const fields = entries[2]![1];
        fields[3] = fields[3]!.replace(/,1\n/, ',2\n');
        return entries;
      }),
    );
    expect(settled.rows).toMatchObject({ checked: 500, counted: 500 });
    expect(settled.advice).toContain('changed on their way');
    expect(await deadReasons()).toContain('chunk');
    await correct();
  });

  test('An attacker cannot add rows of another file or place, nor sign with a key of their own', async () => {
    const foreign = await batches.election();
    await batches.upload(foreign, csvOf(rows(500)));
    const [, chunk] = await batches.redis.xrange(uploadKey(await waitingUpload()), '-', '+');
    await batches.redis.flushall();
    for (const alter of [
      (entries: Entry[]) => [entries[0]!, chunk!, ...entries.slice(2)],
      (entries: Entry[]) => {
        entries[2]![1][1] = '1';
        return [entries[0]!, entries[2]!, ...entries.slice(2)];
      },
      (entries: Entry[]) => {
        entries[1]![1][7] = 'A'.repeat(86);
        return entries;
      },
      (entries: Entry[]) => [entries[0]!, ['0-0', ['nonsense', '1']] as Entry, ...entries.slice(2)],
    ]) {
      const { settled, correct } = await spoil((key) => rewrite(key, alter));
      expect(settled.rows.checked).toBe(0);
      await correct();
    }
    expect(await total(foreign)).toBe(0);
  });

  test('An attacker cannot move or remove chunks unnoticed, and repeating them counts nothing', async () => {
    for (const alter of [
      (entries: Entry[]) => [entries[0]!, entries[1]!, entries[3]!, entries[2]!, entries[4]!],
      (entries: Entry[]) => [entries[0]!, entries[1]!, entries[1]!, entries[3]!],
    ]) {
      const { settled, correct } = await spoil((key) => rewrite(key, alter));
      expect(settled.rows.checked).toBeGreaterThanOrEqual(500);
      expect(settled.rows.checked).toBeLessThan(2_000);
      await correct();
    }
  });

  test(
    'An attacker cannot make up a file, nor move one to another election or time',
    { timeout: 150_000 },
    async () => {
      const other = await batches.election();
      // The ledger does not have the file yet.
      await batches.registrar.stop();
      for (const change of [
        { acceptedAt: new Date(Date.now() - 86_400_000).toISOString() },
        { electionId: other },
        { rows: 3_000 },
        { official: '00000000-0000-4000-8000-000000000000' },
      ]) {
        const { settled, correct, electionId, answer } = await spoil((key) =>
          rewrite(key, (entries) => {
            const [, fields] = entries[0]!;
            const signed = JSON.parse(fields[1]!) as { manifest: object };
            fields[1] = JSON.stringify({ ...signed, manifest: { ...signed.manifest, ...change } });
            return entries;
          }),
        );
        expect(settled.rows.checked).toBe(0);
        expect(await ledger(electionId)).toEqual([]);
        expect(settled.advice).toContain('did not come from the officials’ service');
        expect(await answer).toMatchObject({ status: 503, body: { code: 'change-unknown' } });
        await correct();
      }
      batches.registrar.start();
      expect(await total(other)).toBe(0);
    },
  );

  test('An attacker cannot stop the others with an entry that no service wrote', async () => {
    await batches.redis.xadd(batchQueueKey, '*', 'nonsense', 'x');
    await batches.redis.xadd(
      batchQueueKey,
      '*',
      'batch',
      `${'x'.repeat(42)}A`,
      'upload',
      'y',
      'rows',
      '-1',
      'election',
      'x',
    );
    const ghost = [
      'batch',
      `${'x'.repeat(42)}A`,
      'upload',
      '00000000-0000-4000-8000-000000000000',
      'rows',
      '3',
      'election',
      'x',
    ];
    await batches.redis.xadd(batchQueueKey, '*', ...ghost);
    const electionId = await batches.election();
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(5))));
    const worker = await batches.worker();
    expect((await batches.settled(id)).rows.counted).toBe(5);
    await until(async () => (await batches.redis.xlen(batchQueueKey)) === 0);
    await worker.stop();
  });
});

describe('Several workers', () => {
  test('Several workers share many files of the same ballots, and each ballot is counted once', async () => {
    const electionId = await batches.election();
    const workers = await Promise.all([batches.worker(), batches.worker(), batches.worker()]);
    const pool = rows(6_000);
    // Each file shares half of its ballots with the next one.
    const files = Array.from({ length: 4 }, (_, index) => pool.slice(index * 800, index * 800 + 1_600));
    const answers = await Promise.all(files.map((lines) => batches.upload(electionId, csvOf(lines))));
    const settled = await Promise.all(answers.map((answer) => batches.settled(batchOf(answer).id)));
    const counted = settled.reduce((sum, { rows: { counted: n } }) => sum + n, 0);
    expect(counted).toBe(4_000);
    expect(await total(electionId)).toBe(4_000);
    for (const worker of workers) await worker.stop();
  });

  test('Several workers at the same file count it once, also one that was taken for dead', async () => {
    const electionId = await batches.election();
    const gate = stuckPool(1);
    // It is held up before its second part, and says nothing meanwhile.
    const slow = await batches.worker({ wrap: gate.wrap, claimMs: 600_000 });
    const lines = rows(25_000);
    const { id } = batchOf(await batches.upload(electionId, csvOf(lines)));
    await until(() => gate.stuck(), 'the first worker');
    const quick = await batches.worker({ claimMs: 500 });
    expect((await batches.settled(id)).rows.counted).toBe(25_000);
    gate.free();
    await slow.stop();
    await quick.stop();
    expect((await batches.settled(id)).rows.counted).toBe(25_000);
    expect(await total(electionId)).toBe(25_000);
  });

  test('A stopped worker leaves its file to another', async () => {
    const electionId = await batches.election();
    const gate = stuckPool(1);
    const first = await batches.worker({ wrap: gate.wrap, claimMs: 600_000 });
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(45_000))));
    await until(() => gate.stuck());
    const stopped = first.stop();
    gate.free();
    await stopped;
    const before = await total(electionId);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(45_000);
    const second = await batches.worker({ claimMs: 600_000 });
    expect((await batches.settled(id)).rows.counted).toBe(45_000);
    await second.stop();
  });
});

describe('A failing database', () => {
  test('A database that fails for a while loses nothing', async () => {
    const electionId = await batches.election();
    let failures = 4;
    const worker = await batches.worker({
      wrap: (pool) => failing(pool, () => (failures -= 1) >= 0),
    });
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(1_200))));
    expect((await batches.settled(id)).rows.counted).toBe(1_200);
    expect(failures).toBeLessThan(0);
    await worker.stop();
  });

  test('A database that permanently refuses a file has it dead-lettered, and others continue', async () => {
    const electionId = await batches.election();
    const lines = rows(3);
    // A ballot under the key of the second row, with an unknown id. This state is impossible and must stop everything.
    await batches.databases.query(
      'box',
      `insert into pv.ballot select sha256(convert_to('popvote/batch-ballot/v1|' || $1 || '|' || $2, 'UTF8')), $1, 'batch', '{}'`,
      [electionId, lines[1]!.slice(0, 36)],
    );
    const { id } = batchOf(await batches.upload(electionId, csvOf(lines)));
    const worker = await batches.worker({ claimMs: 500 });
    const next = batchOf(await batches.upload(electionId, csvOf(rows(2))));
    await batches.settled(next.id);
    const apart = await batches.settled(id, 'incomplete');
    expect(apart.advice).toContain('failed again and again');
    expect(await deadReasons()).toContain('tries');
    await worker.stop();
  });

  test('A database whose box is closed takes nothing more, and says so', async () => {
    const electionId = await batches.election();
    const { id } = batchOf(await batches.upload(electionId, csvOf(rows(3))));
    await batches.databases.query('box', 'insert into pv.closed_box values ($1)', [electionId]);
    const worker = await batches.worker();
    const closed = await batches.settled(id, 'incomplete');
    expect(closed.advice).toContain('ballot box of the election was closed');
    expect(await total(electionId)).toBe(0);
    await worker.stop();
  });

  test('A database counts what the ledger has: received, valid and invalid, and each invalid row', async () => {
    const electionId = await batches.election();
    const worker = await batches.worker();
    const shared = row(1);
    for (const lines of [
      [...rows(5), shared, row(9)],
      [shared, ...rows(2, 2), shared],
    ]) {
      await batches.settled(batchOf(await batches.upload(electionId, csvOf(lines))).id);
    }
    const pool = openPool(batches.databases.url('box', 'popvote_elections'), { name: 'test', connectionsMax: 1 });
    try {
      expect(await countBatchRows(pool, electionId)).toEqual({
        files: 2,
        received: 11,
        checked: 11,
        valid: 8,
        invalid: 3,
        duplicates: 2,
        invalidNumbers: 1,
      });
      expect(await listBatches(pool, electionId)).toHaveLength(2);
      const first = await listInvalidBallots(pool, electionId, { batch: 0, row: 0 }, 2);
      const last = first.at(-1)!;
      const rest = await listInvalidBallots(pool, electionId, { batch: last.batchNumber, row: last.row }, 2);
      expect([...first, ...rest].map(({ row: place, reason }) => [place, reason])).toEqual([
        [7, 'Invalid poll number.'],
        [1, 'Duplicate ballot.'],
        [4, 'Duplicate ballot.'],
      ]);
      expect(await countBatchRows(pool, 'nowhere')).toMatchObject({ files: 0, received: 0 });
    } finally {
      await pool.end();
    }
    await worker.stop();
  });
});

async function ledger(electionId: string): Promise<{ batch_id: string }[]> {
  const text = 'select batch_id from pv.batch join pv.batch_election using (election_no) where election_id = $1';
  return batches.databases.query<{ batch_id: string }>('box', text, [electionId]);
}

const failing = (pool: Pool, fails: () => boolean): Pool =>
  onDeposit(pool, async () => {
    await Promise.resolve();
    if (fails()) throw new Error('Connection terminated unexpectedly');
  });
