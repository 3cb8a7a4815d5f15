// Mixing over both real databases: batches, crashes at every point, and ballots that cannot be opened.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mixBatchMax } from '../../../src/domain/mixing.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createSealer, sealedOverheadBytes } from '../../../src/platform/keys/sealed-boxes.ts';
import { sealedBallotContent, sealedBallotContext } from '../../../src/protocol/sealed-ballot.ts';
import { TrackerConflict, depositOnline } from '../../../src/store/box.ts';
import type { Pool } from '../../../src/store/database.ts';
import { chooseBatch, createMixerLock } from '../../../src/store/mixing.ts';
import { createIntake, newElection, settled } from '../../support/intake.ts';
import type { Intake } from '../../support/intake.ts';
import { createMixing } from '../../support/mixing.ts';
import type { Mixing } from '../../support/mixing.ts';

let intake: Intake;
let mixing: Mixing;
let app: App;
beforeAll(async () => {
  intake = await createIntake();
  mixing = await createMixing(intake);
  app = await intake.app();
});
afterAll(async () => {
  await mixing[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});
let electionId: string;
const begin = async (minBatch: number, withLog = true): Promise<void> => {
  const election = newElection({ minBatch, rehearsal: minBatch < 50 });
  electionId = election.id;
  expect((await intake.create(app, election, { withLog })).status).toBe(200);
};
beforeEach(() => begin(1));

async function castMany(count: number): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: count }, () => {
      const call = intake.cast({ electionId });
      return settled(() => intake.castAt(app, call));
    }),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
}
/** The lines of the log about the election with this event. */
const linesOf = (event: string): string[] =>
  mixing.log
    .text()
    .split('\n')
    .filter((line) => line.includes(event) && line.includes(electionId));
const close = (): Promise<unknown> =>
  intake.databases.query('intake', `update pv.election set state = 'closed' where election_id = $1`, [electionId]);
/** Sizes of the batches in which the election's ballots came into the box, by the transaction that wrote them. */
async function batches(): Promise<number[]> {
  const rows = await intake.databases.query<{ size: number }>(
    'box',
    'select count(*)::int as size from pv.ballot where election_id = $1 group by xmin::text order by min(xmin::text::bigint)',
    [electionId],
  );
  return rows.map(({ size }) => size);
}
const places = async (): Promise<unknown> => {
  const differences = await mixing.reconcile();
  return differences.find((election) => election.electionId === electionId);
};
const sum = (participation: number, outbox: number, box: number) => ({
  electionId,
  participation,
  outbox,
  box,
  repeated: 0,
  mismatch: participation - outbox - box,
});

describe('Batches of the mixer', () => {
  test('In a rehearsal with K = 1 a single ballot reaches the box at the next step', async () => {
    await castMany(1);
    expect(await mixing.mixer().mixOnce(), mixing.log.text()).toBe(1);
    const ballotRows = await intake.databases.query(
      'box',
      'select channel, ballot from pv.ballot where election_id = $1',
      [electionId],
    );
    const ballot = '{"contests":[{"choices":["yes"],"contestId":"motion"},{"choices":["red"],"contestId":"council"}]}';
    expect(ballotRows).toEqual([{ channel: 'online', ballot }]);
    expect(await places()).toEqual(sum(1, 0, 1));
    expect(await mixing.mixer().mixOnce()).toBe(0);
  });

  test('Before the end at least K go and at least K stay; at the end all go, in batches of K or more', async () => {
    await begin(50);
    const mixer = mixing.mixer();
    await castMany(99);
    expect(await mixer.mixOnce()).toBe(0);
    await castMany(1);
    expect(await mixer.mixOnce()).toBe(50);
    expect(await mixer.mixOnce()).toBe(0);
    await castMany(49);
    expect(await mixer.mixOnce()).toBe(0);
    await castMany(3);
    expect(await mixer.mixOnce()).toBe(52);
    await castMany(7);
    await close();
    expect(await mixer.mixOnce()).toBe(57);
    expect(await batches()).toEqual([50, 52, 57]);
    expect(await places()).toEqual(sum(159, 0, 159));
  });

  test('An election of fewer than K in all is one batch at its end', async () => {
    await begin(50);
    await castMany(3);
    expect(await mixing.mixer().mixOnce()).toBe(0);
    await close();
    expect(await mixing.mixer().mixOnce()).toBe(3);
  });

  test('A backlog is moved in bounded batches, the last no smaller than K', async () => {
    await begin(50, false);
    // Copies of sealed ballots would be equal trackers: each is sealed for itself.
    const [key] = await intake.databases.query<{ epoch: Buffer; public_key: Buffer }>(
      'intake',
      `select epoch, public_key from pv.mixer_key where state = 'active' order by created_at_ms desc limit 1`,
    );
    const sealer = createSealer({ epoch: key!.epoch, publicKey: key!.public_key });
    const total = mixBatchMax + 20;
    const sealed = Array.from({ length: total }, (_, index) => {
      const tracker = Buffer.alloc(32);
      tracker.writeUInt32BE(index);
      tracker.write(electionId.slice(0, 20), 4);
      const content = sealedBallotContent({ tracker, entry: null, text: '{}' }, 256 - sealedOverheadBytes);
      return sealer.seal(content, sealedBallotContext(electionId, false));
    });
    await intake.databases.query(
      'intake',
      `insert into pv.outbox (election_id, sealed) select $1, s from unnest($2::bytea[]) s`,
      [electionId, sealed],
    );
    await close();
    const mixer = mixing.mixer();
    expect(await mixer.mixOnce()).toBe(total - 50);
    expect(await mixer.mixOnce()).toBe(50);
  });

  test('The database refuses a batch that is too small or leaves too few, from every caller', async () => {
    await begin(50);
    await castMany(100);
    for (const count of [0, 1, 49, 51, 100, 101]) {
      await expect(chooseBatch(mixing.intakePool, electionId, count, [])).rejects.toMatchObject({ code: 'PV002' });
    }
    await close();
    for (const count of [1, 49, 51, 99]) {
      await expect(chooseBatch(mixing.intakePool, electionId, count, [])).rejects.toMatchObject({ code: 'PV002' });
    }
    expect(await chooseBatch(mixing.intakePool, electionId, 100, [])).toBe(100);
    expect(await chooseBatch(mixing.intakePool, electionId, 100, [])).toBe(0);
    await mixing.mixer().mixOnce();
  });

  test('Two mixers that work at once by mistake still move every ballot once', async () => {
    await begin(10);
    await castMany(60);
    const mixers = [mixing.mixer(), mixing.mixer(), mixing.mixer()];
    // One may choose by a count that another has just made too small: the database refuses it, and its next step goes on.
    for (let round = 0; round < 4; round += 1) await Promise.allSettled(mixers.map((mixer) => mixer.mixOnce()));
    await mixers[0]?.mixOnce();
    expect(await places()).toEqual(sum(60, 10, 50));
  });
});

describe('The lock of the mixer', () => {
  test('The lock is held by one process until it releases it or its connection breaks', async () => {
    const first = createMixerLock(mixing.intakePool);
    const second = createMixerLock(mixing.intakePool);
    expect(await first.held()).toBe(true);
    expect(await second.held()).toBe(false);
    expect(await first.held()).toBe(true);
    await first.release();
    expect(await second.held()).toBe(true);
    await intake.databases.query(
      'intake',
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 20260004
       and database = (select oid from pg_database where datname = current_database())`,
    );
    expect(await first.held()).toBe(true);
    expect(await second.held()).toBe(false);
    await first.release();
    await second.release();
  });
});

/** Fails the nth statement over all pools: before it is sent, or after it was committed and its answer lost. */
function failing(at: number, when: 'before' | 'after'): { wrap: (pool: Pool) => Pool; count: () => number } {
  const statements = { sent: 0 };
  const counted = async (send: () => Promise<unknown>): Promise<unknown> => {
    statements.sent += 1;
    const mine = statements.sent === at;
    if (mine && when === 'before') throw new Error('killed');
    const result = await send();
    if (mine) throw new Error('killed');
    return result;
  };
  const wrap = (pool: Pool): Pool =>
    new Proxy(pool, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (name === 'query') {
          return (...args: unknown[]) =>
            counted(() => (member as (...all: unknown[]) => Promise<unknown>).apply(target, args));
        }
        if (name !== 'connect') return member;
        return async () => {
          const client = await target.connect();
          const query = client.query.bind(client) as (...all: unknown[]) => Promise<unknown>;
          const release = client.release.bind(client);
          return Object.assign(client, {
            query: (...args: unknown[]) => counted(() => query(...args)),
            release: (destroy?: boolean) => {
              delete (client as { query?: unknown }).query;
              release(destroy);
            },
          });
        };
      },
    });
  return { wrap, count: () => statements.sent };
}

describe('A mixer that is killed', () => {
  test('A mixer killed at any statement continues with the same batch and moves every ballot once', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at += 1) {
        await begin(10);
        await castMany(20);
        const { wrap, count } = failing(at, when);
        const outcome = await mixing
          .mixer(wrap)
          .mixOnce()
          .catch(() => 'killed');
        // More voters come before the mixer is started again. They must not join a batch that is under way, nor make
        // the rest of it recognizable.
        await castMany(10);
        const mixer = mixing.mixer();
        await mixer.mixOnce();
        await mixer.mixOnce();
        const where = `killed ${when} statement ${at}`;
        expect(await places(), where).toEqual(sum(30, 10, 20));
        for (const size of await batches()) expect(size, where).toBeGreaterThanOrEqual(10);
        await close();
        await mixer.mixOnce();
        expect(await places(), where).toEqual(sum(30, 0, 30));
        for (const size of await batches()) expect(size, where).toBeGreaterThanOrEqual(10);
        if (outcome !== 'killed') {
          // It ran to its end: every point was tried.
          expect(count()).toBeLessThan(at);
          expect(at).toBeGreaterThan(5);
          break;
        }
      }
    }
  });
});

describe('The failures of a mixer', () => {
  const spoil = async (slots: number): Promise<string[]> => {
    // As an administrator would who turns the triggers off: the tables never change otherwise.
    const rows = await intake.databases.query<{ slot: string }>(
      'intake',
      'select slot from pv.outbox where election_id = $1 order by slot limit $2',
      [electionId, slots],
    );
    const slotNumbers = rows.map(({ slot }) => slot);
    await spoilSlots(slotNumbers);
    return slotNumbers;
  };
  const spoilSlots = (slotNumbers: readonly string[]): Promise<unknown> =>
    intake.databases.query(
      'intake',
      `alter table pv.outbox disable trigger never_changed;
       update pv.outbox set sealed = set_byte(sealed, 100, 255 - get_byte(sealed, 100))
       where slot = any ('{${slotNumbers.join(',')}}'::uuid[]);
       alter table pv.outbox enable trigger never_changed`,
    );

  const leftOut = new Set<string>();
  const spoilNewest = async (): Promise<void> => {
    const rows = await intake.databases.query<{ slot: string }>(
      'intake',
      'select slot from pv.outbox where election_id = $1',
      [electionId],
    );
    const [slot = ''] = rows.map((row) => row.slot).filter((each) => !leftOut.has(each));
    leftOut.add(slot);
    await spoilSlots([slot]);
  };

  test('A sealed ballot that cannot be opened stays, with an alarm, and does not block the others', async () => {
    await castMany(5);
    const [slot] = await spoil(1);
    const mixer = mixing.mixer();
    expect(await mixer.mixOnce()).toBe(4);
    expect(linesOf('mixer.ballots-not-opened')).toHaveLength(1);
    expect((await mixing.metrics.unopened.get()).values[0]!.value).toBe(1);
    expect(await places()).toEqual(sum(5, 1, 4));
    await castMany(2);
    expect(await mixer.mixOnce()).toBe(2);
    const remaining = await intake.databases.query('intake', 'select slot from pv.outbox where election_id = $1', [
      electionId,
    ]);
    expect(remaining).toEqual([{ slot }]);
    // The corrected ballot is mixed at the next start.
    await spoil(1);
    expect(await mixing.mixer().mixOnce()).toBe(1);
    expect(await places()).toEqual(sum(7, 0, 7));
  });

  test('A second ballot of an election that cannot be opened is logged like the first', async () => {
    const mixer = mixing.mixer();
    for (const count of [1, 2]) {
      // One that can be opened: with it the other is left out, and without it the batch waits.
      await castMany(2);
      await spoilNewest();
      await mixer.mixOnce();
      await mixer.mixOnce();
      expect(linesOf('mixer.ballots-not-opened')).toHaveLength(count);
    }
  });

  test('With too many ballots that cannot be opened to leave K, nothing moves until that is fixed', async () => {
    await begin(10);
    await castMany(20);
    await spoil(20);
    const mixer = mixing.mixer();
    expect(await mixer.mixOnce()).toBe(0);
    expect(await mixer.mixOnce()).toBe(0);
    expect(await batches()).toEqual([]);
    await spoil(20);
    expect(await mixer.mixOnce()).toBe(10);
    expect(await batches()).toEqual([10]);
  });

  test('A sealed ballot cannot be moved to another election', async () => {
    await castMany(1);
    const from = electionId;
    const to = newElection();
    await intake.create(app, to);
    await intake.databases.query(
      'intake',
      `alter table pv.outbox disable trigger never_changed;
       update pv.outbox set election_id = '${to.id}' where election_id = '${from}';
       alter table pv.outbox enable trigger never_changed`,
    );
    expect(await mixing.mixer().mixOnce()).toBe(0);
    expect(await intake.databases.query('box', 'select 1 from pv.ballot where election_id = $1', [to.id])).toEqual([]);
    await intake.databases.query('intake', 'delete from pv.outbox where election_id = $1', [to.id]);
  });

  test('Two ballots under one tracker are an alarm, in one batch and across batches, and nothing is merged', async () => {
    const trackers = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
    const of = (tracker: Buffer | undefined, text: string) => ({ tracker: tracker!, text });
    const deposit = (...ballots: { tracker: Buffer; text: string }[]): Promise<number> =>
      depositOnline(mixing.boxPool, electionId, ballots);
    await expect(deposit(of(trackers[0], '{"a":1}'), of(trackers[0], '{"a":1}'))).rejects.toThrow(TrackerConflict);
    expect(await deposit(of(trackers[0], '{"a":1}'))).toBe(1);
    expect(await deposit(of(trackers[0], '{"a":1}'))).toBe(0);
    await expect(deposit(of(trackers[1], '{"b":1}'), of(trackers[0], '{"a":2}'))).rejects.toThrow(TrackerConflict);
    await expect(depositOnline(mixing.boxPool, 'another', [of(trackers[0], '{"a":1}')])).rejects.toThrow(
      TrackerConflict,
    );
    expect(await batches()).toEqual([1]);
  });

  test('Counts that do not add up are an alarm', async () => {
    await castMany(2);
    await intake.databases.query('intake', 'delete from pv.outbox where election_id = $1', [electionId]);
    expect(await places()).toEqual(sum(2, 0, 0));
    await places();
    expect(linesOf('mixer.counts-do-not-add-up')).toHaveLength(1);
    const { values } = await mixing.metrics.mismatch.get();
    expect(values.find(({ labels }) => labels.election === electionId)!.value).toBe(2);
  });

  test('One election that fails does not stop the others', async () => {
    await castMany(1);
    const failed = electionId;
    const { slot } = (
      await intake.databases.query<{ slot: string }>('intake', 'select slot from pv.outbox where election_id = $1', [
        failed,
      ])
    )[0]!;
    // Its ballot is in the box already, under the same tracker, as another one.
    expect(await mixing.mixer().mixOnce()).toBe(1);
    await intake.databases.query(
      'box',
      `alter table pv.ballot disable trigger never_changed;
       update pv.ballot set ballot = '{}' where election_id = '${failed}';
       alter table pv.ballot enable trigger never_changed`,
    );
    expect(slot).toBeTruthy();
    await begin(1);
    await castMany(1);
    expect(await mixing.mixer().mixOnce()).toBe(1);
  });
});
