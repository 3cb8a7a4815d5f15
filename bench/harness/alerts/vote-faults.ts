// Faults on the way of a ballot: of the mixer and its keys, the public log, the closing of an election, its count, and paper.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { batchDeadKey, batchQueueKey, uploadKey } from '../../../src/protocol/control/batch-entries.ts';
import { invited } from '../../../test/support/control.ts';
import { actOnElection } from '../administrator-acts.ts';
import { newFile } from '../paper-files.ts';
import { childNamed, parentOf } from '../process-tree.ts';
import type { BallotPaper } from '../voter.ts';
import type { Raising } from './raising.ts';
import type { Stage } from './stage.ts';

/** Longest wait for what a service does within seconds, in milliseconds. */
const soonMsMax = 60_000;
/** The range of the rules that look at an hour, divided, and some seconds more. */
const hourSecondsMax = 150;
const closingHours = 1;

async function until(what: string, isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + soonMsMax;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Not in time: ${what}`);
    await pause(200);
  }
}

/** The process of a service, also after it was started again. */
function pidOf({ platform }: Stage, service: string): number {
  const pid = childNamed(parentOf(platform.pids.api), `serve ${service}`);
  if (pid === null) throw new Error(`${service} does not run.`);
  return pid;
}

/** The fault with which this drill began. */
export function raiseStoppedMixer(stage: Stage, { raise }: Raising): Promise<void> {
  const pid = pidOf(stage, 'mixer');
  return raise({
    what: 'the mixer is stopped',
    alerts: [{ alert: 'ServiceIsDown', labels: { job: 'mixer' } }, { alert: 'NoMixerIsActive' }],
    inject: () => process.kill(pid, 'SIGSTOP'),
    end: () => process.kill(pid, 'SIGCONT'),
  });
}

/** The second mixer is killed, then the first one loses its folder of keys: only the second has them. */
export async function raiseLostKeys(stage: Stage, { raise }: Raising): Promise<void> {
  const { secondMixer, voters, environment } = stage;
  const folder = environment('mixer')['MIXER_EPOCH_KEYS_DIRECTORY'] ?? '';
  await voters.vote(1);
  await raise({
    what: 'the second mixer is killed',
    alerts: [{ alert: 'HourlyKeysLackCopies' }],
    inject: () => secondMixer.kill(),
    meanwhile: () =>
      raise({
        what: 'the other mixer loses its keys with a ballot on its way, and has no copy',
        alerts: [{ alert: 'BallotsCannotBeOpened' }, { alert: 'SealingKeyIsOld' }],
        async inject() {
          const pid = pidOf(stage, 'mixer');
          process.kill(pid, 'SIGSTOP');
          await voters.vote(1);
          for (const name of readdirSync(folder)) rmSync(join(folder, name));
          process.kill(pid, 'SIGKILL');
        },
        end: () => secondMixer.start(),
        firesSecondsMax: 60,
        endsSecondsMax: 60,
      }),
    end: () => undefined,
  });
}

/** `log` is stopped, an older copy of its folder is put in its place, and at last a newer one with a damaged tile. */
export async function raiseLogFaults(stage: Stage, { raise }: Raising): Promise<void> {
  const { bench, platform, voters } = stage;
  const folder = join(platform.directory, 'public-logs');
  const older = join(bench.directory, 'logs-older');
  const newest = join(bench.directory, 'logs-newest');
  const part = onlyLog(folder, platform.election.id);
  await voters.vote(1);
  await untilPublished(stage);
  copyFolder(folder, older);
  await voters.vote(1);
  await untilPublished(stage);
  const pid = pidOf(stage, 'log');
  const tile = join(folder, part, lastTile(join(folder, part)));
  const replaceBy = (copy: string): void => {
    rmSync(join(folder, part), { recursive: true });
    copyFolder(join(copy, part), join(folder, part));
  };
  await raise({
    what: 'log is stopped',
    alerts: [{ alert: 'NoLogIsActive' }],
    inject: () => process.kill(pid, 'SIGSTOP'),
    async meanwhile() {
      copyFolder(folder, newest);
      await raise({
        what: 'an older copy of the folder of log takes its place',
        alerts: [{ alert: 'WitnessesAreLate' }],
        inject: () => replaceBy(older),
        end: () => replaceBy(newest),
      });
    },
    end: () => process.kill(pid, 'SIGCONT'),
  });
  const bytes = readFileSync(tile);
  await raise({
    what: 'a tile of the log is damaged, and one more person votes',
    alerts: [{ alert: 'LogDiffers' }],
    async inject() {
      writeFileSync(
        tile,
        bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
      );
      await voters.vote(1);
    },
    end: () => writeFileSync(tile, bytes),
  });
}

/** With the owners of the files: the services have accounts of their own where the platform runs as root. */
function copyFolder(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Not copied: ${stderr}`);
}

function onlyLog(folder: string, electionId: string): string {
  const [hash = ''] = readdirSync(join(folder, electionId));
  return join(electionId, hash);
}

/** The last tile of the lowest level, below the folder of a log. */
function lastTile(folder: string): string {
  const partial = join('tile', '0', '000.p');
  const widths = readdirSync(join(folder, partial)).map(Number);
  return join(partial, String(Math.max(...widths)));
}

/** Waits until the published checkpoint has all ballots of the box. */
async function untilPublished({ platform }: Stage): Promise<void> {
  const folder = join(platform.directory, 'published-logs');
  await until('a published checkpoint of all ballots', async () => {
    const { participation } = await platform.counts();
    const checkpoint = join(folder, onlyLog(folder, platform.election.id), 'checkpoint');
    return readFileSync(checkpoint, 'utf8').split('\n')[1] === String(participation);
  });
}

/** An election whose closing statement is changed in the intake, and whose box is changed after the first count. */
export async function raiseCountFaults(stage: Stage, { raise }: Raising): Promise<void> {
  const { administrator, query, voters } = stage;
  const election = await openElection(stage);
  await voters.vote(2, election);
  const text = 'select statement from pv.closing_statement where election_id = $1';
  const write = (statement: string): Promise<unknown> =>
    query('intake', 'update pv.closing_statement set statement = $2 where election_id = $1', [election.id, statement]);
  let statement = '';
  await raise({
    what: 'the closing statement of an election is changed in the database',
    alerts: [{ alert: 'MixerRefusesContents' }],
    async inject() {
      const pid = pidOf(stage, 'mixer');
      process.kill(pid, 'SIGSTOP');
      const failure = await actOnElection(administrator, election.id, 'close', { reason: 'The drill goes on.' });
      if (failure !== null) throw new Error(failure);
      await until('a closing statement', async () => (await query('intake', text, [election.id])).length === 1);
      statement = String((await query('intake', text, [election.id]))[0]?.['statement']);
      await write(statement.replace('"participation":2', '"participation":1'));
      process.kill(pid, 'SIGCONT');
    },
    end: () => write(statement),
  });
  const count = (): Promise<{ status: number }> =>
    administrator.call('elections', 'POST', `/v1/elections/${election.id}/count`, { body: {} });
  await until('the first count', async () => (await count()).status === 200);
  await raise(countFault(stage, election.id, count));
}

function countFault({ query }: Stage, id: string, count: () => Promise<unknown>): Parameters<Raising['raise']>[0] {
  const change = async (from: string, to: string): Promise<void> => {
    await query('box', 'alter table pv.ballot disable trigger never_changed');
    await query('box', 'update pv.ballot set ballot = replace(ballot, $2, $3) where election_id = $1', [id, from, to]);
    await query('box', 'alter table pv.ballot enable trigger never_changed');
  };
  return {
    what: 'ballots are changed in the box after a count, and it is counted again',
    alerts: [{ alert: 'CountContradictsTheBox' }],
    async inject() {
      await change('"contestId"', '"contestID"');
      await count();
    },
    end: () => change('"contestID"', '"contestId"'),
    endsSecondsMax: hourSecondsMax,
  };
}

/** One more rehearsal, with the ballot paper of the first one. */
async function openElection({ platform, administrator }: Stage): Promise<BallotPaper> {
  const { identity, verification, timeZone, contests } = platform.election;
  const nowMs = Date.now();
  const body = {
    title: { en: 'To be closed' },
    opensAt: new Date(nowMs - 60_000).toISOString(),
    closesAt: new Date(nowMs + closingHours * 3_600_000).toISOString(),
    rehearsal: true,
    minBatch: 1,
    graceSeconds: 0,
    channels: ['online'],
    timeZone,
    identity,
    verification,
    contests,
  };
  const creation = await administrator.call('elections', 'POST', '/v1/elections', { body });
  const { id } = (creation.body['election'] ?? {}) as { readonly id?: string };
  if (id === undefined) throw new Error(`No election was made: ${creation.text}`);
  const announced = await administrator.call('elections', 'POST', `/v1/elections/${id}/announce`, { body: {} });
  if (announced.status !== 200) throw new Error(`Not announced: ${announced.text}`);
  const { host, port } = platform.api;
  await until('a public election', async () => (await fetch(`http://${host}:${port}/v1/elections/${id}`)).ok);
  return { id, identity, contests };
}

/** A file of paper ballots is changed in the control Redis before the worker reads it. */
export async function raiseSetApartPaper(stage: Stage, { raise }: Raising): Promise<void> {
  const { platform, administrator } = stage;
  const official = await invited(platform.control, administrator, 'official');
  const redis = controlRedis(stage);
  const cells = platform.election.contests.map(({ options }) => options[0]?.number ?? 1).join(',');
  const upload = (): Promise<unknown> =>
    official.call('officials', 'POST', `/v1/batches?electionId=${platform.election.id}`, {
      raw: newFile(10, cells).text,
      headers: { 'content-type': 'text/csv' },
    });
  let uploaded: Promise<unknown> | undefined;
  await raise({
    what: 'rows of paper ballots are changed in the control Redis',
    alerts: [{ alert: 'PaperBallotsAreSetApart' }],
    async inject() {
      const pid = pidOf(stage, 'worker');
      process.kill(pid, 'SIGSTOP');
      uploaded = upload().catch(() => null);
      await until('a queued file', async () => (await redis.xlen(batchQueueKey)) > 0);
      await changeRows(redis);
      process.kill(pid, 'SIGCONT');
    },
    async end() {
      await uploaded;
      await redis.del(batchDeadKey);
    },
    endsSecondsMax: hourSecondsMax,
  });
  redis.disconnect();
}

function controlRedis({ bench, platform }: Stage): Redis {
  const secrets = JSON.parse(readFileSync(join(platform.directory, 'secrets.json'), 'utf8')) as Record<string, string>;
  const password = secrets['control-admin'] ?? '';
  const redis = new Redis({ host: '127.0.0.1', port: platform.controlRedisPort, username: 'admin', password });
  redis.on('error', () => undefined);
  bench.cleanup.add(() => redis.disconnect());
  return redis;
}

/** Replaces the rows of the queued file by others, without a signature of `officials`. */
async function changeRows(redis: Redis): Promise<void> {
  const [queued] = await redis.xrange(batchQueueKey, '-', '+', 'COUNT', 1);
  const key = uploadKey(fieldOf(queued?.[1] ?? [], 'upload'));
  for (const [id, fields] of await redis.xrange(key, '-', '+')) {
    const text = fieldOf(fields, 'text');
    if (text === '') continue;
    await redis.xdel(key, id);
    await redis.xadd(key, '*', ...fields.map((field) => (field === text ? text.toUpperCase() : field)));
  }
}

const fieldOf = (fields: readonly string[], name: string): string => fields[fields.indexOf(name) + 1] ?? '';
