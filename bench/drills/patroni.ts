// Nodes of a Patroni cluster are killed outright while people vote: the primary, the synchronous standby, the other one, the
// Patroni of the primary alone, whose PostgreSQL lives on beside the promoted one, and at last a zone: a primary with its
// etcd, one of two `api` and one of two `ballots`. The cluster is that of deploy/postgres. `ballots` and `mixer` have a list
// of hosts, the other services HAProxy; with `--only haproxy` all have HAProxy.
// Run: npx tsx bench/drills/patroni.ts [--quick] [--only haproxy]
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { databases } from '../../src/store/connecting/migration-files.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import { startServices } from '../harness/child.ts';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import type { Votes } from '../harness/drill.ts';
import { startServiceProxy } from '../harness/haproxy.ts';
import { originOf } from '../harness/keep-alive-client.ts';
import { createDatabases, patroniHindrance, startCluster, superuserUrl } from '../harness/patroni.ts';
import type { DatabaseCluster, DatabaseNode } from '../harness/patroni.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';

/** Voters a second. */
const perSecond = 20;
/** Voting before a kill, in milliseconds, and with it, in seconds: the lease of a primary is 20. */
const beforeMs = 8_000;
const faultSeconds = 60;
/** Longest time until casts go on after a promotion, and after a standby ended, in seconds. */
const resumeSecondsMax = 5;
/** Times that a voter sends a cast: no voter gives up during a failover. */
const castsMax = 400;

type Fault = 'primary' | 'synchronous' | 'other' | 'patroni' | 'zone';
const faultsFull: readonly Fault[] = ['primary', 'synchronous', 'other', 'patroni', 'zone'];
const faultsQuick: readonly Fault[] = ['primary', 'zone'];
/** After these another node is promoted. */
const promoting: ReadonlySet<Fault> = new Set<Fault>(['primary', 'patroni', 'zone']);
const titles: Readonly<Record<Fault, string>> = {
  primary: 'primary',
  synchronous: 'synchronous standby',
  other: 'other standby',
  patroni: 'Patroni of the primary',
  zone: 'zone of the primary',
};

/** The platform, whose `api` is HAProxy before two of them. `kill` ends one `api` and one `ballots`. */
type Zones = { readonly platform: Platform; readonly kill: () => void };
/** Moments of a fault, by performance.now(), in milliseconds. */
type Moments = { killed: number; promoted: number | null; standby: number | null };

await runBench('patroni', 'kill -9 of nodes of a Patroni cluster, under load', async (bench) => {
  const { findings, say } = bench;
  findings.hindrance = patroniHindrance();
  if (findings.hindrance !== null) return;
  say('starting three etcd and three Patroni nodes');
  const cluster = await startCluster(bench);
  await cluster.whole();
  await createDatabases(cluster, databases);
  const zones = await startZones(bench, cluster);
  const all: Votes[] = [];
  for (const fault of bench.quick ? faultsQuick : faultsFull) {
    const roles = await cluster.whole();
    const killed = promoting.has(fault) ? roles.primary : roles[fault as keyof typeof roles];
    say(`voting, and killing the ${titles[fault]}`);
    const at: Moments = { killed: 0, promoted: null, standby: null };
    const votes = await voteWhile(
      { ...zones.platform, castsMax },
      faultSeconds,
      () => inject(cluster, zones, { fault, killed, at }),
      { firstVoter: all.reduce((sum, { began }) => sum + began, 0), perSecond },
    );
    all.push(votes);
    judge(bench, fault, votes, at);
    if (fault === 'zone') cluster.startEtcd(killed);
    // PostgreSQL that outlived its Patroni is ended by the one that starts.
    killed.start();
  }
  say('waiting until the cluster is whole again');
  await cluster.whole();
  const votes = together(all);
  await countAfterwards(bench, zones.platform, votes);
  const { participation } = await zones.platform.counts();
  const acknowledged = votes.receipts.length;
  findings.check('acknowledged = stored', participation === acknowledged, `${acknowledged} = ${participation}`);
});

/** The platform on the cluster, with a second `api` and a second `ballots`. */
async function startZones(bench: Bench, cluster: DatabaseCluster): Promise<Zones> {
  const proxied = Object.fromEntries(
    databases.map((name) => [`MIGRATE_${name.toUpperCase()}_URL`, superuserUrl(cluster.proxyPort, name)]),
  );
  const hosts = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const direct = (url = ''): string =>
    bench.only?.includes('haproxy') === true
      ? url
      : `${url.replace(`127.0.0.1:${cluster.proxyPort}`, hosts)}?target_session_attrs=read-write`;
  const second = { api: await freePort(), ballots: await freePort() };
  const platform = await startPlatform(bench, proxied, {
    ballots: (own) => ({ ...own, INTAKE_DATABASE_URL: direct(own['INTAKE_DATABASE_URL']) }),
    mixer: (own) => ({ ...own, MIXER_INTAKE_DATABASE_URL: direct(own['MIXER_INTAKE_DATABASE_URL']) }),
    api: async (own) => {
      const ballots = await startServiceProxy(bench, 'ballots', [portOf(own['BALLOTS_ORIGIN']), second.ballots]);
      return { ...own, BALLOTS_ORIGIN: `http://127.0.0.1:${ballots}` };
    },
  });
  const start = (name: 'api' | 'ballots', changed: Readonly<Record<string, string>>) =>
    startServices(bench, [name], { ...platform.environment(name), ...changed }, join(bench.directory, `${name}2.log`));
  const own = platform.environment('ballots');
  await start('ballots', {
    INTAKE_DATABASE_URL: direct(own['INTAKE_DATABASE_URL']),
    BALLOTS_PORT: String(second.ballots),
  });
  const ballots = await startServiceProxy(bench, 'ballots-of-api2', [second.ballots, platform.ballots.port]);
  await start('api', {
    BALLOTS_ORIGIN: `http://127.0.0.1:${ballots}`,
    API_PORT: String(second.api),
    API_PRIVATE_PORT: '0',
  });
  const voters = await startServiceProxy(bench, 'api', [platform.api.port, second.api]);
  return {
    platform: { ...platform, api: originOf(`http://127.0.0.1:${voters}`) },
    kill() {
      for (const name of ['api', 'ballots'] as const) process.kill(platform.pids[name], 'SIGKILL');
    },
  };
}

function portOf(origin = ''): number {
  return Number(new URL(origin).port);
}

async function inject(
  cluster: DatabaseCluster,
  zones: Zones,
  { fault, killed, at }: { readonly fault: Fault; readonly killed: DatabaseNode; readonly at: Moments },
): Promise<void> {
  await pause(beforeMs);
  at.killed = performance.now();
  if (fault === 'patroni') killed.killPatroni();
  else killed.kill();
  if (fault === 'zone') {
    cluster.killEtcd(killed);
    zones.kill();
  }
  const primary = await cluster.writer(cluster.nodes.filter((node) => node !== killed));
  if (promoting.has(fault)) at.promoted = performance.now();
  await cluster.hasStandby(primary);
  at.standby = performance.now();
}

function judge({ findings }: Bench, fault: Fault, votes: Votes, at: Moments): void {
  const name = titles[fault];
  const from = at.promoted ?? at.killed;
  const next = votes.receivedAtMs.find((ms) => ms > from);
  const secondsFrom = (ms: number | null | undefined, begin: number): number =>
    ms === null || ms === undefined ? Infinity : (ms - begin) / 1_000;
  if (at.promoted !== null) {
    findings.figure(`${name}: from the kill to the promotion`, secondsFrom(at.promoted, at.killed), 's');
    findings.figure(`${name}: from the promotion to its first standby`, secondsFrom(at.standby, at.promoted), 's');
  }
  const resumed = at.promoted === null ? votes.gapMs / 1_000 : secondsFrom(next, from);
  const what = at.promoted === null ? 'longest time without a receipt' : 'from the promotion to the first receipt';
  findings.figure(`${name}: ${what}`, resumed, 's');
  findings.check(
    `${name}: casts go on within ${resumeSecondsMax} s`,
    resumed <= resumeSecondsMax,
    `${resumed.toFixed(1)} s`,
  );
}

function together(all: readonly Votes[]): Votes {
  const failures = new Map<string, number>();
  for (const [why, count] of all.flatMap((votes) => [...votes.failures])) {
    failures.set(why, (failures.get(why) ?? 0) + count);
  }
  const sum = (of: (votes: Votes) => number): number => all.reduce((total, votes) => total + of(votes), 0);
  return {
    receipts: all.flatMap(({ receipts }) => receipts),
    receivedAtMs: all.flatMap(({ receivedAtMs }) => receivedAtMs),
    began: sum(({ began }) => began),
    resent: sum(({ resent }) => resent),
    gapMs: Math.max(...all.map(({ gapMs }) => gapMs)),
    failures,
    casts: all.flatMap(({ casts }) => casts),
  };
}
