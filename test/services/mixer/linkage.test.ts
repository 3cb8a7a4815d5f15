// What who holds both databases, the public log, and the write-ahead log of one, could try in order to join voters with their
// ballots.
// An election of a thousand voters is held, mixed as it goes; then each attack may find no more than chance would.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { derive } from '../../../src/services/ballots/derive.ts';
import type { Derived } from '../../../src/services/ballots/derive.ts';
import { readElectionKeys } from '../../../src/services/ballots/election-keys.ts';
import { canonicalBallotText, judgeBallot } from '../../../src/domain/ballot.ts';
import { electionLogAt } from '../../../src/domain/record/election-log.ts';
import { encodeEntry } from '../../../src/domain/record/entry.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { signingKey } from '../../../src/platform/keys/signatures.ts';
import type { ElectionDefinition } from '../../../src/protocol/public-document.ts';
import { entryOfCast } from '../../../src/services/ballots/entries.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { depositLogged, findLog } from '../../../src/store/record/deposits.ts';
import type { LoggedBallot } from '../../../src/store/record/deposits.ts';
import { listLogs, placeEntries } from '../../../src/store/record/logs.ts';
import { createIntake, newElection, random32, settled } from '../../support/intake.ts';
import type { Intake } from '../../support/intake.ts';
import { createMixing } from '../../support/mixing.ts';
import type { Mixing } from '../../support/mixing.ts';

const voters = 1_000;
const waveSize = 25;
const k = 50;
/** Entries of the larger sample. Of so many unrelated pairs the deviation is 0.008, and 0.05 is six of them. */
const sampleSize = 16_000;

type Vote = Derived & { readonly text: string };
type Row = { readonly id: string; readonly xmin: number; readonly rank: number };

let intake: Intake;
let mixing: Mixing;
let logPool: Pool;
let app: App;
let election: ElectionDefinition;
/** In the order in which they were sent. */
let votes: Vote[];
let participation: Row[];
let box: Row[];
/** The entries of the public log: when they got their places, and which. */
let logged: Row[];

// Options of this election alone, so that its ballots differ from all others in the same server's log.
function distinctElection(): ElectionDefinition {
  const plain = newElection({ minBatch: k, rehearsal: false });
  const suffix = plain.id.slice(-12);
  const contests = plain.contests.map((contest) => ({
    ...contest,
    options: contest.options.map((option) => ({ ...option, id: `${option.id}-${suffix}` })),
  }));
  return { ...plain, contests };
}

async function castWave(of: ElectionDefinition, count: number): Promise<Vote[]> {
  const keys = readElectionKeys(intake.keysDirectory, of.id)!;
  return Promise.all(
    Array.from({ length: count }, async () => {
      const contests = of.contests.map(({ id, options }) => ({
        contestId: id,
        choices: [options[Math.floor(Math.random() * options.length)]!.id],
      }));
      const call = intake.cast({ electionId: of.id, ballot: { contests } });
      const verdict = judgeBallot(of.contests, { contests });
      const text = verdict.valid ? canonicalBallotText(verdict.ballot) : '';
      const { identity, phoneKey, ballotKey, sid } = call;
      expect((await settled(() => intake.castAt(app, call))).status).toBe(200);
      return { ...derive(keys, of.id, { identity, phoneKey, ballotKey, text, sid }), text };
    }),
  );
}

/** Gives places in the public log to the entries that wait. */
async function place(of: ElectionDefinition): Promise<void> {
  const log = (await listLogs(logPool)).find(({ electionId }) => electionId === of.id)!;
  await placeEntries(logPool, log.number, voters);
}

const placedRows = (of: ElectionDefinition): Promise<Row[]> =>
  intake.databases.query<Row>(
    'box',
    `select encode(e.tracker, 'hex') as id, l.xmin::text::int as xmin, l.leaf_index::int as rank
     from pv.leaf l join pv.entry e using (election_no, cast_tag) join pv.log using (election_no)
     where election_id = $1 order by l.leaf_index`,
    [of.id],
  );

/** Ballots that come into the box in the order of casting, as past a mixer that keeps it, and get places in the log. */
async function depositInOrder(of: ElectionDefinition): Promise<Pick<Vote, 'tracker'>[]> {
  const pool = openPool(intake.databases.url('box', 'popvote_mixer'), { name: 'test-mixer', connectionsMax: 1 });
  const { origin } = (await findLog(pool, of.id))!;
  const log = { log: electionLogAt(sha256, origin)!, signer: signingKey(intake.keys.ballots.receipts) };
  const cast: LoggedBallot[] = [];
  while (cast.length < sampleSize) {
    const some = Array.from({ length: voters }, () => {
      const ballot = { tracker: randomBytes(32), ballotKey: random32(), text: '{}' };
      return { ...ballot, entry: encodeEntry(entryOfCast(log, ballot)) };
    });
    await depositLogged(pool, of.id, some);
    await place(of);
    cast.push(...some);
  }
  await pool.end();
  return cast;
}

beforeAll(async () => {
  intake = await createIntake();
  mixing = await createMixing(intake);
  app = await intake.app();
  election = distinctElection();
  expect((await intake.create(app, election)).status).toBe(200);
  const mixer = mixing.mixer();
  logPool = openPool(intake.databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 1 });
  votes = [];
  while (votes.length < voters) {
    votes.push(...(await castWave(election, waveSize)));
    if (votes.length % (4 * waveSize) !== 0) continue;
    await mixer.mixOnce();
    await place(election);
  }
  await intake.databases.query('intake', `update pv.election set state = 'closed' where election_id = $1`, [
    election.id,
  ]);
  while ((await mixer.mixOnce()) !== 0);
  await place(election);
  const rowsOf = (id: string, table: string): string =>
    `select encode(${id}, 'hex') as id, xmin::text::int as xmin, (row_number() over (order by ctid))::int as rank
     from pv.${table} where election_id = $1 order by ctid`;
  participation = await intake.databases.query('intake', rowsOf('voter_tag', 'participation'), [election.id]);
  box = await intake.databases.query('box', rowsOf('tracker', 'ballot'), [election.id]);
  logged = await placedRows(election);
}, 120_000);
afterAll(async () => {
  await logPool.end();
  await mixing[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

const trackerOf = (): Map<string, string> =>
  new Map(votes.map(({ voter, tracker }) => [voter.toString('hex'), tracker.toString('hex')]));

/** How many guesses (voter, tracker) are right. */
const hits = (guesses: readonly (readonly [string, string])[], truth = trackerOf()): number =>
  guesses.filter(([voter, tracker]) => truth.get(voter) === tracker).length;

/** Joins two lists by place: the guess of who thinks that both are in one order. */
const byPlace = (first: readonly Row[], right: readonly Row[]): [string, string][] =>
  first.map(({ id }, index) => [id, right[index]?.id ?? '']);

// A person who knows a voter's batch guesses right once in K at best, 20 of 1,000 on average. Six deviations above that
// have a chance of less than one in a million. A visible order gives hundreds.
const chance = voters / k + 6 * Math.sqrt(voters / k);
const sorted = (rows: readonly Row[], by: (a: Row, b: Row) => number): Row[] => [...rows].sort(by);
const text = (a: Row, b: Row): number => (a.id < b.id ? -1 : 1);

describe('The election', () => {
  test('A thousand ballots go in, a thousand are in the box, and every batch is at least K', () => {
    expect(participation).toHaveLength(voters);
    expect(box).toHaveLength(voters);
    expect(new Set(box.map(({ id }) => id))).toEqual(new Set(trackerOf().values()));
    const sizes = new Map<number, number>();
    for (const { xmin } of box) sizes.set(xmin, (sizes.get(xmin) ?? 0) + 1);
    expect(sizes.size).toBeGreaterThan(5);
    for (const size of sizes.values()) expect(size).toBeGreaterThanOrEqual(k);
  });
});

describe('The link from a voter to a ballot', () => {
  test('The attack works: on rows in the order of casting it finds everybody', () => {
    const naive = (id: (vote: Vote) => Buffer): Row[] =>
      votes.map((vote, index) => ({ id: id(vote).toString('hex'), xmin: index, rank: index }));
    expect(
      hits(
        byPlace(
          naive(({ voter }) => voter),
          naive(({ tracker }) => tracker),
        ),
      ),
    ).toBe(voters);
  });

  test('An equal transaction does not join a voter with a ballot (1)', () => {
    const transactions = new Set(participation.map(({ xmin }) => xmin));
    expect(box.filter(({ xmin }) => transactions.has(xmin))).toEqual([]);
  });

  test('The nearest transaction does not join a voter with a ballot (2)', () => {
    for (const later of [true, false]) {
      // Each voter is given a ballot of the nearest batch, each ballot once.
      const free = new Map<number, string[]>();
      for (const { id, xmin } of box) free.set(xmin, [...(free.get(xmin) ?? []), id]);
      const guesses = participation.map(({ id, xmin }): [string, string] => {
        const near = [...free]
          .filter(([at, ids]) => ids.length > 0 && (!later || at > xmin))
          .sort(([a], [b]) => Math.abs(a - xmin) - Math.abs(b - xmin))[0];
        return [id, near?.[1].shift() ?? ''];
      });
      expect(hits(guesses)).toBeLessThan(chance);
    }
  });

  test('The order of rows on disk does not join a voter with a ballot (3)', () => {
    expect(hits(byPlace(participation, box))).toBeLessThan(chance);
    const byTime = (a: Row, b: Row): number => a.xmin - b.xmin || a.rank - b.rank;
    expect(hits(byPlace(sorted(participation, byTime), sorted(box, byTime)))).toBeLessThan(chance);
  });

  test('The order of indexes does not join a voter with a ballot (4)', () => {
    expect(hits(byPlace(sorted(participation, text), sorted(box, text)))).toBeLessThan(chance);
    const inBatch = (a: Row, b: Row): number => a.xmin - b.xmin || text(a, b);
    expect(hits(byPlace(sorted(participation, inBatch), sorted(box, inBatch)))).toBeLessThan(chance);
  });

  test('No equal value in both databases or in a log joins a voter with a ballot (5)', async () => {
    const dump = async (database: 'intake' | 'box'): Promise<string> => {
      const tables = await intake.databases.query<{ name: string }>(
        database,
        `select format('%I.%I', relnamespace::regnamespace, relname) as name from pg_class
         where relnamespace in ('pv'::regnamespace, 'public'::regnamespace) and relkind = 'r'`,
      );
      const parts = await Promise.all(
        tables.map(({ name }) =>
          intake.databases.query<{ row: string }>(database, `select t::text as row from ${name} t`),
        ),
      );
      return parts
        .flat()
        .map(({ row }) => row)
        .join('\n');
    };
    const inIntake = await dump('intake');
    const inBox = await dump('box');
    const valuesOf = (from: string): Set<string> => new Set(from.match(/[0-9a-f]{16,}/g) ?? []);
    const boxValues = valuesOf(inBox);
    const common = [...valuesOf(inIntake)].filter((value) => boxValues.has(value));
    // The suffix of this election's option names is public and in its definition.
    expect(common.filter((value) => !election.id.includes(value))).toEqual([]);
    const logs = mixing.log.text() + intake.log.text() + readFileSync(inject('postgresLog'), 'utf8');
    for (const { voter, phone, attempt, tracker, text: ballotText } of votes) {
      // A dump spells bytes in hexadecimal; a log might in any way.
      expect(inIntake.includes(tracker.toString('hex')) || inIntake.includes(ballotText)).toBe(false);
      expect([voter, phone, attempt].some((value) => inBox.includes(value.toString('hex')))).toBe(false);
      const spelt = [voter, phone, attempt, tracker].flatMap((value) =>
        (['hex', 'base64', 'base64url'] as const).map((encoding) => value.toString(encoding)),
      );
      expect([...spelt, ballotText].some((value) => logs.includes(value))).toBe(false);
    }
  });

  test('The log of the first database does not join a voter with a ballot (6)', async () => {
    const only = distinctElection();
    await intake.create(app, only);
    const position = async (): Promise<string> =>
      (await intake.databases.query<{ at: string }>('intake', 'select pg_current_wal_insert_lsn()::text as at'))[0]!.at;
    const from = await position();
    const cast = await castWave(only, 60);
    const to = await position();
    const segments = await intake.databases.query<{ bytes: Buffer }>(
      'intake',
      `select pg_read_binary_file('pg_wal/' || name) as bytes from pg_ls_waldir()
       where name between pg_walfile_name($1::pg_lsn) and pg_walfile_name($2::pg_lsn) order by name`,
      [from, to],
    );
    const log = Buffer.concat(segments.map(({ bytes }) => bytes));
    // The tags must be found, or the wrong log was read.
    expect(cast.every(({ voter }) => log.includes(voter))).toBe(true);
    for (const { tracker, text: ballotText } of cast) {
      expect(log.includes(tracker)).toBe(false);
      expect(log.includes(ballotText)).toBe(false);
    }
  });

  test('The order of casting within a batch does not join a voter with a ballot (7)', () => {
    // Of a thousand unrelated pairs the deviation is 0.032: five of them.
    expect(Math.abs(orderWithin(box))).toBeLessThan(0.16);
  });

  test('The place of an entry in the public log does not join a voter with a ballot (8)', () => {
    expect(logged).toHaveLength(voters);
    expect(new Set(logged.map(({ xmin }) => xmin)).size).toBeGreaterThan(5);
    expect(Math.abs(orderWithin(logged))).toBeLessThan(0.16);
    expect(hits(byPlace(participation, logged))).toBeLessThan(chance);
    const byTime = (a: Row, b: Row): number => a.xmin - b.xmin || a.rank - b.rank;
    expect(hits(byPlace(sorted(participation, byTime), logged))).toBeLessThan(chance);
  });

  test('In a larger sample the place says nothing of the time, and a tenth in order is found (9)', async () => {
    const only = distinctElection();
    expect((await intake.create(app, only)).status).toBe(200);
    const cast = await depositInOrder(only);
    const rows = await placedRows(only);
    expect(rows).toHaveLength(sampleSize);
    expect(Math.abs(orderWithin(rows, cast))).toBeLessThan(0.05);
    expect(orderWithin(withTenthInOrder(rows, cast), cast)).toBeGreaterThan(0.05);
  });

  test('The size of a sealed ballot joins no voter with it: all sizes are alike', async () => {
    const only = distinctElection();
    await intake.create(app, only);
    await castWave(only, 10);
    const sizes = await intake.databases.query(
      'intake',
      'select distinct octet_length(sealed) % 256 as odd, pg_column_size(sealed) - octet_length(sealed) as more from pv.outbox',
    );
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toMatchObject({ odd: 0 });
  });
});

const timesOf = (cast: readonly Pick<Vote, 'tracker'>[]): Map<string, number> =>
  new Map(cast.map(({ tracker }, index) => [tracker.toString('hex'), index]));

/** What a fault could do: the rows in every tenth place are put into the order of casting. */
function withTenthInOrder(rows: readonly Row[], cast: readonly Pick<Vote, 'tracker'>[]): Row[] {
  const times = timesOf(cast);
  const isTenth = (index: number): boolean => index % 10 === 0;
  const ids = rows.filter((_, index) => isTenth(index)).map(({ id }) => id);
  ids.sort((a, b) => times.get(a)! - times.get(b)!);
  return rows.map((row, index) => (isTenth(index) ? { ...row, id: ids[index / 10]! } : row));
}

/** How the order of rows within their transactions goes with the order of casting, from -1 to 1. */
function orderWithin(rows: readonly Row[], cast: readonly Pick<Vote, 'tracker'>[] = votes): number {
  const times = timesOf(cast);
  const batches = new Map<number, Row[]>();
  for (const row of rows) batches.set(row.xmin, [...(batches.get(row.xmin) ?? []), row]);
  const pairs = [...batches.values()].flatMap((batch) => {
    const bySending = sorted(batch, (a, b) => times.get(a.id)! - times.get(b.id)!);
    return batch.map((row, place) => [place / batch.length, bySending.indexOf(row) / batch.length] as const);
  });
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const x = pairs.map(([a]) => a);
  const y = pairs.map(([, b]) => b);
  const mx = mean(x);
  const my = mean(y);
  const covariance = mean(pairs.map(([a, b]) => (a - mx) * (b - my)));
  return covariance / Math.sqrt(mean(x.map((a) => (a - mx) ** 2)) * mean(y.map((b) => (b - my) ** 2)));
}
