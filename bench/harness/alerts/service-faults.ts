// Faults of services and of Redis, also of further processes with a fault in their configuration, their network or their disk.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { edgeMemoryMegabytes } from '../../../src/protocol/edge-memory.ts';
import { certificate } from '../../../test/support/certificate.ts';
import { clockOf } from '../../../test/support/processes/process-clock.ts';
import type { Child } from '../child.ts';
import { signalFamily } from '../process-tree.ts';
import { portOutsideOfDraws } from '../steady-port.ts';
import type { AlertWatch } from './alert-watch.ts';
import { askForCode, startProvider, startWay } from './edge-parts.ts';
import type { Raising } from './raising.ts';
import type { Stage } from './stage.ts';

/** Services examine themselves once a minute, and `elections` reads what they found once a minute. */
const examinedSecondsMax = 150;
const certificateDays = { short: 5, long: 90 } as const;
/** Texts that a provider does not take: its breaker opens after five. */
const textsRefused = 8;
/** A little more than a breaker rests, in milliseconds. */
const restMs = 16_000;
const clockAheadMs = 3_600_000;
const diskBytes = 8 * 1_024 ** 2;
/** The part of the memory of the edge Redis that is filled, in values of at most 512 MB. */
const memoryPart = 0.75;
const valueBytes = 256 * 1_024 ** 2;

/** The edge Redis is stopped by a signal: the fault with which this drill began. */
export function raiseStoppedRedis({ platform }: Stage, { raise }: Raising): Promise<void> {
  return raise({
    what: 'the edge Redis is stopped',
    alerts: [
      { alert: 'CheckFails', labels: { job: 'sms', check: 'redis' } },
      { alert: 'ServiceIsNotReady', labels: { job: 'sms' } },
    ],
    inject: () => signalFamily(platform.pids.redis, 'SIGSTOP'),
    end: () => signalFamily(platform.pids.redis, 'SIGCONT'),
  });
}

export async function raiseFullRedis({ platform }: Stage, { raise }: Raising): Promise<void> {
  const redis = new Redis(platform.redisUrl('admin'));
  redis.on('error', () => undefined);
  const bytes = Math.ceil(edgeMemoryMegabytes * 1_024 ** 2 * memoryPart);
  const names = Array.from({ length: Math.ceil(bytes / valueBytes) }, (_, at) => `filler-${at}`);
  await raise({
    what: `other values fill ${memoryPart * 100} % of the edge Redis`,
    alerts: [{ alert: 'EdgeRedisIsFull' }],
    async inject() {
      for (const [at, name] of names.entries())
        await redis.setrange(name, Math.min(valueBytes, bytes - at * valueBytes) - 1, 'x');
    },
    end: () => redis.del(...names),
    firesSecondsMax: 60,
    endsSecondsMax: 60,
  });
  redis.disconnect();
}

export async function raiseMissingService(watch: AlertWatch, { raise }: Raising): Promise<void> {
  const [address = ''] = watch.addresses('panel');
  await raise({
    what: 'the discovery of processes finds no panel any more',
    alerts: [{ alert: 'ServiceIsMissing', labels: { job: 'panel' } }],
    inject: () => watch.remove('panel', address),
    end: () => watch.add('panel', address),
  });
}

/** A further `officials` whose key file others may read, which it finds when it examines itself. */
export async function raiseFoundFaults(stage: Stage, { raise }: Raising): Promise<void> {
  const file = join(stage.bench.directory, 'officials-two.json');
  const spool = join(stage.bench.directory, 'spool-two');
  copyFileSync(stage.environment('officials')['OFFICIALS_KEYS_FILE'] ?? '', file);
  mkdirSync(spool);
  await raise({
    what: 'others may read the key file of a further officials',
    alerts: [{ alert: 'DoctorFindsFaults', labels: { subject: 'officials' } }],
    async inject() {
      chmodSync(file, 0o644);
      await stage.spare('officials', {
        OFFICIALS_PORT: '0',
        OFFICIALS_PRIVATE_PORT: '0',
        OFFICIALS_SPOOL_DIRECTORY: spool,
        OFFICIALS_KEYS_FILE: file,
      });
    },
    end: () => chmodSync(file, 0o600),
    firesSecondsMax: examinedSecondsMax,
    endsSecondsMax: examinedSecondsMax,
  });
}

export function raiseSilentService({ platform }: Stage, { raise }: Raising): Promise<void> {
  return raise({
    what: 'ballots is stopped',
    alerts: [{ alert: 'DoctorIsSilent', labels: { subject: 'ballots' } }],
    inject: () => process.kill(platform.pids.ballots, 'SIGSTOP'),
    end: () => process.kill(platform.pids.ballots, 'SIGCONT'),
    firesSecondsMax: examinedSecondsMax,
    endsSecondsMax: examinedSecondsMax,
  });
}

/** A replica of `ballots` with a folder of its own, and no peers. */
export async function raiseMissingKeys(stage: Stage, watch: AlertWatch, { raise }: Raising): Promise<void> {
  const port = await portOutsideOfDraws();
  const folder = join(stage.bench.directory, 'election-keys-two');
  const shared = stage.environment('ballots')['BALLOTS_ELECTION_KEYS_DIRECTORY'] ?? '';
  mkdirSync(folder);
  await raise({
    what: 'a replica of ballots has an empty folder of keys',
    alerts: [{ alert: 'ElectionKeysAreMissing', labels: { instance: `127.0.0.1:${port}` } }],
    async inject() {
      await stage.spare('ballots', { BALLOTS_PORT: String(port), BALLOTS_ELECTION_KEYS_DIRECTORY: folder });
      watch.add('ballots', `127.0.0.1:${port}`);
    },
    end() {
      for (const name of readdirSync(shared)) copyFileSync(join(shared, name), join(folder, name));
    },
  });
}

/** A standby of `log` with a small disk. Without the right to mount there is none. */
export async function raiseFullDisk(stage: Stage, watch: AlertWatch, { raise }: Raising): Promise<void> {
  const port = await portOutsideOfDraws();
  const folder = join(stage.bench.directory, 'small-disk');
  mkdirSync(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    stage.bench.findings.note('DiskIsAlmostFull needs the right to mount a small disk, which is missing here.');
    return;
  }
  stage.bench.cleanup.add(() => void spawnSync('umount', ['--lazy', folder]));
  const log = await stage.spare('log', { LOG_PORT: String(port), LOG_DIRECTORY: folder });
  watch.add('log', `127.0.0.1:${port}`);
  await raise({
    what: 'the disk of a standby of log is full to 95 %',
    alerts: [{ alert: 'DiskIsAlmostFull', labels: { instance: `127.0.0.1:${port}` } }],
    inject: () => writeFileSync(join(folder, 'filler'), Buffer.alloc(diskBytes * 0.95, 1)),
    end: () => rmSync(join(folder, 'filler')),
  });
  watch.remove('log', `127.0.0.1:${port}`);
  await log.end();
}

/** A further `sms` with a certificate and a provider of its own, and a further `api` that uses it, behind a proxy and with a clock. */
export async function raiseEdgeFaults(stage: Stage, watch: AlertWatch, raising: Raising): Promise<void> {
  const provider = await startProvider(stage.bench);
  const smsPort = await portOutsideOfDraws();
  const startSms = (days: number): Promise<Child> => {
    const { key, cert } = certificate(days);
    return stage.spare('sms', {
      SMS_PORT: '0',
      SMS_PRIVATE_PORT: String(smsPort),
      SMS_TLS_KEY: key,
      SMS_TLS_CERT: cert,
      SMS_PROVIDERS: JSON.stringify([provider.settings]),
    });
  };
  let sms: Child | undefined;
  await raising.raise({
    what: `the certificate of a further sms ends in ${certificateDays.short} days`,
    alerts: [{ alert: 'CertificateEndsSoon', labels: { instance: `127.0.0.1:${smsPort}` } }],
    async inject() {
      sms = await startSms(certificateDays.short);
      watch.add('sms', `127.0.0.1:${smsPort}`);
    },
    async end() {
      await sms?.end();
      await startSms(certificateDays.long);
    },
  });
  await raiseFaultsOfApi(stage, watch, raising, { provider, smsPort });
}

type Provider = Awaited<ReturnType<typeof startProvider>>;

async function raiseFaultsOfApi(
  stage: Stage,
  watch: AlertWatch,
  { raise }: Raising,
  { provider, smsPort }: { readonly provider: Provider; readonly smsPort: number },
): Promise<void> {
  const { bench, environment } = stage;
  const redis = await startWay(bench, environment('api')['EDGE_REDIS_URL']);
  const ballots = await startWay(bench, environment('api')['BALLOTS_ORIGIN']);
  const port = await portOutsideOfDraws();
  const publicPort = await portOutsideOfDraws();
  const clockFile = join(bench.directory, 'clock-api');
  writeFileSync(clockFile, '0');
  await stage.spare('api', {
    API_PORT: String(publicPort),
    API_PRIVATE_PORT: String(port),
    EDGE_REDIS_URL: redis.url,
    BALLOTS_ORIGIN: ballots.url,
    SMS_ORIGIN: `http://127.0.0.1:${smsPort}`,
    NODE_OPTIONS: clockOf(clockFile),
  });
  const labels = { instance: `127.0.0.1:${port}` };
  watch.add('api', labels.instance);
  const askForCodes = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => askForCode(stage, `http://127.0.0.1:${publicPort}`)));
  await raise({
    what: 'the provider of a further sms takes no texts',
    alerts: [{ alert: 'TextsAreNotSent', labels: { provider: provider.settings.name } }],
    async inject() {
      provider.refuse(true);
      await askForCodes(textsRefused);
    },
    async end() {
      provider.refuse(false);
      await pause(restMs);
      await askForCodes(1);
    },
  });
  await raise({
    what: 'the clock of a further api is an hour ahead',
    alerts: [{ alert: 'ClockIsWrong', labels }],
    inject: () => writeFileSync(clockFile, String(clockAheadMs)),
    end: () => writeFileSync(clockFile, '0'),
  });
  await raise({
    what: 'a further api reaches neither the edge Redis nor ballots',
    alerts: [
      { alert: 'RedisIsNotConnected', labels },
      { alert: 'PublicationsAreOld', labels },
    ],
    inject() {
      redis.cut();
      ballots.cut();
    },
    end() {
      redis.restore();
      ballots.restore();
    },
    firesSecondsMax: 120,
  });
}
