// The service `log`: what it writes, how it goes on after it was ended anywhere, and what it refuses.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decodeOpenings, findLists } from '../../../src/domain/record/bundle.ts';
import type { Checkpoint } from '../../../src/domain/record/checkpoint.ts';
import { repeatedPath } from '../../../src/domain/record/repeated-entries.ts';
import { openingPath, tilePath } from '../../../src/domain/record/tile.ts';
import { leafHash } from '../../../src/domain/record/tree.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { releaseOpenings } from '../../../src/store/record/log-admission.ts';
import { placedEntries } from '../../../src/store/record/logs.ts';
import { restAfterMs } from '../../../src/services/log/advance.ts';
import { checkpointIn, createLogWorld, rootOf, servedEntries } from '../../support/public-log/log-process.ts';
import type { LogProcess, LogWorld } from '../../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../../support/public-log/logged-box.ts';
import type { LoggedBox, LoggedElection, ManifestChanges } from '../../support/public-log/logged-box.ts';

let box: LoggedBox;
let world: LogWorld;
let election: LoggedElection;
let path: string;
beforeAll(async () => {
  box = await createLoggedBox();
});
afterAll(() => box[Symbol.asyncDispose]());
const begin = async (changes?: ManifestChanges): Promise<void> => {
  election = box.election(changes);
  path = join(world.directory, election.folder);
  await election.open();
};
beforeEach(async () => {
  world = createLogWorld(box);
  await begin();
});
afterEach(async () => {
  world[Symbol.dispose]();
  // Other tests of this file see only logs of their own.
  await box.databases.query(
    'box',
    `set session_replication_role = replica;
     truncate pv.log, pv.leaf, pv.entry, pv.unlogged, pv.released_openings cascade`,
  );
});

const inBox = async (): Promise<Buffer[]> => placedEntries(box.log, (await election.stored()).number, 0, 1_000_000);
/** Checks that the tree in the folder is that of the box, whole. */
const expectTreeOfBox = async (size: number): Promise<Checkpoint> => {
  const entries = await inBox();
  const checkpoint = await checkpointIn(path);
  expect(entries).toHaveLength(size);
  expect(checkpoint).toEqual({ origin: election.origin, size, root: new Uint8Array(rootOf(entries)) });
  expect((await servedEntries(path, size)).map((entry) => Buffer.from(entry))).toEqual(entries);
  for (const [name, list] of findLists(entries.map((entry) => leafHash(sha256, entry))))
    expect(readFileSync(join(path, name)).equals(list), name).toBe(true);
  return checkpoint;
};

/** Adds repeated ballots to the box, and returns their entries. */
async function addRepeated(count: number): Promise<Buffer[]> {
  const ballots = loggedBallots(count);
  await box.databases.query(
    'box',
    `insert into pv.repeated (tracker, election_id, entry)
     select i.tracker, $1, i.entry from unnest($2::bytea[], $3::bytea[]) as i(tracker, entry)`,
    [election.electionId, ballots.map(({ tracker }) => tracker), ballots.map(({ entry }) => entry)],
  );
  return ballots.map(({ entry }) => entry);
}

describe('The log of an election', () => {
  test('The entries of repeated ballots are beside it once the box is closed, in their order', async () => {
    await election.deposit(loggedBallots(30));
    const entries = await addRepeated(3);
    await election.closeIntake();
    await world.step();
    expect(readdirSync(path)).not.toContain(repeatedPath);
    await election.closeBox();
    await world.step();
    expect(readFileSync(join(path, repeatedPath))).toEqual(Buffer.concat(entries.sort(Buffer.compare)));
    await world.step();
    await expectTreeOfBox(30);
  });

  test('Without repeated ballots, or without the entry of one, there is no such file', async () => {
    await election.closeBox();
    await world.step();
    expect(readdirSync(path)).not.toContain(repeatedPath);
    await addRepeated(2);
    await box.databases.query('box', "insert into pv.repeated (tracker, election_id) values (sha256('one'), $1)", [
      election.electionId,
    ]);
    await world.step();
    expect(readdirSync(path)).not.toContain(repeatedPath);
  });

  test('It begins with an empty tree, and grows by whole multiples of K until the intake is closed', async () => {
    await world.step();
    expect(await checkpointIn(path)).toMatchObject({ size: 0, root: new Uint8Array(sha256(new Uint8Array())) });
    expect(readFileSync(join(path, 'manifest.json'), 'utf8')).toBe(election.manifest);
    await election.deposit(loggedBallots(25));
    await world.step();
    await expectTreeOfBox(20);
    await election.closeIntake();
    await world.step();
    await expectTreeOfBox(25);
  });

  test.each([255, 256, 257, 600, 4_100])(
    'A tree of %i entries has exactly its tiles, bundles and lists',
    async (size) => {
      await election.deposit(loggedBallots(30));
      await election.closeIntake();
      await world.step();
      await election.deposit(loggedBallots(size - 30));
      await world.step();
      await expectTreeOfBox(size);
    },
  );

  test('Before the intake is closed, it signs at most once in the time that is set', async () => {
    const process = world.start({ growthMs: 3_600_000 });
    await election.deposit(loggedBallots(20));
    await process.step();
    expect((await checkpointIn(path)).size).toBe(0);
    await election.closeIntake();
    await process.step();
    await process.growing.stop();
    expect((await checkpointIn(path)).size).toBe(20);
  });

  test('The contents are written after the release, a file for each bundle', async () => {
    await begin({ disclosure: 'ballots' });
    await election.deposit([...loggedBallots(300), ...loggedBallots(5, 'batch')]);
    await election.closeIntake();
    await election.closeBox();
    await world.step();
    expect(readdirSync(path)).not.toContain('opening');
    await releaseOpenings(box.elections, election.electionId);
    await world.step();
    const openings = [0, 1].map((bundle) => decodeOpenings(readFileSync(join(path, openingPath(bundle)))) ?? []);
    expect(openings.map(({ length }) => length)).toEqual([256, 49]);
    expect(openings.flat().map(({ index }) => index)).toEqual(Array.from({ length: 305 }, (_, index) => index));
  });
});

describe('A process that is ended', () => {
  test('Wherever it ends, the next one continues, and no checkpoint contradicts an earlier one', async () => {
    const signed: Checkpoint[] = [];
    let completed = false;
    let size = 0;
    for (let killedAt = 1; !completed; killedAt += 1) {
      await election.deposit(loggedBallots(30));
      size += 30;
      const process = world.start({ killedAt });
      completed = await process.step().then(
        () => true,
        () => false,
      );
      await process.growing.stop();
      if (killedAt > 4) signed.push(await checkpointIn(path));
      await world.step();
      signed.push(await checkpointIn(path));
    }
    const entries = await inBox();
    await expectTreeOfBox(size);
    expect(signed.length).toBeGreaterThan(20);
    signed.forEach((checkpoint, at) => {
      expect(checkpoint.size).toBeGreaterThanOrEqual(signed[at - 1]?.size ?? 0);
      expect(Buffer.from(checkpoint.root)).toEqual(rootOf(entries, checkpoint.size));
    });
  });

  test('Another process waits while one works, and goes on when it ends', async () => {
    const first = world.start();
    await first.step();
    const second = world.start();
    await election.deposit(loggedBallots(10));
    await second.step();
    expect((await checkpointIn(path)).size).toBe(0);
    await first.growing.stop();
    await second.step();
    await second.growing.stop();
    expect((await checkpointIn(path)).size).toBe(10);
  });
});

describe('A record that differs', () => {
  const expectRefusal = async (process: LogProcess, reason: string): Promise<void> => {
    const before = readFileSync(join(path, 'checkpoint'), 'utf8');
    await expect(process.step()).rejects.toThrow();
    expect(process.agrees()).toBe(false);
    expect(process.findings()[0]).toMatchObject({
      state: 'failed',
      observed: expect.stringContaining(reason) as string,
    });
    expect(process.text()).toContain('log.differs');
    expect(readFileSync(join(path, 'checkpoint'), 'utf8')).toBe(before);
    await process.growing.stop();
  };
  const grow = async (count: number): Promise<void> => {
    await election.deposit(loggedBallots(count));
    await world.step();
  };

  test('A box that was restored from an older copy is refused, also after it grew again', async () => {
    await grow(300);
    await box.log.query('select pv.release_log_lock()');
    const restore = await box.databases.backUp(['box']);
    await grow(50);
    await restore();
    await expectRefusal(world.start(), 'fewer entries');
    // Other voters: the box is as large as before, with other entries.
    await election.deposit(loggedBallots(50));
    await box.databases.query('box', 'select pv.log_take((select election_no from pv.log), 10000)');
    await expectRefusal(world.start(), 'not those of the checkpoint');
  });

  test('Repeated ballots that were changed after their file was written are refused', async () => {
    await grow(20);
    await addRepeated(2);
    await election.closeBox();
    await world.step();
    await addRepeated(1);
    await expectRefusal(world.start(), 'other contents');
  });

  test('An entry that was exchanged while the process runs is found before it signs again', async () => {
    const process = world.start();
    await election.deposit(loggedBallots(256));
    await election.closeIntake();
    await process.step();
    await box.databases.query(
      'box',
      `set session_replication_role = replica;
       update pv.entry set content = sha256(content)
       where cast_tag = (select cast_tag from pv.leaf where leaf_index = 255)`,
    );
    await election.deposit(loggedBallots(10));
    await expectRefusal(process, 'not those of the log');
  });

  test('A checkpoint of another key, a lost tile and a changed tile are refused', async () => {
    await grow(300);
    const checkpoint = join(path, 'checkpoint');
    const text = readFileSync(checkpoint, 'utf8');
    writeFileSync(checkpoint, text.replace('\n300\n', '\n200\n'));
    await expectRefusal(world.start(), 'not by this log');
    writeFileSync(checkpoint, text);
    await election.deposit(loggedBallots(300));
    const level1 = join(path, tilePath({ level: 1, index: 0, width: 1 }));
    const bytes = readFileSync(level1);
    rmSync(level1);
    await expectRefusal(world.start(), 'missing');
    writeFileSync(
      level1,
      bytes.map((byte) => byte ^ 1),
    );
    await expectRefusal(world.start(), 'not');
  });

  test('One election whose log differs does not stop the logs of others', async () => {
    await grow(20);
    writeFileSync(join(path, 'checkpoint'), 'nothing');
    const spoiled = election;
    await begin();
    await election.deposit(loggedBallots(10));
    const process = world.start();
    await expect(process.step()).rejects.toThrow();
    await process.growing.stop();
    expect((await checkpointIn(path)).size).toBe(10);
    expect(process.findings()[0]?.observed).toContain(spoiled.electionId);
  });
});

test('A log that takes long to grow rests, at most a minute, and a quick one does not', () => {
  expect([0, 1_000, 1_001, 2_000, 3_000, 60_000].map(restAfterMs)).toEqual([0, 0, 20_020, 40_000, 60_000, 60_000]);
});
