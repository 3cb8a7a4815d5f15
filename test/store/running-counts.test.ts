// The counts that are read all the time: right after everything that changes rows, without a look at the rows, and compared
// with the rows when an election is closed.
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { castBallots } from '../../src/store/casts.ts';
import type { CastOutcome, SealedCast } from '../../src/store/casts.ts';
import { depositOnline } from '../../src/store/box.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { addRoll, closeElection, countIntake, removeFromRoll } from '../../src/store/intake-elections.ts';
import { closeBox } from '../../src/store/ledger.ts';
import { takeMark } from '../../src/store/marks.ts';
import { chooseBatch, chosenBatch, countElections, finishBatch } from '../../src/store/mixing.ts';
import { acceptRecount, recountDatabase } from '../../src/store/recounts.ts';
import type { CountedDatabase, Recount } from '../../src/store/recounts.ts';
import { createCastBench, inVersion } from '../support/casting.ts';
import type { CastBench } from '../support/casting.ts';
import { stateClosed } from '../support/closing.ts';

/** Shards of a count, and so casts in flight that do not wait for each other. */
const shards = 16;

let bench: CastBench;
let mixer: Pool;
let box: Pool;
let elections: Pool;
const clients: pg.Client[] = [];
beforeAll(async () => {
  bench = await createCastBench();
  const open = (database: CountedDatabase, role: string): Pool =>
    openPool(bench.databases.url(database, role), { name: 'test', connectionsMax: 2 });
  mixer = open('intake', 'popvote_mixer');
  box = open('box', 'popvote_mixer');
  elections = open('box', 'popvote_elections');
});
afterAll(async () => {
  await Promise.all([...clients.map((client) => client.end()), mixer.end(), box.end(), elections.end()]);
  await bench[Symbol.asyncDispose]();
});

const castAll = (electionId: string, casts: readonly SealedCast[], pool = bench.pool): Promise<CastOutcome[]> =>
  castBallots(pool, inVersion(electionId), casts, () => undefined);
const castsOf = (electionId: string, count: number): SealedCast[] =>
  Array.from({ length: count }, () => bench.cast(electionId));
const ballotsOf = (count: number) => Array.from({ length: count }, () => ({ tracker: randomBytes(32), text: '{}' }));
async function connect(role?: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: bench.databases.url('intake', role) });
  await client.connect();
  clients.push(client);
  return client;
}
/** Counts every row of an election again. */
async function recount(database: CountedDatabase, electionId: string): Promise<Omit<Recount, 'electionId'>[]> {
  const counts = await recountDatabase(database, bench.databases.url(database));
  return counts.filter((each) => each.electionId === electionId).map(({ electionId: _, ...each }) => each);
}
const right = (counted: Recount['counted'], amount: number) => ({ counted, amount, present: amount, same: true });
/** As a superuser who switches the triggers off. */
async function behindTheTriggers(database: CountedDatabase, text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: bench.databases.url(database) });
  await client.connect();
  try {
    await client.query(`set session_replication_role = 'replica'`);
    expect((await client.query(text, values)).rowCount).toBe(1);
  } finally {
    await client.end();
  }
}
/** Casts in a transaction of several statements. */
async function castIn(client: pg.Client, electionId: string, cast: SealedCast): Promise<void> {
  const { rows } = await client.query<{ outcomes: string[] }>(
    'select pv.cast_ballots($1, 1, array[$2::bytea], array[$3::bytea], array[$4::bytea], array[$5::bytea], array[now()]) as outcomes',
    [electionId, cast.voter, cast.phone, cast.attempt, cast.sealed],
  );
  expect(rows).toEqual([{ outcomes: ['recorded'] }]);
}
async function castInOpenTransaction(electionId: string): Promise<pg.Client> {
  const client = await connect('popvote_ballots');
  await client.query('begin');
  await castIn(client, electionId, bench.cast(electionId));
  return client;
}
async function endElection(electionId: string): Promise<void> {
  await bench.databases.query(
    'intake',
    `update pv.election set opens_at = now() - interval '2 h', closes_at = now() - interval '1 h' where election_id = $1`,
    [electionId],
  );
}

describe('The counts of the intake', () => {
  test('Casts at once, repeated and refused ones: what is counted is what is stored', async () => {
    const election = await bench.election();
    const pool = bench.open({ connectionsMax: 8 });
    const casts = castsOf(election, 200);
    const again = casts.slice(0, 50);
    const others = casts.slice(50, 80).map(({ voter }) => bench.cast(election, { voter }));
    const batches = [casts.slice(0, 100), casts.slice(100), again, others, castsOf(election, 7), castsOf(election, 1)];
    await Promise.all(batches.map((batch) => castAll(election, batch, pool)));
    await castAll(election, casts, pool);
    const counts = await countIntake(bench.pool, election);
    expect(counts).toMatchObject({ roll: 0 });
    expect(counts!.participation).toBeGreaterThanOrEqual(208);
    expect(await recount('intake', election)).toEqual([
      right('outbox', counts!.outbox),
      right('participation', counts!.participation),
      right('roll', 0),
    ]);
  });

  test('What the mixer takes away is no longer counted as waiting', async () => {
    const election = await bench.election({ minBatch: 2 });
    await castAll(election, castsOf(election, 10));
    await chooseBatch(mixer, election, 6, []);
    const slots = (await chosenBatch(mixer, election)).map(({ slot }) => slot);
    expect(await finishBatch(mixer, election, slots.slice(1), slots.slice(0, 1))).toBe(5);
    expect(await finishBatch(mixer, election, slots.slice(1), [])).toBe(0);
    expect(await countElections(mixer)).toContainEqual({ electionId: election, participation: 10, outbox: 5 });
    expect(await recount('intake', election)).toEqual([
      right('outbox', 5),
      right('participation', 10),
      right('roll', 0),
    ]);
  });

  test('People who are put on a roll and taken off it are counted', async () => {
    const opensAt = new Date(Date.now() + 600_000).toISOString();
    const election = await bench.election({ scheme: 'roll', opensAt });
    const people = Array.from({ length: 30 }, () => randomBytes(32));
    await addRoll(bench.pool, election, people);
    await addRoll(bench.pool, election, people.slice(0, 10));
    await removeFromRoll(bench.pool, election, people.slice(0, 4));
    expect(await countIntake(bench.pool, election)).toMatchObject({ roll: 26 });
    expect(await recount('intake', election)).toContainEqual(right('roll', 26));
  });

  test('A cast that is rolled back is not counted', async () => {
    const election = await bench.election();
    const open = await castInOpenTransaction(election);
    await open.query('rollback');
    expect(await bench.counts(election)).toEqual({ participation: 0, outbox: 0 });
  });

  test('Sixteen casts in flight do not wait for each other; the seventeenth waits, and is counted', async () => {
    const election = await bench.election();
    const open: pg.Client[] = [];
    while (open.length < shards) open.push(await castInOpenTransaction(election));
    const last = castAll(election, castsOf(election, 1));
    await untilWaiting();
    expect(await bench.counts(election)).toEqual({ participation: 0, outbox: 0 });
    for (const client of open) await client.query('commit');
    expect(await last).toEqual(['recorded']);
    expect(await recount('intake', election)).toContainEqual(right('participation', shards + 1));
  });

  test('A cast does not wait for a batch that the mixer has not finished', async () => {
    const election = await bench.election();
    await castAll(election, castsOf(election, 5));
    await chooseBatch(mixer, election, 5, []);
    const slots = (await chosenBatch(mixer, election)).map(({ slot }) => slot);
    const open = await connect('popvote_mixer');
    await open.query('begin');
    await open.query('select pv.finish_batch($1, $2, $3)', [election, slots, []]);
    const all = await Promise.all(castsOf(election, shards).map((cast) => castAll(election, [cast])));
    expect(new Set(all.flat())).toEqual(new Set(['recorded']));
    await open.query('rollback');
  });

  test('Counts and marks are read while no one can read a vote', async () => {
    const election = await bench.election();
    await castAll(election, castsOf(election, 3));
    await depositOnline(box, election, ballotsOf(2));
    const locks = { intake: 'pv.participation, pv.outbox, pv.roll', box: 'pv.ballot' } as const;
    const holders = await Promise.all(
      (['intake', 'box'] as const).map(async (database) => {
        const client = new pg.Client({ connectionString: bench.databases.url(database) });
        await client.connect();
        await client.query(`begin; lock table ${locks[database]} in access exclusive mode`);
        return client;
      }),
    );
    try {
      expect(await countIntake(bench.pool, election)).toMatchObject({ participation: 3, outbox: 3 });
      expect(await countElections(mixer)).toContainEqual({ electionId: election, participation: 3, outbox: 3 });
      expect(await takeMark(bench.pool, election)).toMatchObject({ outcome: 'taken', mark: { voters: 3 } });
      const { rows } = await elections.query('select * from pv.count_ballots()');
      expect(rows).toContainEqual({ election_id: election, channel: 'online', ballots: 2 });
      // Only before the statement that voting is over; with it the box is closed, and all are counted.
      expect(await closeBox(elections, election, 3)).toMatchObject([{ kind: 'statement', present: 0 }]);
      expect((await elections.query('select * from pv.incomplete_batches($1)', [election])).rows).toEqual([]);
    } finally {
      for (const client of holders) await client.end();
    }
  });
});

describe('A mark', () => {
  test('The same voters give the same mark in any order of casting, and others another one', async () => {
    const election = await bench.election();
    const casts = castsOf(election, 6);
    // In a transaction that is undone.
    const markAfter = async (order: readonly SealedCast[]): Promise<string> => {
      const client = await connect('popvote_ballots');
      await client.query('begin');
      for (const cast of order) await castIn(client, election, cast);
      const { rows } = await client.query<{ hash: Buffer }>('select hash from pv.take_mark($1)', [election]);
      await client.query('rollback');
      return rows[0]!.hash.toString('hex');
    };
    const first = await markAfter(casts);
    expect(await markAfter([...casts].reverse())).toBe(first);
    const last = Buffer.from(casts[5]!.voter);
    // One bit of one voter, in the middle of what is summed.
    last[8] = last[8]! ^ 1;
    expect(await markAfter([...casts.slice(0, 5), bench.cast(election, { voter: last })])).not.toBe(first);
  });

  test('A mark that an earlier release made keeps its hash', async () => {
    const election = await bench.election();
    const hash = randomBytes(32);
    await castAll(election, castsOf(election, 2));
    await bench.databases.query('intake', 'insert into pv.mark values ($1, 0, 2, $2)', [election, hash]);
    expect(await takeMark(bench.pool, election)).toEqual({ outcome: 'taken', mark: { losses: 0, voters: 2, hash } });
  });
});

describe('The recount when an election is closed', () => {
  const oneOf = '(select ctid from pv.participation where election_id = $1 limit 1)';
  test.each([
    ['a vote was removed', `delete from pv.participation where ctid = ${oneOf}`, 'participation', 5, 4],
    [
      'a vote was added',
      `insert into pv.participation values ($1, sha256('a'), sha256('b'), sha256('c'))`,
      'participation',
      5,
      6,
    ],
    [
      'a voter was replaced',
      `update pv.participation set voter_tag = sha256(voter_tag) where ctid = ${oneOf}`,
      'participation',
      5,
      5,
    ],
    [
      'a sealed ballot was removed',
      'delete from pv.outbox where ctid = (select ctid from pv.outbox where election_id = $1 limit 1)',
      'outbox',
      5,
      4,
    ],
  ] as const)('It finds that behind the triggers %s', async (_, text, counted, amount, present) => {
    const election = await bench.election();
    await castAll(election, castsOf(election, 5));
    await behindTheTriggers('intake', text, [election]);
    await endElection(election);
    expect(await closeElection(bench.pool, election)).toEqual({ outcome: 'counts-differ' });
    expect(await countIntake(bench.pool, election)).toMatchObject({ state: 'open' });
    expect(await recount('intake', election)).toContainEqual({ counted, amount, present, same: false });
    await acceptRecount(bench.databases.url('intake'), election);
    const participation = counted === 'participation' ? present : 5;
    expect(await closeElection(bench.pool, election)).toEqual({ outcome: 'closed', participation });
  });

  test('It finds that behind the triggers a ballot was removed from the box', async () => {
    const election = `e-${randomUUID()}`;
    await depositOnline(box, election, ballotsOf(4));
    const one = 'delete from pv.ballot where ctid = (select ctid from pv.ballot where election_id = $1 limit 1)';
    await behindTheTriggers('box', one, [election]);
    // With as few voters the box would look complete.
    await stateClosed(bench.databases, election, 3);
    expect(await closeBox(elections, election, 3)).toEqual([{ kind: 'count', batchId: null, expected: 4, present: 3 }]);
    await acceptRecount(bench.databases.url('box'), election);
    expect(await closeBox(elections, election, 3)).toEqual([]);
  });
});

async function untilWaiting(): Promise<void> {
  for (const endsAt = Date.now() + 10_000; Date.now() < endsAt;) {
    const [row] = await bench.databases.query<{ waiting: number }>(
      'intake',
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and usename = 'popvote_ballots' and wait_event_type = 'Lock'`,
    );
    if (row!.waiting > 0) return;
  }
  throw new Error('no cast waits');
}
