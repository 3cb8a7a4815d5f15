// The public log of the signed heads of the record of acts: every head is in it once, in order, and the witnesses of elections
// cosign it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeNote, decodeNoteKey } from '../../../src/domain/record/note.ts';
import { signaturesBy } from '../../../src/domain/record/signed-checkpoint.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import { newSigningJwk } from '../../../src/platform/keys/new-keys.ts';
import { noteVerifier } from '../../../src/platform/keys/note-verifier.ts';
import { canonicalText, signValue, signingKey } from '../../../src/platform/keys/signatures.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { headLogManifest, headLogName } from '../../../src/protocol/record/head-log.ts';
import { electionId } from '../../../src/protocol/public-values.ts';
import type { SignedRecordHead } from '../../../src/protocol/record-heads.ts';
import { logFileRoutes } from '../../../src/services/api/routes/log-files.ts';
import { createHeadLog } from '../../../src/services/elections/audit/head-log.ts';
import type { HeadLog } from '../../../src/services/elections/audit/head-log.ts';
import { createHeraldLogic } from '../../../src/services/herald/logic.ts';
import { createLogProbe } from '../../support/log.ts';
import { checkpointIn, createLogWorld, servedEntries } from '../../support/public-log/log-process.ts';
import type { LogWorld } from '../../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../../support/public-log/logged-box.ts';
import type { LoggedBox } from '../../support/public-log/logged-box.ts';
import { createWitness } from '../../support/public-log/witness.ts';
import type { RunningWitness } from '../../support/public-log/witness.ts';

const publisher = newSigningJwk('publisher');
const host = 'vote.example.org';
let box: LoggedBox;
let world: LogWorld;
let witnesses: RunningWitness[];
let directory: string;
beforeEach(async () => {
  box = await createLoggedBox();
  world = createLogWorld(box);
  witnesses = await Promise.all(['w1', 'w2'].map((name) => createWitness(`${name}.example.net`, box.key.x)));
  for (const witness of witnesses) await witness.start();
  directory = mkdtempSync(join(tmpdir(), 'popvote-heads-'));
});
afterEach(async () => {
  await Promise.all(witnesses.map((witness) => witness[Symbol.asyncDispose]()));
  world[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
  await box[Symbol.asyncDispose]();
});

/** A process of `elections`. */
function headLog(quorum = 2): HeadLog {
  const none = { quorum: 0, keys: [] };
  const log = createHeadLog({
    boxPool: box.elections,
    logSettings: {
      log: { host, key: box.key.x },
      witnesses: { quorum, keys: witnesses.map(({ key }) => key) },
      auditors: none,
    },
    publisher: signingKey(publisher),
    publicKeys: { publishers: [publisher] },
  });
  if (!log) throw new Error('The installation has a log.');
  return log;
}
function signedHead(number: number, digit = 'a'): SignedRecordHead {
  const head = {
    record: 'popvote/record/v1',
    number,
    hash: digit.repeat(64),
    signedAt: '2026-06-20T15:00:00.000Z',
  } as const;
  return { head, signature: signValue(signingKey(publisher), head) };
}
async function publish(): Promise<void> {
  const { logger } = createLogProbe('herald');
  const logic = createHeraldLogic({
    sourceDirectory: world.directory,
    directory,
    witnesses: witnesses.map(({ key, url }) => ({ key, url: url() })),
    pollMs: 50,
    clock: systemClock,
    logger,
    metrics: createMetrics('herald'),
  });
  await logic.step();
}
const folderOf = ({ origin }: HeadLog): string => join(directory, origin.replace(`${host}/log/`, ''));
async function published(log: HeadLog): Promise<SignedRecordHead[]> {
  const { size } = await checkpointIn(folderOf(log));
  const entries = await servedEntries(folderOf(log), size);
  return entries.map((entry) => JSON.parse(Buffer.from(entry).toString()) as SignedRecordHead);
}

test('Every head is an entry, in order, and both witnesses of elections cosign the tree', async () => {
  const heads = [3, 7, 8, 20].map((number) => signedHead(number));
  const log = headLog();
  await log.add(heads.slice(0, 2));
  await world.step();
  await publish();
  expect(await published(log)).toEqual(heads.slice(0, 2));
  // Other processes add them too, and some of them again.
  await Promise.all([headLog().add(heads), headLog().add(heads), log.add(heads.slice(0, 3))]);
  await world.step();
  await publish();
  expect(await published(log)).toEqual(heads);
  const [first] = await servedEntries(folderOf(log), heads.length);
  expect(Buffer.from(first ?? []).toString()).toBe(canonicalText(heads[0]));
  const note = decodeNote(readFileSync(join(folderOf(log), 'checkpoint'), 'utf8'));
  for (const { key } of witnesses) {
    const noteKey = decodeNoteKey(sha256, key);
    expect(note && noteKey && signaturesBy(noteVerifier, note, noteKey, Date.now()).length).toBe(1);
  }
});

test('A head is not published before its quorum, and none replaces one that is in the log', async () => {
  const log = headLog();
  await log.add([signedHead(5)]);
  await world.step();
  await witnesses[0]?.stop();
  await publish();
  await expect(checkpointIn(folderOf(log))).rejects.toThrow();
  await witnesses[0]?.start();
  await log.add([signedHead(5, 'b'), signedHead(4, 'c')]);
  await world.step();
  await publish();
  expect(await published(log)).toEqual([signedHead(5)]);
});

test('An older copy of the box is not signed, and the heads of elections repair it', async () => {
  const log = headLog();
  const heads = [1, 2, 3].map((number) => signedHead(number));
  const election = box.election();
  await election.open();
  await election.deposit(loggedBallots(100));
  await log.add(heads);
  await world.step();
  await publish();
  await box.databases.query(
    'box',
    'begin; set local session_replication_role = replica; delete from pv.logged_head where number > 1; commit',
  );
  const process = world.start();
  await expect(process.step()).rejects.toThrow('not every log could be written');
  expect(process.agrees()).toBe(false);
  expect(process.findings()[0]).toMatchObject({ state: 'failed' });
  await log.add(heads);
  await process.step();
  expect(process.agrees()).toBe(true);
  await process.growing.stop();
  await publish();
  expect(await published(log)).toEqual(heads);
});

test('With other witnesses there is another log, which has all heads', async () => {
  const heads = [1, 2].map((number) => signedHead(number));
  const before = headLog();
  await before.add(heads.slice(0, 1));
  await world.step();
  await publish();
  const after = headLog(1);
  await after.add(heads);
  await world.step();
  await publish();
  expect(after.origin).not.toBe(before.origin);
  expect(await published(after)).toEqual(heads);
  expect(await published(before)).toEqual(heads.slice(0, 1));
});

test('The files are served under the name of the log, and no election can have that name', async () => {
  const log = headLog();
  await log.add([signedHead(1)]);
  await world.step();
  await publish();
  const { logger } = createLogProbe('test');
  const version = { version: 'test', node: 'test' };
  const { app } = await createHttp({ logger, metrics: createMetrics('test'), version, checks: [] });
  await app.register(logFileRoutes, { directory });
  const path = log.origin.replace(host, '');
  const manifest = await app.inject(`${path}/manifest.json`);
  expect(manifest.statusCode).toBe(200);
  const { manifest: body } = manifest.json<{ manifest: unknown }>();
  expect(headLogManifest.parse(body)).toEqual(body);
  expect(electionId.safeParse(headLogName).success).toBe(false);
  for (const file of ['checkpoint', 'tile/0/000.p/1', 'tile/entries/000.p/1', 'find/0/all']) {
    expect((await app.inject(`${path}/${file}`)).statusCode, file).toBe(200);
  }
  expect((await app.inject(path.replace('acts.record', '..'))).statusCode).toBe(404);
  await app.close();
});
