// The service `herald`: it publishes what `log` wrote once enough witnesses have cosigned it, or once the results are published
// without them, and nothing else.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeNote, decodeNoteKey } from '../../../src/domain/record/note.ts';
import { signaturesBy } from '../../../src/domain/record/signed-checkpoint.ts';
import { repeatedPath } from '../../../src/domain/record/repeated-entries.ts';
import { openingPath, tilePath } from '../../../src/domain/record/tile.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { noteVerifier } from '../../../src/platform/keys/note-verifier.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createHeraldLogic } from '../../../src/services/herald/logic.ts';
import type { HeraldLogic } from '../../../src/services/herald/logic.ts';
import { releaseOpenings } from '../../../src/store/record/log-admission.ts';
import { createLogProbe } from '../../support/log.ts';
import { checkpointIn, createLogWorld, servedEntries } from '../../support/public-log/log-process.ts';
import type { LogWorld } from '../../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../../support/public-log/logged-box.ts';
import type { LoggedBox, LoggedElection } from '../../support/public-log/logged-box.ts';
import { createWitness } from '../../support/public-log/witness.ts';
import type { RunningWitness } from '../../support/public-log/witness.ts';

let box: LoggedBox;
let world: LogWorld;
let witnesses: RunningWitness[];
let directory: string;
let election: LoggedElection;
beforeEach(async () => {
  box = await createLoggedBox();
  world = createLogWorld(box);
  witnesses = await Promise.all(['w1', 'w2', 'w3'].map((name) => createWitness(`${name}.example.net`, box.key.x)));
  for (const witness of witnesses) await witness.start();
  directory = mkdtempSync(join(tmpdir(), 'popvote-herald-'));
});
const endWitnesses = async (): Promise<void> => {
  for (const witness of witnesses.splice(0)) await witness[Symbol.asyncDispose]();
};
afterEach(async () => {
  await endWitnesses();
  world[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
  await box[Symbol.asyncDispose]();
});

const begin = async (quorum: number): Promise<void> => {
  election = box.election({ quorum, witnesses: witnesses.map(({ key }) => key) });
  await election.open();
  await world.step();
};
const grow = async (count: number): Promise<void> => {
  await election.deposit(loggedBallots(count));
  await world.step();
};
const herald = (lateMs?: number, clock = systemClock): HeraldLogic & { text(): string } => {
  const probe = createLogProbe('herald');
  const logic = createHeraldLogic({
    sourceDirectory: world.directory,
    directory,
    witnesses: witnesses.map(({ key, url }) => ({ key, url: url() })),
    pollMs: 50,
    clock,
    logger: probe.logger,
    metrics: createMetrics('herald'),
    ...(lateMs !== undefined && { lateMs }),
  });
  return { ...logic, text: () => probe.text() };
};
const published = (): string => join(directory, election.folder);
const publishedNote = (): string => readFileSync(join(published(), 'checkpoint'), 'utf8');
/** Names of the witnesses whose cosignatures of the published checkpoint hold. */
const cosigners = (): string[] => {
  const note = decodeNote(publishedNote());
  if (!note) throw new Error('there is no note');
  return witnesses.flatMap(({ key }) => {
    const noteKey = decodeNoteKey(sha256, key);
    return noteKey && signaturesBy(noteVerifier, note, noteKey, Date.now()).length === 1 ? [noteKey.name] : [];
  });
};

describe('A checkpoint', () => {
  test('Without a quorum it is published as it is, with all files of its tree', async () => {
    await endWitnesses();
    await begin(0);
    await grow(300);
    await herald().step();
    const { size, root } = await checkpointIn(published());
    expect(size).toBe(300);
    expect(root).toEqual((await checkpointIn(join(world.directory, election.folder))).root);
    expect(await servedEntries(published(), 300)).toHaveLength(300);
    expect(readdirSync(join(published(), 'find', '0'))).toEqual(['all']);
    expect(readFileSync(join(published(), 'manifest.json'), 'utf8')).toBe(election.manifest);
  });

  test('It is published when the quorum has cosigned it, with the cosignatures', async () => {
    await begin(2);
    await grow(20);
    const own = herald();
    await own.step();
    expect(cosigners()).toEqual(['w1.example.net', 'w2.example.net', 'w3.example.net']);
    await grow(300);
    await own.step();
    expect((await checkpointIn(published())).size).toBe(320);
    expect(cosigners()).toHaveLength(3);
    expect(own.current()).toBe(true);
  });

  test('Below the quorum the earlier one stays, people are warned, and it grows again when a witness returns', async () => {
    await begin(2);
    await grow(20);
    await herald().step();
    await Promise.all(witnesses.slice(1).map((witness) => witness.stop()));
    await grow(20);
    const own = herald(0);
    await own.step();
    expect((await checkpointIn(published())).size).toBe(20);
    expect(own.findings()).toMatchObject([
      { state: 'ok' },
      { check: 'witness quorum', state: 'failed', observed: `${election.electionId}: 1 of 2 witnesses` },
      { check: 'witnesses', state: 'warning', observed: expect.stringContaining('w2.example.net no answer') as string },
    ]);
    expect(own.text()).toContain('herald.late');
    await witnesses[1]?.start();
    const restarted = herald();
    await restarted.step();
    expect((await checkpointIn(published())).size).toBe(40);
    expect(cosigners()).toEqual(['w1.example.net', 'w2.example.net']);
  });

  test('Cosignatures that are dated hours ahead do not count, and the witnesses are named', async () => {
    await begin(2);
    await grow(20);
    const own = herald(0, () => Date.now() - 7_200_000);
    await own.step();
    expect(readdirSync(published())).not.toContain('checkpoint');
    expect(own.findings()).toMatchObject([
      { state: 'ok' },
      { check: 'witness quorum', state: 'failed', observed: `${election.electionId}: 0 of 2 witnesses` },
      { check: 'witnesses', observed: expect.stringContaining('its signature is dated in the future') as string },
    ]);
  });

  test('Folders that are no elections are left out, such as that of a volume', async () => {
    await endWitnesses();
    await begin(0);
    await grow(20);
    mkdirSync(join(world.directory, 'lost+found', 'found'), { recursive: true });
    const own = herald();
    await own.step();
    expect(new Set(own.findings().map(({ observed }) => observed))).toEqual(new Set(['in order']));
  });

  test('A restarted process keeps the cosignatures that are published', async () => {
    await begin(2);
    await grow(20);
    await herald().step();
    await Promise.all(witnesses.map((witness) => witness.stop()));
    const before = publishedNote();
    await herald().step();
    expect(publishedNote()).toBe(before);
  });

  test('The contents of entries are published after the release', async () => {
    await endWitnesses();
    await begin(0);
    await election.deposit(loggedBallots(5, 'batch'));
    await election.closeIntake();
    await election.closeBox();
    await world.step();
    await herald().step();
    expect(readdirSync(published())).not.toContain('opening');
    await releaseOpenings(box.elections, election.electionId);
    await world.step();
    await herald().step();
    expect(readFileSync(join(published(), openingPath(0))).length).toBe(5 * (4 + 32 + 2 + 2));
  });
});

test('The entries of repeated ballots are published before the quorum for the last checkpoint is there', async () => {
  await begin(2);
  await election.deposit(loggedBallots(20));
  const [{ tracker, entry } = expect.fail('no ballot')] = loggedBallots(1);
  await box.databases.query('box', 'insert into pv.repeated (tracker, election_id, entry) values ($1, $2, $3)', [
    tracker,
    election.electionId,
    entry,
  ]);
  await election.closeIntake();
  await election.closeBox();
  await Promise.all(witnesses.map((witness) => witness.stop()));
  await world.step();
  await herald().step();
  expect(readdirSync(published())).not.toContain('checkpoint');
  expect(readFileSync(join(published(), repeatedPath))).toEqual(entry);
});

/** Opens logs under one id until the folder of one sorts on this side of another: the keys in a manifest are random. */
async function amendTo(side: 'before' | 'after', other: LoggedElection): Promise<void> {
  do {
    election = box.election({ quorum: 2, witnesses: witnesses.map(({ key }) => key) }, other.electionId);
  } while (election.folder < other.folder !== (side === 'before'));
  expect(await election.open()).toBe('amended');
  await world.step();
}

test.each(['before', 'after'] as const)(
  'An amended election whose folder sorts %s the earlier one is judged by its own witnesses',
  async (side) => {
    await using silent = await createWitness('w4.example.net', box.key.x);
    const earlier = box.election({ quorum: 1, witnesses: [silent.key] });
    await earlier.open();
    await world.step();
    await amendTo(side, earlier);
    const own = herald(0);
    await own.step();
    expect(own.findings()).toMatchObject([{ state: 'ok' }, { state: 'ok' }, { state: 'ok' }]);
    expect(own.current()).toBe(true);
    await Promise.all(witnesses.slice(1).map((witness) => witness.stop()));
    await grow(20);
    await own.step();
    expect(own.findings()[1]).toMatchObject({
      check: 'witness quorum',
      state: 'failed',
      observed: `${election.electionId}: 1 of 2 witnesses`,
    });
  },
);

describe('After results without the quorum', () => {
  const closeBelowQuorum = async (): Promise<void> => {
    await begin(2);
    await grow(20);
    await herald().step();
    await Promise.all(witnesses.slice(1).map((witness) => witness.stop()));
    await election.deposit(loggedBallots(5, 'batch'));
    await election.closeIntake();
    await election.closeBox();
    await world.step();
  };
  const release = async (): Promise<void> => {
    await releaseOpenings(box.elections, election.electionId);
    await world.step();
  };

  test('The last checkpoint is published, and cosigned when a witness returns', async () => {
    await closeBelowQuorum();
    const own = herald(0);
    await own.step();
    expect((await checkpointIn(published())).size).toBe(20);
    await release();
    await own.step();
    expect((await checkpointIn(published())).size).toBe(25);
    expect(cosigners()).toEqual(['w1.example.net']);
    expect(own.findings()[1]).toMatchObject({ check: 'witness quorum', state: 'failed' });
    await witnesses[1]?.start();
    await herald().step();
    expect(cosigners()).toEqual(['w1.example.net', 'w2.example.net']);
  });

  test('A process that asks fewer witnesses takes no cosignature from the published checkpoint', async () => {
    await closeBelowQuorum();
    await release();
    for (const witness of witnesses.slice(1)) await witness.start();
    await herald().step();
    expect((await checkpointIn(published())).size).toBe(25);
    const before = publishedNote();
    for (const witness of witnesses.splice(1)) await witness[Symbol.asyncDispose]();
    await herald().step();
    expect(publishedNote()).toBe(before);
  });
});

describe('A log that forked', () => {
  test('A witness refuses it and keeps both checkpoints, and nothing more is published', async () => {
    await begin(2);
    const other = createLogWorld(box);
    await grow(300);
    await herald().step();
    // The same log, rebuilt from other entries, as after an attack on the box and on the folders.
    await box.databases.query(
      'box',
      `set session_replication_role = replica; update pv.entry set content = sha256(content)`,
    );
    await other.step();
    const before = publishedNote();
    const forked = createHeraldLogic({
      sourceDirectory: other.directory,
      directory: mkdtempSync(join(directory, 'other-')),
      witnesses: witnesses.map(({ key, url }) => ({ key, url: url() })),
      pollMs: 50,
      clock: systemClock,
      logger: createLogProbe('herald').logger,
      metrics: createMetrics('herald'),
    });
    await forked.step();
    expect(forked.findings()[0]).toMatchObject({
      state: 'failed',
      observed: `${election.electionId}: a witness cosigned another tree`,
    });
    for (const witness of witnesses) {
      const [evidence, ...more] = witness.state().evidence;
      expect(more).toEqual([]);
      expect(decodeNote(evidence?.cosigned ?? '')?.text).toContain('\n300\n');
      expect(decodeNote(evidence?.refused ?? '')?.text).toContain('\n300\n');
      expect(evidence?.cosigned).not.toBe(evidence?.refused);
    }
    expect(publishedNote()).toBe(before);
    other[Symbol.dispose]();
  });

  test('A smaller tree, other roots and changed files of `log` are refused', async () => {
    await endWitnesses();
    await begin(0);
    await grow(20);
    const source = join(world.directory, election.folder);
    const small = readFileSync(join(source, 'checkpoint'), 'utf8');
    await grow(280);
    await herald().step();
    const before = publishedNote();
    const expectRefusal = async (reason: string): Promise<void> => {
      const own = herald();
      await own.step();
      expect(own.findings()[0]).toMatchObject({ state: 'failed', observed: expect.stringContaining(reason) as string });
      expect(own.current()).toBe(false);
      expect(publishedNote()).toBe(before);
    };
    const large = readFileSync(join(source, 'checkpoint'), 'utf8');
    writeFileSync(join(source, 'checkpoint'), small);
    await expectRefusal('smaller');
    writeFileSync(join(source, 'checkpoint'), large.replace('\n300\n', '\n301\n'));
    await expectRefusal('not signed');
    writeFileSync(join(source, 'checkpoint'), large);
    await grow(300);
    for (const [name, reason] of [
      [tilePath({ level: 0, index: 1, width: 256 }), 'a bundle has not the entries of its tile'],
      ['tile/entries/001', 'a bundle has not the entries of its tile'],
      [tilePath({ level: 1, index: 0, width: 2 }), 'the tile above'],
    ] as const) {
      const bytes = readFileSync(join(source, name));
      writeFileSync(
        join(source, name),
        bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
      );
      await expectRefusal(reason);
      writeFileSync(join(source, name), bytes);
    }
    writeFileSync(join(source, repeatedPath), new Uint8Array(130));
    await expectRefusal('repeated ballots');
    rmSync(join(source, repeatedPath));
    writeFileSync(join(source, 'manifest.json'), election.manifest.replace('"minBatch":10', '"minBatch":11'));
    await expectRefusal('the manifest is not that of the folder');
    writeFileSync(join(source, 'manifest.json'), election.manifest);
    await herald().step();
    expect((await checkpointIn(published())).size).toBe(600);
  });
});
