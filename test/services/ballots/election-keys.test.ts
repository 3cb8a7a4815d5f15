// The per-election keys: one file each, made once, never replaced, and checked against what the intake keeps.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyCheckOf, makeElectionKeys, readElectionKeys } from '../../../src/services/ballots/election-keys.ts';
import { electionKeys } from '../../../src/protocol/key-files.ts';
import { createIntake, newElection } from '../../support/intake.ts';
import type { Intake } from '../../support/intake.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-election-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('The key file of an election', () => {
  test('The key file of an election is made once, for its owner alone, and stays', () => {
    const directory = join(folder, 'once');
    const check = keyCheckOf(makeElectionKeys(directory, 'e-1'), 'e-1');
    const path = join(directory, 'e-1.json');
    const text = readFileSync(path, 'utf8');
    expect(electionKeys.parse(JSON.parse(text)).identity).not.toBe(electionKeys.parse(JSON.parse(text)).receipt);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(keyCheckOf(makeElectionKeys(directory, 'e-1'), 'e-1')).toEqual(check);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(directory)).toEqual(['e-1.json']);
  });

  test('The key file of an election is the same for all who make it at the same moment', async () => {
    const directory = join(folder, 'race');
    mkdirSync(directory);
    const source = new URL('../../../src/services/ballots/election-keys.ts', import.meta.url).href;
    const program = `import { makeElectionKeys, keyCheckOf } from ${JSON.stringify(source)};
      process.stdin.once('data', () => {
        process.stdout.write(keyCheckOf(makeElectionKeys(${JSON.stringify(directory)}, 'e-1'), 'e-1').toString('hex'));
        process.exit(0);
      });
      process.stderr.write('ready');`;
    const racers = Array.from({ length: 4 }, () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
      const ready = new Promise((resolve) => child.stderr.once('data', resolve));
      const output = new Promise<string>((resolve) => {
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
        child.once('close', () => resolve(text));
      });
      return { child, ready, output };
    });
    await Promise.all(racers.map(({ ready }) => ready));
    for (const { child } of racers) child.stdin.write('go');
    const checks = await Promise.all(racers.map(({ output }) => output));
    expect(checks[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(checks).size).toBe(1);
    expect(readdirSync(directory)).toEqual(['e-1.json']);
  });

  test('An incomplete key file is an error without a value, not a new key', () => {
    const directory = join(folder, 'broken');
    mkdirSync(directory);
    writeFileSync(join(directory, 'e-1.json'), '{"identity":"c2VjcmV0"}');
    expect(() => readElectionKeys(directory, 'e-1')).toThrow(/^The key file of an election is invalid\.$/);
    expect(() => makeElectionKeys(directory, 'e-1')).toThrow('is invalid');
    expect(readElectionKeys(directory, 'e-2')).toBeNull();
  });

  test('The key file of an election has a check that depends on both keys and on the election', () => {
    const directory = join(folder, 'check');
    const one = makeElectionKeys(directory, 'e-1');
    const other = makeElectionKeys(directory, 'e-2');
    const checks = [
      keyCheckOf(one, 'e-1'),
      keyCheckOf(one, 'e-2'),
      keyCheckOf({ ...one, receipt: other.receipt }, 'e-1'),
      keyCheckOf({ ...one, identity: other.identity }, 'e-1'),
    ];
    expect(new Set(checks.map((check) => check.toString('hex'))).size).toBe(4);
  });
});

describe('A replica', () => {
  let intake: Intake;
  beforeAll(async () => {
    intake = await createIntake();
    await intake.epoch();
  });
  afterAll(() => intake[Symbol.asyncDispose]());

  test('A replica with other keys serves no one, and says so in its log', async () => {
    const first = await intake.app();
    const election = newElection();
    await intake.create(first, election);
    const elsewhere = join(folder, 'elsewhere');
    makeElectionKeys(elsewhere, election.id);
    const replica = await intake.app({ keysDirectory: elsewhere });
    const call = intake.cast({ electionId: election.id });
    const refused = await intake.castAt(replica, call);
    expect(refused).toMatchObject({ status: 503, body: { code: 'busy' } });
    expect(intake.log.text()).toContain('election-keys.unusable');
    expect(await intake.create(replica, election)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await intake.castAt(first, call)).status).toBe(200);
  });

  test('A replica without the keys makes none for an election that exists', async () => {
    const first = await intake.app();
    const election = newElection();
    await intake.create(first, election);
    const empty = join(folder, 'empty');
    const replica = await intake.app({ keysDirectory: empty });
    expect(await intake.create(replica, election)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(readElectionKeys(empty, election.id)).toBeNull();
    // Given a copy of the file it serves, and derives the same.
    mkdirSync(empty, { recursive: true });
    copyFileSync(join(intake.keysDirectory, `${election.id}.json`), join(empty, `${election.id}.json`));
    const third = await intake.app({ keysDirectory: empty });
    const call = intake.cast({ electionId: election.id });
    const answers = [await intake.castAt(first, call), await intake.castAt(third, call)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]!.text).toBe(answers[1]!.text);
  });

  test('A replica finds no election to cast into when it is closed and its keys are destroyed', async () => {
    const first = await intake.app();
    const election = newElection();
    await intake.create(first, election);
    await intake.databases.query('intake', `update pv.election set state = 'closed' where election_id = $1`, [
      election.id,
    ]);
    rmSync(join(intake.keysDirectory, `${election.id}.json`));
    const later = await intake.app();
    const call = intake.cast({ electionId: election.id });
    expect(await intake.castAt(later, call)).toMatchObject({
      status: 404,
      body: { code: 'election-not-found' },
    });
  });
});
