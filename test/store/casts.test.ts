// The atomic duplicate check on a real PostgreSQL: outcomes, races, and answers that are never a yes by mistake.
import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byteaArray, timestamptzArray } from '../../src/store/binary-array.ts';
import { castBallots } from '../../src/store/casts.ts';
import type { CastOutcome, SealedCast } from '../../src/store/casts.ts';
import { sqlState } from '../../src/store/certain-query.ts';
import { closeElection } from '../../src/store/intake-elections.ts';
import { createCastBench, inVersion } from '../support/casting.ts';
import type { CastBench } from '../support/casting.ts';
import { until } from '../support/until.ts';

let bench: CastBench;
beforeAll(async () => {
  bench = await createCastBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const quiet = (): void => undefined;
const castAll = (electionId: string, casts: readonly SealedCast[], pool = bench.pool): Promise<CastOutcome[]> =>
  castBallots(pool, inVersion(electionId), casts, quiet);
const castOne = async (electionId: string, cast: SealedCast): Promise<CastOutcome | undefined> =>
  (await castAll(electionId, [cast]))[0];

/** Runs the function as the superuser, so that errors can be seen. */
async function rawCast(electionId: string, casts: readonly SealedCast[], client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ outcomes: string[] }>(
    'select pv.cast_ballots($1, 1, $2, $3, $4, $5, $6) as outcomes',
    [
      electionId,
      byteaArray(casts.map(({ voter }) => voter)),
      byteaArray(casts.map(({ phone }) => phone)),
      byteaArray(casts.map(({ attempt }) => attempt)),
      byteaArray(casts.map(({ sealed }) => sealed)),
      timestamptzArray(casts.map(({ verifiedAtMs }) => verifiedAtMs)),
    ],
  );
  return rows[0]!.outcomes;
}

async function withSuperuser<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: bench.databases.url('intake') });
  client.on('error', quiet);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(quiet);
  }
}

const endNow = (election: string): Promise<unknown> =>
  bench.databases.query('intake', 'update pv.election set closes_at = clock_timestamp() where election_id = $1', [
    election,
  ]);

const lockParticipation = 'begin; lock table pv.participation in access exclusive mode';
/** Resolves when a session of the role waits for a lock in this bench's database. */
async function untilSomebodyWaits(): Promise<void> {
  const deadline = Date.now() + 40_000;
  for (;;) {
    if (Date.now() > deadline) throw new Error('no query waits for a lock');
    const [row] = await bench.databases.query<{ waiting: number }>(
      'intake',
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and usename = 'popvote_ballots' and wait_event_type = 'Lock'`,
    );
    if (row!.waiting > 0) return;
  }
}

describe('One batch', () => {
  test('Every ballot gets its own outcome, in order', async () => {
    const election = await bench.election();
    const a = bench.cast(election);
    const b = bench.cast(election);
    const c = bench.cast(election);
    expect(await castAll(election, [a, b])).toEqual(['recorded', 'recorded']);
    const stranger = bench.cast(election, { phone: b.phone });
    const changed = bench.cast(election, { voter: a.voter, phone: a.phone });
    expect(await castAll(election, [stranger, c, a, changed, b])).toEqual([
      'already-recorded',
      'recorded',
      'replay',
      'already-recorded',
      'replay',
    ]);
    expect(await bench.counts(election)).toEqual({ participation: 3, outbox: 3 });
  });

  test('One voter twice in a batch: one is recorded, the other is not', async () => {
    const election = await bench.election();
    const first = bench.cast(election);
    const second = bench.cast(election, { voter: first.voter });
    const outcomes = await castAll(election, [first, second]);
    expect([...outcomes].sort()).toEqual(['already-recorded', 'recorded']);
    expect(await bench.counts(election)).toEqual({ participation: 1, outbox: 1 });
  });

  test('One phone twice in a batch: one is recorded, the other is not', async () => {
    const election = await bench.election();
    const first = bench.cast(election);
    const outcomes = await castAll(election, [first, bench.cast(election, { phone: first.phone })]);
    expect([...outcomes].sort()).toEqual(['already-recorded', 'recorded']);
    expect(await bench.counts(election)).toEqual({ participation: 1, outbox: 1 });
  });

  test('The same attempt many times in a batch: all may have the receipt, one row each is stored', async () => {
    const election = await bench.election();
    const cast = bench.cast(election);
    const again = bench.cast(election, { voter: cast.voter, phone: cast.phone, attempt: cast.attempt });
    const elsewhere = bench.cast(election, { voter: cast.voter, attempt: cast.attempt });
    const outcomes = await castAll(election, [cast, again, elsewhere, cast]);
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'replay')).toHaveLength(3);
    expect(await bench.counts(election)).toEqual({ participation: 1, outbox: 1 });
  });

  test('A batch of a thousand at once, with one in ten cast before', async () => {
    const election = await bench.election();
    const casts = Array.from({ length: 1_000 }, () => bench.cast(election));
    await castAll(election, casts.slice(0, 100));
    const outcomes = await castAll(election, casts);
    expect(outcomes.slice(0, 100).every((outcome) => outcome === 'replay')).toBe(true);
    expect(outcomes.slice(100).every((outcome) => outcome === 'recorded')).toBe(true);
    expect(await bench.counts(election)).toEqual({ participation: 1_000, outbox: 1_000 });
  });

  test('Random batches keep one row for each voter and phone, and one sealed ballot for each row', async () => {
    const election = await bench.election();
    const some = (count: number): Buffer[] => Array.from({ length: count }, () => randomBytes(32));
    const voters = some(12);
    const phones = some(12);
    const attempts = some(3);
    const pick = (items: Buffer[]): Buffer => items[Math.floor(Math.random() * items.length)]!;
    const owner = new Map<string, string>();
    for (let round = 0; round < 40; round += 1) {
      const casts = Array.from({ length: 8 }, () =>
        bench.cast(election, { voter: pick(voters), phone: pick(phones), attempt: pick(attempts) }),
      );
      (await castAll(election, casts)).forEach((outcome, index) => {
        const voter = casts[index]!.voter.toString('hex');
        const attempt = casts[index]!.attempt.toString('hex');
        if (outcome === 'recorded') {
          expect(owner.has(voter)).toBe(false);
          owner.set(voter, attempt);
        }
        if (outcome === 'replay') expect(owner.get(voter)).toBe(attempt);
      });
    }
    expect(await bench.counts(election)).toEqual({ participation: owner.size, outbox: owner.size });
  });

  test.each<[string, (cast: SealedCast) => SealedCast]>([
    ['a short voter tag', (cast) => ({ ...cast, voter: cast.voter.subarray(1) })],
    ['a short phone tag', (cast) => ({ ...cast, phone: cast.phone.subarray(1) })],
    ['a short attempt tag', (cast) => ({ ...cast, attempt: cast.attempt.subarray(1) })],
    ['a sealed ballot of another size', (cast) => ({ ...cast, sealed: Buffer.concat([cast.sealed, Buffer.alloc(1)]) })],
    ['a sealed ballot to an unknown key', (cast) => ({ ...cast, sealed: randomBytes(256) })],
  ])('%s is rejected before anything is written', async (_what, spoil) => {
    const election = await bench.election();
    const casts = [bench.cast(election), spoil(bench.cast(election))];
    expect(await castAll(election, casts)).toEqual(['busy', 'busy']);
    expect(await bench.counts(election)).toEqual({ participation: 0, outbox: 0 });
    await withSuperuser(async (client) => {
      const error = await rawCast(election, casts, client).catch((cause: unknown) => cause);
      expect(['22023', 'PV001']).toContain(sqlState(error));
    });
  });

  test('A transaction that cannot give the promise is rejected', async () => {
    const election = await bench.election();
    await withSuperuser(async (client) => {
      for (const setting of [
        'set default_transaction_isolation = "repeatable read"',
        'set default_transaction_isolation = "read committed"; set synchronous_commit = off',
        'set synchronous_commit = local',
      ]) {
        await client.query(setting);
        const error = await rawCast(election, [bench.cast(election)], client).catch((cause: unknown) => cause);
        expect(sqlState(error), setting).toBe('25001');
      }
    });
  });
});

describe('The races of casts', () => {
  test('Of two hundred conflicting casts of one voter at once exactly one is recorded', async () => {
    const election = await bench.election();
    const pool = bench.open({ connectionsMax: 20 });
    const { voter, phone } = bench.cast(election);
    const casts = Array.from({ length: 200 }, () => bench.cast(election, { voter, phone }));
    // A busy cast was not recorded, and is sent again.
    const certain = async (cast: SealedCast): Promise<CastOutcome | undefined> => {
      for (;;) {
        const [outcome] = await castAll(election, [cast], pool);
        if (outcome !== 'busy') return outcome;
      }
    };
    const outcomes = await Promise.all(casts.map(certain));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'already-recorded')).toHaveLength(199);
    expect(await bench.counts(election)).toEqual({ participation: 1, outbox: 1 });
  });

  test('A cast that waited for the same attempt in flight is a replay, not a rejection', async () => {
    const election = await bench.election();
    const cast = bench.cast(election);
    await withSuperuser(async (client) => {
      await client.query('begin');
      expect(await rawCast(election, [cast], client)).toEqual(['recorded']);
      const waiting = castOne(election, cast);
      await untilSomebodyWaits();
      await client.query('commit');
      expect(await waiting).toBe('replay');
    });
  });

  test('Batches that cross on phones meet in deadlocks and still end in certainty', async () => {
    const database = new URL(bench.databases.url('intake')).pathname.slice(1);
    await bench.databases.query(
      'intake',
      `alter role popvote_ballots in database ${database} set deadlock_timeout = '10ms'`,
    );
    const election = await bench.election();
    const pool = bench.open({ connectionsMax: 2 });
    const troubles = new Set<string | undefined>();
    const attempts: SealedCast[] = [];
    const outcomes: CastOutcome[] = [];
    for (let round = 0; round < 40 && !troubles.has('40P01'); round += 1) {
      const [one, other] = Array.from({ length: 2 }, () =>
        Array.from({ length: 60 }, () => bench.cast(election)).sort((a, b) => a.voter.compare(b.voter)),
      ) as [SealedCast[], SealedCast[]];
      // The last of each batch wants the phone that the first of the other has.
      const crossed = [one, other].map((batch, index) => {
        const opposite = index === 0 ? other : one;
        return batch.map((cast, at) => (at < 30 ? cast : { ...cast, phone: opposite[59 - at]!.phone }));
      });
      const results = await Promise.all(
        crossed.map((batch) =>
          castBallots(pool, inVersion(election), batch, (error) => void troubles.add(sqlState(error))),
        ),
      );
      attempts.push(...crossed.flat());
      outcomes.push(...results.flat());
    }
    expect(troubles).toContain('40P01');
    expect([...troubles].every((state) => state === '40P01')).toBe(true);
    expect(outcomes).not.toContain('unknown');
    const recorded = outcomes.filter((outcome) => outcome === 'recorded' || outcome === 'replay').length;
    expect(recorded).toBe(new Set(attempts.map(({ phone }) => phone.toString('hex'))).size);
    expect(await bench.counts(election)).toEqual({ participation: recorded, outbox: recorded });
  });
});

describe('Answers that are not certain', () => {
  test('A notice with the commit is unknown, its connection is closed, and the retry settles it', async () => {
    const election = await bench.election();
    const pool = bench.open({ connectionsMax: 1 });
    const cast = bench.cast(election);
    // What PostgreSQL does when the wait for a standby is cancelled: it commits, and warns.
    await bench.databases.query(
      'intake',
      `create function public.warn() returns trigger language plpgsql as
         $$ begin raise warning 'canceling wait for synchronous replication'; return null; end $$;
       create constraint trigger warn after insert on pv.participation deferrable initially deferred
         for each row execute function public.warn()`,
    );
    const before = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
    const troubles: unknown[] = [];
    expect(await castBallots(pool, inVersion(election), [cast], (error) => troubles.push(error))).toEqual(['unknown']);
    expect(troubles.map((error) => (error as Error).name)).toEqual(['OutcomeUnknown']);
    await bench.databases.query('intake', 'drop trigger warn on pv.participation; drop function public.warn()');
    const after = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(after.rows[0]!.pid).not.toBe(before.rows[0]!.pid);
    expect(await castAll(election, [cast], pool)).toEqual(['replay']);
    expect(await bench.counts(election)).toEqual({ participation: 1, outbox: 1 });
  });

  test('A statement that takes too long is unknown', async () => {
    const election = await bench.election();
    const pool = bench.open({ statementMsMax: 150 });
    await withSuperuser(async (client) => {
      await client.query(lockParticipation);
      expect(await castAll(election, [bench.cast(election)], pool)).toEqual(['unknown']);
    });
    expect(await bench.counts(election)).toEqual({ participation: 0, outbox: 0 });
  });

  test('A connection that breaks in the middle is unknown, and the process lives on', async () => {
    const election = await bench.election();
    const pool = bench.open();
    await withSuperuser(async (client) => {
      await client.query(lockParticipation);
      const casting = castAll(election, [bench.cast(election)], pool);
      await untilSomebodyWaits();
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = 'popvote_ballots' and wait_event_type = 'Lock'`,
      );
      expect(await casting).toEqual(['unknown']);
    });
    expect(await castAll(election, [bench.cast(election)], pool)).toEqual(['recorded']);
  });

  test('A connection that is cut without a word is unknown, and the process lives on', async () => {
    const election = await bench.election();
    const server = new URL(bench.databases.url('intake', 'popvote_ballots'));
    const sockets: Socket[] = [];
    const host = server.hostname;
    const port = Number(server.port);
    const proxy = createServer((near) => {
      const far = connect(port, host);
      sockets.push(near, far);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.on('error', quiet).pipe(to);
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const pool = bench.open();
    server.port = String((proxy.address() as AddressInfo).port);
    pool.options.connectionString = server.href;
    await withSuperuser(async (client) => {
      await client.query(lockParticipation);
      const casting = castAll(election, [bench.cast(election)], pool);
      await untilSomebodyWaits();
      for (const socket of sockets.splice(0)) socket.resetAndDestroy();
      expect(await casting).toEqual(['unknown']);
    });
    expect(await castAll(election, [bench.cast(election)], pool)).toEqual(['recorded']);
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  test('A database that is unavailable recorded nothing: the casts are busy', async () => {
    const pool = bench.open();
    const url = new URL(bench.databases.url('intake', 'popvote_ballots'));
    url.port = '1';
    pool.options.connectionString = url.href;
    expect(await castAll('e', [bench.cast('e')], pool)).toEqual(['busy']);
  });

  test('An unavailable lock is tried again, whole and then singly', async () => {
    const election = await bench.election();
    const pool = bench.open({ settings: '-c lock_timeout=800ms' });
    const troubles: (string | undefined)[] = [];
    await withSuperuser(async (client) => {
      await client.query(lockParticipation);
      const outcomes = await castBallots(
        pool,
        inVersion(election),
        [bench.cast(election), bench.cast(election)],
        (error) => {
          troubles.push(sqlState(error));
          if (troubles.length === 3) void client.query('rollback');
        },
      );
      // Whole, whole again, then the first alone, which found the lock still taken.
      expect(outcomes).toEqual(['busy', 'recorded']);
    });
    expect(troubles).toEqual(['55P03', '55P03', '55P03']);
  });

  test('Answers that record nothing write to the log too, so that they wait for a standby', async () => {
    const election = await bench.election();
    const cast = bench.cast(election);
    await castOne(election, cast);
    const closed = await bench.election({ closesAt: new Date(Date.now() - 1_000).toISOString(), graceSeconds: 0 });
    await withSuperuser(async (client) => {
      for (const [id, casts, outcome] of [
        [election, [cast], 'replay'],
        [election, [bench.cast(election, { voter: cast.voter })], 'already-recorded'],
        [closed, [bench.cast(closed)], 'not-open'],
      ] as const) {
        await client.query('begin');
        expect(await rawCast(id, casts, client)).toEqual([outcome]);
        // A transaction has an id as soon as it writes. Without one its commit would not wait for the others.
        const { rows } = await client.query<{ id: string | null }>(
          'select pg_current_xact_id_if_assigned()::text as id',
        );
        expect(rows[0]!.id, outcome).not.toBeNull();
        await client.query('commit');
      }
    });
  });
});

describe('The window of an election', () => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

  test('Before the opening nothing is recorded', async () => {
    const election = await bench.election({ opensAt: at(60_000) });
    expect(await castOne(election, bench.cast(election))).toBe('not-open');
  });

  test('In the grace only voters verified before the end may cast', async () => {
    const election = await bench.election({ closesAt: at(-5_000) });
    expect(await castOne(election, bench.cast(election, { verifiedAtMs: Date.now() - 6_000 }))).toBe('recorded');
    expect(await castOne(election, bench.cast(election, { verifiedAtMs: Date.now() - 1_000 }))).toBe('not-open');
    const mixed = [bench.cast(election, { verifiedAtMs: Date.now() - 6_000 }), bench.cast(election)];
    expect(await castAll(election, mixed)).toEqual(['recorded', 'not-open']);
  });

  test('After the grace voted and not voted get the same answer, but for the same ballot again', async () => {
    const election = await bench.election();
    const cast = bench.cast(election);
    await castOne(election, cast);
    const { databases } = bench;
    await databases.query(
      'intake',
      `update pv.election set closes_at = now() - interval '1 h' where election_id = $1`,
      [election],
    );
    const late = [cast, bench.cast(election, { voter: cast.voter }), bench.cast(election)];
    expect(await castAll(election, late)).toEqual(['replay', 'not-open', 'not-open']);
    expect(await closeElection(bench.pool, election)).toEqual({ outcome: 'closed', participation: 1 });
    expect(await castAll(election, late)).toEqual(['replay', 'not-open', 'not-open']);
    expect(await closeElection(bench.pool, election)).toEqual({ outcome: 'closed', participation: 1 });
  });

  test('An election cannot be closed before the grace is over', async () => {
    const election = await bench.election({ closesAt: at(-100_000), graceSeconds: 120 });
    expect(await closeElection(bench.pool, election)).toEqual({ outcome: 'too-early' });
    expect(await closeElection(bench.pool, 'nowhere')).toEqual({ outcome: 'not-found' });
  });

  test('The count that closing returns is final, whatever is in flight', async () => {
    const election = await bench.election({ graceSeconds: 0 });
    const pool = bench.open({ connectionsMax: 8 });
    const verifiedAtMs = Date.now();
    let recorded = 0;
    const final: { count?: number } = {};
    const cast = async (): Promise<void> => {
      while (final.count === undefined) {
        const batch = Array.from({ length: 5 }, () => bench.cast(election, { verifiedAtMs }));
        const outcomes = await castAll(election, batch, pool);
        recorded += outcomes.filter((outcome) => outcome === 'recorded').length;
        expect(outcomes).not.toContain('unknown');
      }
    };
    // The election ends while casts are in flight.
    const close = async (): Promise<void> => {
      await until(() => recorded > 0, 'a first cast');
      await endNow(election);
      for (;;) {
        const closing = await closeElection(bench.pool, election);
        if (closing.outcome === 'closed') final.count = closing.participation;
        if (closing.outcome === 'closed') return;
      }
    };
    await Promise.all([close(), ...Array.from({ length: 8 }, cast)]);
    expect(final.count).toBeGreaterThan(0);
    expect(recorded).toBe(final.count);
    expect(await bench.counts(election)).toEqual({ participation: final.count, outbox: final.count });
  });

  test('A cast that waited for the closing is not open', async () => {
    const election = await bench.election();
    await withSuperuser(async (client) => {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(20260001, hashtext($1))', [election]);
      const waiting = castOne(election, bench.cast(election));
      await untilSomebodyWaits();
      await client.query(`update pv.election set state = 'closed' where election_id = $1`, [election]);
      await client.query('commit');
      expect(await waiting).toBe('not-open');
    });
    expect(await bench.counts(election)).toEqual({ participation: 0, outbox: 0 });
  });

  test('Closing waits for a cast in flight and counts it', async () => {
    const election = await bench.election({ graceSeconds: 0 });
    await withSuperuser(async (client) => {
      await client.query('begin');
      expect(await rawCast(election, [bench.cast(election)], client)).toEqual(['recorded']);
      await endNow(election);
      const closing = closeElection(bench.pool, election);
      await untilSomebodyWaits();
      await client.query('commit');
      expect(await closing).toEqual({ outcome: 'closed', participation: 1 });
    });
  });
});

describe('A roll', () => {
  test('Only a voter on the roll may cast; the answer hides who voted; a replay gets its receipt', async () => {
    const election = await bench.election({ scheme: 'roll' });
    const on = bench.cast(election);
    const off = bench.cast(election);
    const { databases } = bench;
    await databases.query('intake', 'insert into pv.roll (election_id, voter_tag) values ($1, $2)', [
      election,
      on.voter,
    ]);
    expect(await castAll(election, [on, off])).toEqual(['recorded', 'not-eligible']);
    // With a phone that voted, too: who is not on the roll learns nothing of the phone.
    const elsewhere = bench.cast(election, { voter: off.voter, phone: on.phone });
    expect(await castAll(election, [elsewhere, on])).toEqual(['not-eligible', 'replay']);
    await databases.query('intake', 'delete from pv.roll where election_id = $1', [election]);
    expect(await castAll(election, [on])).toEqual(['replay']);
    expect(await bench.counts(election)).toEqual({ participation: 1, outbox: 1 });
  });
});
