// The checks on a real engine, in order; each prints a line, and the first that fails ends the run with the last lines of
// every container that is not well. Started by deploy/test/run, inside the network namespace of the engine.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CheckFailed, docker, ensure, forEachOf, keepBusy, runChecks, runProgram } from './docker.ts';
import type { Checks } from './docker.ts';
import { alertRules, alertTests } from '../../test/support/deploy/alert-rules.ts';
import { dashboardRules } from '../../test/support/deploy/dashboards.ts';
import { readmeLine } from '../../test/support/deploy/readme-lines.ts';
import { operatorCommands } from '../../test/support/deploy/runbooks.ts';
import { missingPackages } from '../sbom.ts';
import type { Sbom } from '../sbom.ts';
import { checkEdge } from './edge.ts';
import { checkElection } from './election.ts';
import { mixerDiskLoss } from './lost-disk.ts';
import { newPlatform } from './platform.ts';
import type { ComposedPlatform } from './platform.ts';
import { reachOf } from './reach.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Most bytes that the image adds to its base. */
const ownBytesMax = 70 * 1_024 * 1_024;
/** Longest start of everything with both processors busy, in milliseconds. */
const startMsMax = 180_000;
/** Most processor time of one health check, in milliseconds. */
const probeMsMax = 25;
/** Commands of an operator that run side by side. */
const commandsAtOnce = 3;
/** What each service must run with, though the shipped limits are higher: memory, and processes with their threads. */
const leastMemory = '256m';
const leastProcesses = '100';
/** Longest time until an alert is raised, in milliseconds. */
const alertMsMax = 180_000;

async function checkImage(): Promise<string> {
  type Image = { Size: number; Config: { User: string; Labels: Record<string, string> } };
  const [, baseName = ''] = /^ARG NODE_IMAGE=(.*)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? [];
  const [image, base] = JSON.parse(await docker('image', 'inspect', 'popvote', baseName)) as Image[] as [Image, Image];
  const bytes = image.Size - base.Size;
  ensure(bytes <= ownBytesMax, `the image has ${bytes} bytes of its own`);
  ensure(Number(image.Config.User.split(':')[0]) >= 10_000, `the user of the image is ${image.Config.User}`);
  const label = (name: string): string => image.Config.Labels[`org.opencontainers.image.${name}`] ?? '';
  for (const name of ['title', 'licenses']) ensure(label(name) !== '', `the image has no label ${name}`);
  ensure(label('base.name') === `docker.io/library/${baseName}`, `the image says base ${label('base.name')}`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  ensure(label('version') === version, `the image says version ${label('version')}`);
  ensure(/^[0-9a-f]{40}$/.test(label('revision')), `the image says revision ${label('revision')}`);
  const bare = [
    '--rm',
    '--read-only',
    '--cap-drop',
    'ALL',
    '--network',
    'none',
    '--memory',
    leastMemory,
    '--pids-limit',
    leastProcesses,
  ];
  ensure((await docker('run', ...bare, 'popvote', '--version')) !== '', 'the image says no version');
  const sbom = JSON.parse(await docker('run', ...bare, '--entrypoint', 'cat', 'popvote', 'sbom.cdx.json')) as Sbom;
  const missing = missingPackages(root, sbom);
  ensure(missing.length === 0, `not in the list of packages: ${missing.join(', ')}`);
  const megabytes = (bytes / 1_048_576).toFixed(1);
  return `${megabytes} MiB above its base, user ${image.Config.User}, ${sbom.components.length} packages listed`;
}

async function checkSecrets(platform: ComposedPlatform): Promise<string> {
  const wrong = await platform.compose('run', '--rm', 'keys');
  const command = /docker compose run --rm --user (\d+:\d+) keys/.exec(wrong.err)?.[1];
  ensure(wrong.code !== 0 && command !== undefined, `keys for the wrong user said: ${wrong.err}`);
  ensure(command === `${process.getuid!()}:${process.getgid!()}`, `keys names ${command}, which is not the owner`);
  await platform.shell(readmeLine(' keys '));
  ensure(platform.operated.secret('public.json') !== '', 'there are no keys');
  return `made as ${command}, as the message and README.md say`;
}

async function checkStart(platform: ComposedPlatform): Promise<string> {
  const rest = keepBusy(2);
  const startedMs = performance.now();
  try {
    await platform.shell(readmeLine(' up -d --wait'));
  } finally {
    rest();
  }
  const ms = performance.now() - startedMs;
  const containers = await platform.containers();
  const ill = containers.filter(({ running, health }) => running && health !== 'healthy');
  ensure(ill.length === 0, `not healthy: ${ill.map(({ name }) => name).join(', ')}`);
  const restarted = containers.filter(({ restarts }) => restarts > 0);
  ensure(restarted.length === 0, `restarted: ${restarted.map(({ name }) => name).join(', ')}`);
  ensure(ms <= startMsMax, `the start took ${Math.round(ms / 1_000)} s`);
  return `${containers.filter(({ running }) => running).length} containers in ${(ms / 1_000).toFixed(0)} s, all processors busy`;
}

async function checkProbe(platform: ComposedPlatform): Promise<string> {
  const tries = 40;
  const loop = `TIMEFORMAT='%U %S'; time for i in {1..${tries}}; do /usr/local/bin/popvote-probe 9101 || exit 1; done`;
  const { code, err } = await platform.compose('exec', '-T', 'api', 'bash', '-c', loop);
  const [user = 0, system = 0] = (/([\d.]+) ([\d.]+)/.exec(err) ?? []).slice(1).map(Number);
  ensure(code === 0, `the probe failed: ${err}`);
  const ms = ((user + system) * 1_000) / tries;
  ensure(ms > 0 && ms <= probeMsMax, `a probe costs ${ms} ms`);
  // It asks about the process alone.
  await platform.must('pause', 'redis');
  const alive = await platform.compose('exec', '-T', 'api', 'popvote-probe', '9101');
  await platform.must('unpause', 'redis');
  ensure(alive.code === 0, 'api counts as dead because Redis is');
  return `${ms.toFixed(1)} ms of processor each; alive without Redis`;
}

async function checkProduction(platform: ComposedPlatform): Promise<string> {
  const { code, out } = await platform.compose(
    'exec',
    '-T',
    'api',
    'node',
    'dist/cli/main.js',
    'doctor',
    '--production',
  );
  ensure(
    /core dumps +off/.test(out) && code === 0,
    `api as it is shipped is not fit for an election that counts:\n${out}`,
  );
  return 'api as it is shipped passes, and writes no core dumps';
}

async function checkReach(platform: ComposedPlatform): Promise<string> {
  const { tries, open, expected } = await reachOf(await platform.containers());
  const more = open.filter((line) => !expected.includes(line));
  const fewer = expected.filter((line) => !open.includes(line));
  ensure(more.length === 0, `open, and not in docker-compose.yml:\n  ${more.join('\n  ')}`);
  ensure(fewer.length === 0, `closed, though docker-compose.yml allows it:\n  ${fewer.join('\n  ')}`);
  return `${tries} connections tried, ${open.length} are open, each is in the table`;
}

/** Commands of the runbooks, as an operator runs them on a platform that is well. */
async function checkOperatorCommands(platform: ComposedPlatform): Promise<string> {
  const list = await platform.must('run', '--rm', '-T', '--no-deps', 'operate', 'election', 'list');
  const counted = /^(\S+) {2}(?:counted|published) /m.exec(list)?.[1];
  ensure(counted !== undefined, `no election is counted: ${list}`);
  const commands = [...operatorCommands(), 'df -h', 'docker system df'];
  // Those in running containers only ask.
  const asking = commands.filter((command) => command.startsWith('docker compose exec '));
  const others = commands.filter((command) => !asking.includes(command));
  await forEachOf(asking, commandsAtOnce, (command) => platform.shell(command.replace(/\bID\b/, counted)));
  for (const command of others) await platform.shell(command.replace(/\bID\b/, counted));
  return `${commands.length} commands of the runbooks`;
}

/** Each service starts again with less than it ships with: healthy, and not ended by the kernel. */
async function checkLeast(platform: ComposedPlatform): Promise<string> {
  const ids = (await docker('ps', '--quiet', '--no-trunc', '--filter', 'ancestor=popvote')).split('\n');
  const limits = ['--memory', leastMemory, '--memory-swap', leastMemory, '--pids-limit', leastProcesses];
  await docker('update', ...limits, ...ids);
  await forEachOf(ids, ids.length, (id) => docker('restart', id));
  const startedMs = performance.now();
  for (;;) {
    const services = (await platform.containers()).filter(({ id }) => ids.includes(id));
    const ill = services.filter(({ health, restarts }) => health !== 'healthy' || restarts > 0);
    if (services.length === ids.length && ill.length === 0) break;
    ensure(performance.now() - startedMs <= startMsMax, `not healthy: ${ill.map(({ name }) => name).join(', ')}`);
    await pause(1_000);
  }
  const facts = '{{.State.OOMKilled}} {{.HostConfig.ReadonlyRootfs}} {{json .HostConfig.CapDrop}}';
  const states = (await docker('inspect', '--format', facts, ...ids)).split('\n');
  ensure(
    states.every((state) => state === 'false true ["ALL"]'),
    `ended for want of memory, or with more rights: ${states.join('; ')}`,
  );
  return `${ids.length} processes are healthy with ${leastMemory} and ${leastProcesses} threads, read-only and without capabilities`;
}

async function checkMetrics(): Promise<string> {
  type Targets = { data: { activeTargets: { health: string; labels: { job: string } }[] } };
  const jobs = new Map<string, number>();
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await fetch('http://127.0.0.1:9090/api/v1/targets');
    const { activeTargets } = ((await answer.json()) as Targets).data;
    jobs.clear();
    for (const { health, labels } of activeTargets)
      if (health === 'up') jobs.set(labels.job, (jobs.get(labels.job) ?? 0) + 1);
    if (jobs.size === 11 && jobs.get('officials') === 3) return `${activeTargets.length} targets are up`;
    await pause(1_000);
  }
  throw new CheckFailed(`up are only: ${JSON.stringify(Object.fromEntries(jobs))}`);
}

async function checkAlerts(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-rules-'));
  const mounts = ['-v', `${join(root, 'deploy/monitoring')}:/monitoring:ro`, '-v', `${folder}:/made:ro`];
  const tool = (name: string, image: string, ...words: readonly string[]): Promise<string> =>
    docker('run', '--rm', ...mounts, '--network', 'none', '--entrypoint', name, image, ...words);
  const promtool = (...words: readonly string[]): Promise<string> =>
    tool('promtool', 'prom/prometheus:v3.5.0', ...words);
  try {
    writeFileSync(join(folder, 'dashboards.yml'), dashboardRules());
    writeFileSync(join(folder, 'faults.yml'), alertTests('/monitoring/rules/popvote.yml', alertRules));
    await promtool('check', 'rules', '/monitoring/rules/popvote.yml');
    await promtool('test', 'rules', '/made/faults.yml');
    await promtool('check', 'rules', '/made/dashboards.yml');
    await tool('amtool', 'prom/alertmanager:v0.28.1', 'check-config', '/monitoring/alertmanager.yml');
  } finally {
    rmSync(folder, { recursive: true });
  }
  return 'promtool raises each by each of its faults, and none without one; amtool accepts who is called';
}

/** The last check: a service and a database are stopped, and Prometheus must say so. */
async function checkFaults(platform: ComposedPlatform): Promise<string> {
  type Alerts = { data: { alerts: { state: string; labels: { alertname: string; job?: string } }[] } };
  // An engine forgets the name of a stopped container, or does not answer for it: then Prometheus keeps the address.
  const expected = ['ServiceIs(Missing|Down) of log', 'ServiceIsNotReady of ballots', 'CheckFails of ballots'];
  type Receivers = { data: { activeAlertmanagers: unknown[] } };
  const receivers = (await (await fetch('http://127.0.0.1:9090/api/v1/alertmanagers')).json()) as Receivers;
  ensure(receivers.data.activeAlertmanagers.length === 1, 'Prometheus reaches no Alertmanager');
  await platform.must('stop', '--timeout', '5', 'log', 'postgres-intake');
  const startedMs = performance.now();
  let firing: readonly string[] = [];
  while (performance.now() - startedMs < alertMsMax) {
    const answer = await fetch('http://127.0.0.1:9090/api/v1/alerts');
    firing = ((await answer.json()) as Alerts).data.alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => `${labels.alertname} of ${labels.job ?? 'all'}`);
    if (expected.every((name) => firing.some((each) => new RegExp(`^${name}$`).test(each))))
      return `${firing.join(', ')} after ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`;
    await pause(2_000);
  }
  throw new CheckFailed(`of ${expected.join(', ')} only these alerts are raised: ${firing.join(', ')}`);
}

async function sayIll(platform: ComposedPlatform): Promise<void> {
  for (const { name, service, health, running, restarts } of await platform.containers()) {
    const isWell = running && health === 'healthy' && restarts === 0;
    if (isWell || service === 'migrate') continue;
    const { out, err } = await runProgram('docker', ['logs', '--tail', '15', name]);
    console.error(`--- ${name}: ${health}, ${running ? 'running' : 'ended'}, ${restarts} restarts\n${out}${err}`);
  }
}

const platform = newPlatform();
const checks: Checks = [
  ['the image', checkImage],
  ['the edge in front of services that fail', checkEdge],
  ['secrets for any user', () => checkSecrets(platform)],
  ['start', () => checkStart(platform)],
  ['health checks', () => checkProbe(platform)],
  ['the checks before an election that counts', () => checkProduction(platform)],
  ['who reaches what', () => checkReach(platform)],
  ['a whole election, and the loss of a disk', () => checkElection(platform.operated, mixerDiskLoss(platform))],
  ['commands of an operator', () => checkOperatorCommands(platform)],
  ['the least that each service needs', () => checkLeast(platform)],
  ['metrics', checkMetrics],
  ['alerts', checkAlerts],
  ['alerts of a stopped service and a stopped database', () => checkFaults(platform)],
];
await runChecks(checks, { explain: () => sayIll(platform), end: () => platform.end() });
