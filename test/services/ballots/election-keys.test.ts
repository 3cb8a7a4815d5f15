// The per-election keys: one file each, made once, never replaced, and checked against what the intake keeps.
import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
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
import type { App } from '../../../src/platform/http/http.ts';
import {
  copyNameOf,
  keepCopy,
  keyCheckOf,
  makeElectionKeys,
  readCopy,
  readElectionKeys,
} from '../../../src/services/ballots/election-keys.ts';
import { createCopyPeers } from '../../../src/platform/key-copies/copy-peers.ts';
import { signingKey, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { electionKeys } from '../../../src/protocol/key-files.ts';
import { createLogProbe } from '../../support/log.ts';
import { callerToken, createIntake, newElection } from '../../support/intake.ts';
import type { Intake } from '../../support/intake.ts';
import { freePort } from '../../support/processes/ports.ts';

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

describe('Replicas with a folder of their own each', () => {
  let intake: Intake;
  beforeAll(async () => {
    intake = await createIntake();
    await intake.epoch();
  });
  afterAll(() => intake[Symbol.asyncDispose]());

  /** Replicas that have each other as peers; `absent` are addresses of more that do not run. */
  async function replicas(count: number, needed: number, absent = 0) {
    const ports = await Promise.all(Array.from({ length: count + absent }, freePort));
    const origins = ports.map((port) => `http://127.0.0.1:${port}`);
    return Promise.all(
      ports.slice(0, count).map(async (port) => {
        const keysDirectory = mkdtempSync(join(folder, 'own-'));
        const app = await intake.app({ keysDirectory, peers: { origins, needed } });
        await app.listen({ host: '127.0.0.1', port });
        const keyFiles = (): string[] => readdirSync(keysDirectory).filter((name) => name.endsWith('.json'));
        return { app, keysDirectory, keyFiles };
      }),
    );
  }
  const rows = (electionId: string): Promise<unknown[]> =>
    intake.databases.query('intake', 'select 1 from pv.election where election_id = $1', [electionId]);

  test('A replica that compares its folder with the intake gets what it lacks, and counts what is ended', async () => {
    const [first, second] = await replicas(2, 1);
    const election = newElection();
    await intake.create(first!.app, election);
    rmSync(join(second!.keysDirectory, `${election.id}.json`));
    const port = await freePort();
    const peers = { origins: [originOf(first!.app)], needed: 1 };
    const later = await intake.app({ keysDirectory: second!.keysDirectory, peers });
    await later.listen({ host: '127.0.0.1', port });
    await expect.poll(() => second!.keyFiles()).toContain(`${election.id}.json`);
    await intake.databases.query('intake', `update pv.election set state = 'closed' where election_id = $1`, [
      election.id,
    ]);
    const last = await intake.app({ keysDirectory: second!.keysDirectory, peers });
    const metrics = async (): Promise<string> => (await last.inject({ url: '/metrics' })).body;
    await expect.poll(metrics).toMatch(/popvote_ballots_ended_election_keys\S* [1-9]/);
    expect(await metrics()).toMatch(/popvote_ballots_election_keys_missing\S* 0\n/);
  });

  test('A replica whose folder is destroyed gets the keys from another, and makes the same tags', async () => {
    const [first, second] = await replicas(2, 1);
    const election = newElection();
    expect((await intake.create(first!.app, election)).status).toBe(200);
    expect(second!.keyFiles()).toEqual([`${election.id}.json`]);
    const call = intake.cast({ electionId: election.id });
    const receipt = await intake.castAt(first!.app, call);
    expect(receipt.status).toBe(200);
    for (const name of readdirSync(first!.keysDirectory)) rmSync(join(first!.keysDirectory, name));
    expect((await intake.castAt(second!.app, call)).text).toBe(receipt.text);
    // As after a start: nothing is in memory.
    const again = await intake.app({
      keysDirectory: first!.keysDirectory,
      peers: { origins: [originOf(second!.app)], needed: 1 },
    });
    // The second copies to the first's address only, whose process has the same folder.
    expect((await intake.castAt(again, call)).text).toBe(receipt.text);
    expect(first!.keyFiles()).toEqual([`${election.id}.json`]);
  });

  test('Without enough copies an election is not made, and is once the copies are there', async () => {
    const [alone] = await replicas(1, 1, 1);
    const election = newElection();
    expect(await intake.create(alone!.app, election)).toMatchObject({ status: 503, body: { code: 'busy' } });
    expect(await rows(election.id)).toEqual([]);
    // A process with the same folder is no second copy.
    const takesCopies = { origins: ['http://127.0.0.1:1'], needed: 0 };
    const same = await intake.app({ keysDirectory: alone!.keysDirectory, peers: takesCopies });
    const origin = await same.listen({ host: '127.0.0.1', port: 0 });
    const peers = { origins: [origin], needed: 1 };
    const shared = await intake.app({ keysDirectory: alone!.keysDirectory, peers });
    expect((await intake.create(shared, election)).status).toBe(503);
    const other = await intake.app({ keysDirectory: mkdtempSync(join(folder, 'own-')), peers: takesCopies });
    const two = [origin, await other.listen({ host: '127.0.0.1', port: 0 })];
    const joined = await intake.app({ keysDirectory: alone!.keysDirectory, peers: { origins: two, needed: 1 } });
    expect((await intake.create(joined, election)).status).toBe(200);
  });

  test('Two replicas that make the keys of one election at once end with the same', async () => {
    const [first, second] = await replicas(2, 1);
    const election = newElection();
    // Both have made keys before either has the other's.
    makeElectionKeys(first!.keysDirectory, election.id);
    makeElectionKeys(second!.keysDirectory, election.id);
    const created = await Promise.all([first!, second!].map(({ app }) => intake.create(app, election)));
    expect(created.map(({ status }) => status)).toEqual([200, 200]);
    expect(created.map(({ body }) => body['created']).sort()).toEqual([false, true]);
    const call = intake.cast({ electionId: election.id });
    const texts = [await intake.castAt(first!.app, call), await intake.castAt(second!.app, call)].map(
      ({ text }) => text,
    );
    expect(texts[0]).toContain('receipt');
    expect(texts[1]).toBe(texts[0]);
    for (const { keyFiles } of [first!, second!]) expect(keyFiles()).toEqual([`${election.id}.json`]);
  });

  test('The destroyed keys of a closed election come back from nowhere', async () => {
    const [first, second] = await replicas(2, 1);
    const election = newElection();
    await intake.create(first!.app, election);
    await intake.databases.query('intake', `update pv.election set state = 'closed' where election_id = $1`, [
      election.id,
    ]);
    rmSync(join(first!.keysDirectory, `${election.id}.json`));
    const call = intake.cast({ electionId: election.id });
    const later = await intake.app({
      keysDirectory: first!.keysDirectory,
      peers: { origins: [originOf(second!.app)], needed: 1 },
    });
    expect(await intake.castAt(later, call)).toMatchObject({ status: 404 });
    // Also where it is wanted, and where another process still copies it.
    const name = copyNameOf(
      election.id,
      keyCheckOf(readElectionKeys(second!.keysDirectory, election.id)!, election.id),
    );
    const headers = { authorization: `Bearer ${await replicaToken()}` };
    const answer = await second!.app.inject({
      method: 'POST',
      url: '/private/key-copies/wanted',
      headers,
      payload: { name },
    });
    expect(answer.json()).toEqual({ present: false });
    // As from a replica that does not know yet that it is closed.
    const { receipts } = intake.keys.ballots;
    const sender = createCopyPeers({
      party: {
        service: 'ballots',
        identity: signingKey(receipts),
        signers: verificationKeys(intake.keys.public.receipts),
      },
      jwk: receipts,
      origins: [originOf(first!.app)],
      folder: { id: () => 'another', read: (each) => readCopy(second!.keysDirectory, each) },
      clock: Date.now,
      logger: createLogProbe('ballots').logger,
      metrics: createMetrics('ballots'),
    });
    expect(await sender.spread([name])).toBe(0);
    await sender.close();
    expect(first!.keyFiles()).toEqual([]);
  });

  test('Only a replica may want keys: no token of another service is taken', async () => {
    const [first] = await replicas(1, 0);
    const path = '/private/key-copies/offers';
    const body = { nonce: Buffer.alloc(32).toString('base64url'), names: ['key'] };
    for (const caller of ['api', 'elections'] as const)
      expect((await intake.call(first!.app, 'POST', path, body, caller)).body).toMatchObject({ code: 'not-admitted' });
    const forged = await callerToken({ ...intake.keys.api.caller, kid: 'ballots' }, 'ballots');
    const answer = await first!.app.inject({
      method: 'POST',
      url: path,
      headers: { authorization: `Bearer ${forged}` },
      payload: body,
    });
    expect(answer.json()).toMatchObject({ code: 'not-admitted' });
  });

  const originOf = (app: App): string => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const replicaToken = (): Promise<string> => {
    const { receipts } = intake.keys.ballots;
    return callerToken({ ...receipts, kid: `ballots.${receipts.kid}` }, 'ballots');
  };
});

test('A copy of keys is refused where it is not what its name says, and beyond eight for one election', () => {
  const directory = mkdtempSync(join(folder, 'copies-'));
  const copyOf = (index: number) => {
    const elsewhere = join(folder, `made-${index}`);
    const name = copyNameOf('e-1', keyCheckOf(makeElectionKeys(elsewhere, 'e-1'), 'e-1'));
    return { name, text: readFileSync(join(elsewhere, 'e-1.json'), 'utf8') };
  };
  const copies = Array.from({ length: 10 }, (_, index) => copyOf(index));
  const [first, second] = copies;
  expect(keepCopy(directory, { name: first!.name, text: second!.text })).toBe(false);
  expect(keepCopy(directory, { ...first!, name: '../e-1.json' })).toBe(false);
  expect(keepCopy(directory, { ...first!, text: '{}' })).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
  expect(copies.map((copy) => keepCopy(directory, copy))).toEqual([...Array.from({ length: 9 }, () => true), false]);
  expect(keepCopy(directory, first!)).toBe(true);
  expect(copies.map(({ name }) => readCopy(directory, name) !== null).filter(Boolean)).toHaveLength(9);
});
