// The box before and after it is closed: no role may read a choice before, nothing is added after, and a missing ballot
// keeps it open.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { depositRows, registerBatch } from '../../src/store/batches.ts';
import { depositOnline } from '../../src/store/box.ts';
import { sqlState } from '../../src/store/certain-query.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import {
  closeBox,
  countBatches,
  listInvalidBallots,
  listLedger,
  missingInBox,
  setAsideBatch,
} from '../../src/store/ledger.ts';
import { BoxOpen, readBallots } from '../../src/store/tally.ts';
import type { BallotKind } from '../../src/store/tally.ts';
import { stateClosed } from '../support/closing.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';
import { until } from '../support/until.ts';

let databases: TestDatabases;
let mixer: Pool;
let worker: Pool;
let elections: Pool;
const official = randomUUID();

beforeAll(async () => {
  databases = await createDatabases(['box']);
  const open = (role: string): Pool => openPool(databases.url('box', role), { name: 'test', connectionsMax: 4 });
  [mixer, worker, elections] = [open('popvote_mixer'), open('popvote_worker'), open('popvote_elections')];
});
afterAll(async () => {
  await Promise.all([mixer, worker, elections].map((pool) => pool.end()));
  await databases[Symbol.asyncDispose]();
});

const newElection = (): string => `e-${randomUUID()}`;
const newBallots = (count: number, text = '{"contests":[]}') =>
  Array.from({ length: count }, () => ({ tracker: randomBytes(32), text }));
const newBatchId = (): string => createHash('sha256').update(randomBytes(32)).digest('base64url');

async function register(electionId: string, rows: number): Promise<string> {
  const batchId = newBatchId();
  const batch = { batchId, electionId, rows, official, acceptedAt: new Date().toISOString(), manifest: '{}' };
  expect(await registerBatch(worker, batch)).toBe('registered');
  return batchId;
}
const deposit = (batchId: string, firstRow: number, rows: readonly { guid?: string; bad?: boolean }[]) =>
  depositRows(worker, {
    batchId,
    firstRow,
    guids: rows.map(({ guid }) => guid ?? randomUUID()),
    trackers: rows.map(() => randomBytes(32)),
    kinds: rows.map(({ bad = false }) =>
      bad
        ? { cells: '9', ballot: null, contestId: 'council' }
        : { cells: '1', ballot: '{"contests":[1]}', contestId: null },
    ),
    which: rows.map((_, index) => index + 1),
  });
/** As `elections` closes a box when the mixer has recorded that so many voted. */
async function close(electionId: string, voters: number): ReturnType<typeof closeBox> {
  await stateClosed(databases, electionId, voters);
  return closeBox(elections, electionId, voters);
}
async function lockWaiters(): Promise<number> {
  const [row] = await databases.query<{ waiting: number }>(
    'box',
    `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and classid = 20260005 and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return row?.waiting ?? 0;
}
async function kindsOf(electionId: string): Promise<BallotKind[]> {
  const kinds: BallotKind[] = [];
  await readBallots(elections, electionId, (kind) => kinds.push(kind));
  return kinds;
}

describe('The box before it is closed', () => {
  test('No role can read what a ballot says, by any function or table', async () => {
    const electionId = newElection();
    const secret = `secret-${randomUUID()}`;
    await depositOnline(mixer, electionId, newBallots(3, JSON.stringify({ choice: secret })));
    const batchId = await register(electionId, 2);
    const guid = randomUUID();
    await depositRows(worker, {
      batchId,
      firstRow: 1,
      guids: [guid, guid],
      trackers: [randomBytes(32), randomBytes(32)],
      kinds: [{ cells: secret, ballot: JSON.stringify({ choice: secret }), contestId: null }],
      which: [1, 1],
    });
    await expect(kindsOf(electionId)).rejects.toBeInstanceOf(BoxOpen);
    const answers: string[] = [];
    for (const role of ['popvote_elections', 'popvote_mixer']) {
      for (const call of await callsWith(electionId, batchId)) {
        const client = new pg.Client({ connectionString: databases.url('box', role) });
        await client.connect();
        try {
          await client.query('begin');
          const { rows } = await client.query(call);
          answers.push(JSON.stringify(rows));
        } catch (error) {
          expect(sqlState(error), `${role}: ${call}`).toBeDefined();
          answers.push((error as Error).message);
        } finally {
          await client.end();
        }
      }
    }
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.join('\n')).not.toContain(secret);
    // The attempts would reveal it if they were allowed. The owner of the table can read it.
    const [row] = await databases.query<{ ballot: string }>(
      'box',
      'select ballot from pv.ballot where election_id = $1',
      [electionId],
    );
    expect(row?.ballot).toContain(secret);
  });

  test('A ballot that has not arrived keeps the box open', async () => {
    const electionId = newElection();
    await depositOnline(mixer, electionId, newBallots(2));
    expect(await close(electionId, 3)).toEqual([{ kind: 'online', batchId: null, expected: 3, present: 2 }]);
    await expect(kindsOf(electionId)).rejects.toBeInstanceOf(BoxOpen);
    await depositOnline(mixer, electionId, newBallots(1));
    expect(await close(electionId, 3)).toEqual([]);
    expect(await kindsOf(electionId)).toMatchObject([{ channel: 'online', copies: 3, station: null }]);
  });

  test('An incomplete batch keeps the box open, until its rows come or it is accepted incomplete', async () => {
    const electionId = newElection();
    const first = await register(electionId, 3);
    const second = await register(electionId, 2);
    await deposit(first, 1, [{}, {}]);
    const expected = [
      { kind: 'batch', batchId: first, expected: 3, present: 2 },
      { kind: 'batch', batchId: second, expected: 2, present: 0 },
    ];
    expect(await close(electionId, 0)).toEqual(expected);
    expect(await missingInBox(elections, electionId, 0)).toEqual(expected);
    await deposit(first, 3, [{}]);
    const aside = { electionId, batchId: second, reason: 'It burnt.', by: official };
    expect(await setAsideBatch(elections, { ...aside, batchId: first })).toBe('whole');
    expect(await setAsideBatch(elections, { ...aside, electionId: newElection() })).toBe('not-found');
    expect(await setAsideBatch(elections, aside)).toBe('set-aside');
    expect(await setAsideBatch(elections, { ...aside, reason: 'Another reason.' })).toBe('already');
    expect(await close(electionId, 0)).toEqual([]);
    const entries = await listLedger(elections, electionId, { after: 0, limit: 10 });
    expect(entries).toMatchObject([
      { batchId: first, rows: 3, checked: 3, setAsideReason: null },
      { batchId: second, rows: 2, checked: 0, setAsideReason: 'It burnt.', setAsideBy: official },
    ]);
    expect(await countBatches(elections, electionId)).toMatchObject({ files: 2, received: 3, valid: 3, missing: 2 });
  });

  test('Rows of a batch that was accepted incomplete count if they come all the same', async () => {
    const electionId = newElection();
    const batchId = await register(electionId, 2);
    await setAsideBatch(elections, { electionId, batchId, reason: 'Lost.', by: official });
    await deposit(batchId, 1, [{}, {}]);
    expect(await close(electionId, 0)).toEqual([]);
    expect(await countBatches(elections, electionId)).toMatchObject({ valid: 2, missing: 0 });
  });
});

describe('The box once it is closed', () => {
  test('A closed box takes nothing, from any channel, and closing again changes nothing', async () => {
    const electionId = newElection();
    const batchId = await register(electionId, 2);
    await setAsideBatch(elections, { electionId, batchId, reason: 'Lost.', by: official });
    expect(await close(electionId, 0)).toEqual([]);
    expect(await close(electionId, 0)).toEqual([]);
    for (const adding of [
      () => depositOnline(mixer, electionId, newBallots(1)),
      () => deposit(batchId, 1, [{}, {}]),
      () => register(electionId, 1),
    ]) {
      await expect(adding()).rejects.toThrow(/closed/);
    }
    expect(await setAsideBatch(elections, { electionId, batchId, reason: 'Lost.', by: official })).toBe('closed');
    expect(await kindsOf(electionId)).toEqual([]);
    for (const verb of ['delete from pv.closed_box', 'truncate pv.closed_box', 'delete from pv.set_aside']) {
      await expect(databases.query('box', verb)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('An insert that is under way is waited for and counted', async () => {
    const electionId = newElection();
    const client = await mixer.connect();
    await client.query('begin');
    await client.query(`select pv.deposit_online($1, array[sha256('a')], array['{}'])`, [electionId]);
    const closing = close(electionId, 1);
    await until(async () => (await lockWaiters()) > 0, 'the closing that waits');
    await client.query('commit');
    client.release();
    expect(await closing).toEqual([]);
    expect(await kindsOf(electionId)).toMatchObject([{ copies: 1 }]);
  });

  test('Of inserts and a closing at the same time, every accepted ballot is counted', async () => {
    for (let round = 0; round < 10; round += 1) {
      const electionId = newElection();
      await depositOnline(mixer, electionId, newBallots(5));
      const late = Array.from({ length: 4 }, () =>
        depositOnline(mixer, electionId, newBallots(1)).then(
          () => 1,
          () => 0,
        ),
      );
      const missing = await close(electionId, 5);
      const accepted = (await Promise.all(late)).reduce<number>((sum, one) => sum + one, 0);
      if (missing.length > 0) {
        // A late one was in the box by then: what is there is more than was cast, and it stays open.
        expect(missing).toMatchObject([{ kind: 'online', expected: 5 }]);
        expect(accepted).toBeGreaterThan(0);
        expect(await closeBox(elections, electionId, 5 + accepted)).toMatchObject([{ kind: 'statement', present: 5 }]);
        await expect(kindsOf(electionId)).rejects.toBeInstanceOf(BoxOpen);
      } else {
        expect(accepted).toBe(0);
        expect((await kindsOf(electionId)).reduce((sum, { copies }) => sum + copies, 0)).toBe(5);
      }
    }
  });

  test('Every kind of ballot is handed over once, however many there are, channels apart', async () => {
    const electionId = newElection();
    const distinct = Array.from({ length: 12_001 }, (_, n) => ({ tracker: randomBytes(32), text: `{"n":${n}}` }));
    for (let at = 0; at < distinct.length; at += 6_001) {
      await depositOnline(mixer, electionId, distinct.slice(at, at + 6_001));
    }
    await depositOnline(mixer, electionId, newBallots(1, '{"n":7}'));
    const batchId = await register(electionId, 1);
    await deposit(batchId, 1, [{}]);
    expect(await close(electionId, 12_002)).toEqual([]);
    const kinds = await kindsOf(electionId);
    expect(new Set(kinds.map(({ channel, ballot }) => `${channel} ${ballot}`)).size).toBe(12_002);
    expect(kinds.filter(({ copies }) => copies > 1)).toMatchObject([
      { channel: 'online', ballot: '{"n":7}', copies: 2 },
    ]);
    expect(kinds.filter(({ channel }) => channel === 'batch')).toHaveLength(1);
  });

  test('A reader that fails in the middle leaves no transaction open', async () => {
    const electionId = newElection();
    await depositOnline(mixer, electionId, newBallots(1));
    await close(electionId, 1);
    const failing = readBallots(elections, electionId, () => {
      throw new RangeError('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await kindsOf(electionId)).toHaveLength(1);
  });
});

test('Rows that do not count are listed page by page with their reason, and without their choices', async () => {
  const electionId = newElection();
  const first = await register(electionId, 3);
  const second = await register(electionId, 2);
  const guid = randomUUID();
  await deposit(first, 1, [{ guid }, { bad: true }, {}]);
  await deposit(second, 1, [{}, { guid }]);
  const page = await listInvalidBallots(elections, electionId, { batch: 0, row: 0 }, 1);
  expect(page).toMatchObject([
    { batchId: first, row: 2, reason: 'Invalid poll number.', contestId: 'council', firstBatchId: null, official },
  ]);
  const after = { batch: page[0]!.batchNumber, row: page[0]!.row };
  expect(await listInvalidBallots(elections, electionId, after, 10)).toMatchObject([
    { batchId: second, row: 2, guid, reason: 'Duplicate ballot.', firstBatchId: first, firstRow: 1 },
  ]);
  // The database keeps what the rows say until the box is closed.
  expect(page[0]?.cells).toBeNull();
  expect(await close(electionId, 0)).toEqual([]);
  const closed = await listInvalidBallots(elections, electionId, { batch: 0, row: 0 }, 10);
  expect(closed.map(({ cells }) => cells)).toEqual([expect.any(String), expect.any(String)]);
  expect(await listInvalidBallots(elections, newElection(), { batch: 0, row: 0 }, 10)).toEqual([]);
});

/** Every function of the schema, called with arguments that fit as well as they can, and every table. */
async function callsWith(electionId: string, batchId: string): Promise<string[]> {
  const argumentOf: Record<string, string> = {
    text: `'${electionId}'`,
    bigint: '0',
    integer: '10',
    uuid: 'null::uuid',
  };
  const functions = await databases.query<{ name: string; types: string[] }>(
    'box',
    `select p.proname as name, array(select format_type(t, null) from unnest(p.proargtypes) t) as types
     from pg_proc p where p.pronamespace = 'pv'::regnamespace and p.prorettype <> 'trigger'::regtype`,
  );
  const tables = await databases.query<{ name: string }>(
    'box',
    `select c.relname as name from pg_class c where c.relnamespace = 'pv'::regnamespace and c.relkind in ('r', 'v')`,
  );
  // The box stays open: closing it is what the other tests do.
  const others = functions.filter(({ name }) => name !== 'close_box');
  return [
    ...others.map(
      ({ name, types }) => `select * from pv.${name}(${types.map((t) => argumentOf[t] ?? `null::${t}`).join(', ')})`,
    ),
    ...others
      .filter(({ types }) => types.filter((type) => type === 'text').length === 2 || types[0] === 'text')
      .map(({ name, types }) => {
        let texts = 0;
        const words = types.map((type) => {
          if (type === 'text') return (texts += 1) === 1 && types.length > 1 ? `'${electionId}'` : `'${batchId}'`;
          return type === 'integer' ? '0' : (argumentOf[type] ?? `null::${type}`);
        });
        return `select * from pv.${name}(${words.join(', ')})`;
      }),
    ...tables.map(({ name }) => `select * from pv.${name}`),
  ];
}
