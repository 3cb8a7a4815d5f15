// The runbooks of backups on the engine: docker-compose.yml with deploy/backup/compose.yml, set up by the commands of backup.md.
// Receivers that come back after crashes of their databases, and that fell too far behind; the loss of postgres-intake with its
// volume while people vote, and its restore by the commands of restore.md. Started by deploy/test/run backups.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { countBallots } from '../../bench/harness/ballot-counts.ts';
import { leavesInBox } from '../../bench/harness/box-leaves.ts';
import { leafOf, settledCounts, voteWhile } from '../../bench/harness/drill.ts';
import type { Votes } from '../../bench/harness/drill.ts';
import type { Origin } from '../../bench/harness/keep-alive-client.ts';
import { checkReceipts } from '../../bench/harness/receipt-check.ts';
import { runbookScript, runCommands } from '../../bench/harness/runbook.ts';
import type { RunbookPart } from '../../bench/harness/runbook.ts';
import type { BallotPaper } from '../../bench/harness/voter.ts';
import { publicKeys } from '../../src/protocol/key-files.ts';
import { databases } from '../../src/store/connecting/migration-files.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';
import { readmeLine } from '../../test/support/deploy/readme-lines.ts';
import { until } from '../../test/support/until.ts';
import { docker, ensure, runChecks, runProgram } from './docker.ts';
import type { Checks } from './docker.ts';
import { newPlatform } from './platform.ts';
import { reachOf } from './reach.ts';

/** Voters who begin in a second, before the loss, and after the restore. */
const votersPerSecond = 12;
const beforeMs = 20_000;
const afterMs = 15_000;
/** Longest time before the loss of which votes are lost, and from the loss to the next receipt, in seconds. */
const lostSecondsMax = 1;
const recoverySecondsMax = 300;
/** Crashes of a database in a row, and the longest wait for its receiver after one, in milliseconds. */
const crashes = 4;
const receivedMsMax = 60_000;
/** Longest wait for the platform to take part in an election or an act, in milliseconds. */
const actMsMax = 60_000;
const administrator = 'checks@popvote.example';
const nothingLost = 'No recorded votes of this election are missing';
const votesDiffer = ['votes-missing', 'ballots-missing', 'ballots-in-excess'];
/** Of a slot, in megabytes, and the parts of the log of 16 MB that are more than that. */
const slotMegabytes = 32;
const partsAbove = 6;

const platform = newPlatform();
const { folder, operated } = platform;
const disk = join(folder, 'other-disk/popvote');
const variables: Record<string, string> = {
  ...(process.env as Record<string, string>),
  EDGE_FILES: '20000',
  ADMINISTRATOR: administrator,
  RESTORED: 'intake box',
};

/** The command of the image with the network of this machine, in the place of one that Node runs on the host of Compose. */
const prelude = `cd '${folder}'
. deploy/backup/commands.sh
popvote() {
  docker run --rm --user 0:0 --network host --add-host panel.localhost:127.0.0.1 -v "$PWD/operator:/operator" \\
    -v "$PWD/authority.crt:/authority.crt:ro" -e NODE_EXTRA_CA_CERTS=/authority.crt \\
    -e POPVOTE_SESSION_FILE=/operator/session.json popvote "$@"
}`;
const run = (script: string): Promise<string> => runCommands(prelude, script, variables);
const follow = (name: string, part: RunbookPart): Promise<string> => run(runbookScript(name, part));
const ask = (database: DatabaseName, statement: string): Promise<string> =>
  platform
    .must('exec', '-T', `postgres-${database}`, 'psql', '-XAtq', '-U', 'postgres', '-d', database, '-c', statement)
    .then((text) => text.trim());

async function containerOf(service: string): Promise<{ readonly id: string; readonly pid: number }> {
  const container = (await platform.containers()).find((each) => each.service === service && each.running);
  ensure(container !== undefined, `${service} does not run`);
  return container;
}

const slotOf = (database: DatabaseName): Promise<string> =>
  ask(database, "select slot_name, active from pg_replication_slots where slot_name = 'received'").catch(() => 'none');
const untilReceived = (database: DatabaseName): Promise<void> =>
  until(async () => (await slotOf(database)) === 'received|t', `a receiver of ${database}`, receivedMsMax);

/** Writes into the log, and waits until the receiver has that part of it. Resolves with its name. */
async function untilWritten(database: DatabaseName): Promise<string> {
  await ask(database, "select pg_logical_emit_message(true, 'check', 'written')");
  const part = await ask(database, 'select pg_walfile_name(pg_current_wal_lsn())');
  const has = (): boolean => readdirSync(join(disk, `received-${database}`)).some((name) => name.startsWith(part));
  await until(has, `${part} of ${database} in what is received`, receivedMsMax);
  return part;
}

async function startPlain(): Promise<string> {
  await platform.shell(readmeLine(' keys '));
  // What `start_interval` does on an engine that knows it.
  const file = join(folder, 'docker-compose.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('interval: 20s', 'interval: 2s'));
  await runCommands(`cd '${folder}'`, readmeLine(' up -d --wait'), variables);
  return `${(await platform.containers()).length} containers, without backups`;
}

/** Steps 1 and 3 of backup.md in one shell, as they need one variable. Images are built by images.sh here. */
async function setUp(): Promise<string> {
  const script = runbookScript('backup', [1, 3], '');
  const build = 'docker compose build && ';
  const place = '/mnt/other-disk/popvote';
  for (const text of [build, place]) ensure(script.includes(text), `backup.md has no ${text}`);
  await runCommands(`cd '${folder}'`, script.replace(build, '').replace(place, disk), variables);
  const startedMs = performance.now();
  await follow('backup', [4]);
  const ms = performance.now() - startedMs;
  await follow('backup', [5]);
  return `steps 1, 3, 4 (${(ms / 1_000).toFixed(0)} s) and 5 of backup.md`;
}

async function checkBackups(): Promise<string> {
  const output = await follow('backup', 'Check');
  const active = output.match(/^received\|t$/gm)?.length;
  ensure(active === databases.length, `${active ?? 0} databases are received:\n${output}`);
  const states = output.match(/status: ok/g)?.length;
  ensure(states === databases.length, `${states ?? 0} repositories are ok:\n${output}`);
  for (const database of databases) {
    const repository = join(disk, database, 'backup', database, 'backup.info');
    ensure(readFileSync(repository).toString('latin1', 0, 8) === 'Salted__', `${repository} is not encrypted`);
    await untilWritten(database);
  }
  return 'four times received|t and status ok, encrypted, and each check of pgBackRest passes';
}

async function checkReceivers(): Promise<string> {
  const containers = await platform.containers();
  const receivers = containers.filter(({ service }) => service.startsWith('receiver-'));
  ensure(receivers.length === databases.length, `${receivers.length} receivers`);
  for (const { service, running, addresses } of receivers)
    ensure(running && addresses.length === 0, `${service} has addresses: ${addresses.join(', ')}`);
  const servers = containers.filter(({ service }) => service.startsWith('postgres-'));
  const { tries, open } = await reachOf([...receivers, ...servers]);
  ensure(open.length === 0, `open: ${open.join(', ')}`);
  return `four run without a network; ${tries} connections tried from and to them, their databases and outside, none is open`;
}

/** The receiver ends with its database, and Docker starts both again. */
async function checkCrashes(): Promise<string> {
  let longestMs = 0;
  for (let times = 0; times < crashes; times += 1) {
    const { id, pid } = await containerOf('postgres-access');
    process.kill(pid, 'SIGKILL');
    const startedMs = performance.now();
    await until(async () => !(await docker('inspect', '--format', '{{.State.Pid}}', id)).match(`^(0|${pid})$`));
    await untilReceived('access');
    longestMs = Math.max(longestMs, performance.now() - startedMs);
  }
  return `${crashes} of postgres-access, received again within ${(longestMs / 1_000).toFixed(0)} s`;
}

/** Of a container with an address in one of the networks. */
async function originOf(service: string, network: string, port: number): Promise<Origin> {
  const subnet = `10.213.${network}.`;
  const container = (await platform.containers()).find((each) => each.service === service);
  const host = container?.addresses.find((address) => address.startsWith(subnet));
  ensure(host !== undefined, `${service} has no address in ${subnet}`);
  return { host, port, secure: false };
}

async function urlOf(database: 'intake' | 'box'): Promise<string> {
  const { host, port } = await originOf(`postgres-${database}`, database === 'intake' ? '20' : '21', 5432);
  return `postgres://postgres:${encodeURIComponent(operated.secret(`postgres-${database}-password`).trim())}@${host}:${port}/${database}`;
}

/** Moments by the clock of this machine, in milliseconds. */
type Loss = { readonly failing: number; readonly moment: number; readonly restored: number };

/** Kills postgres-intake and removes its volume, and follows restore.md. */
async function loseIntake(electionId: string): Promise<Loss> {
  const { id } = await containerOf('postgres-intake');
  const failing = Date.now();
  await docker('kill', id);
  await docker('rm', '--force', id);
  await docker('volume', 'rm', 'popvote_intake-data');
  const output = await follow('restore', [1, 2, 3, 4, 6]);
  const restored = Date.now();
  const [, moment = ''] = /^Restoring to (\S+ \S+)$/m.exec(output) ?? [];
  const ms = Date.parse(moment.replace(' ', 'T').replace(/\+00$/, 'Z'));
  ensure(!Number.isNaN(ms), `no moment in:\n${output}`);
  await acceptLoss(electionId);
  return { failing, moment: ms, restored };
}

/** Step 7 of restore.md. It says where the platform misses no votes. */
async function acceptLoss(electionId: string): Promise<void> {
  const deadline = performance.now() + actMsMax;
  variables['E'] = electionId;
  for (;;) {
    try {
      await follow('restore', [7]);
      return;
    } catch (error) {
      if (String(error).includes(nothingLost)) return;
      if (performance.now() > deadline) throw error;
      await pause(500);
    }
  }
}

async function newElection(): Promise<BallotPaper> {
  mkdirSync(join(folder, 'operator'));
  await docker(
    'cp',
    `${await operated.edge()}:/var/lib/edge/caddy/pki/authorities/local/root.crt`,
    join(folder, 'authority.crt'),
  );
  writeFileSync(join(folder, 'operator/once'), await operated.newAdministrator(administrator));
  writeFileSync(join(folder, 'operator/password'), 'a quiet river under copper');
  await run(
    'popvote login --origin https://panel.localhost:8444 --email "$ADMINISTRATOR" --password-file /operator/once \\\n' +
      '  --new-password-file /operator/password',
  );
  const definition = await operated.example();
  await operated.load(definition);
  const election = JSON.parse(definition) as BallotPaper;
  const { host, port } = await originOf('api', '2', 8080);
  const address = `http://${host}:${port}/v1/elections/${election.id}`;
  await until(() => fetch(address).then(({ status }) => status === 200), 'a public election', actMsMax);
  return election;
}

async function checkLoss(): Promise<string> {
  const election = await newElection();
  const target = { api: await originOf('api', '2', 8080), sms: await originOf('sms', '3', 8085), election };
  let loss: Loss | undefined;
  const votes = await voteWhile(
    target,
    Infinity,
    async () => {
      await pause(beforeMs);
      loss = await loseIntake(election.id);
      await pause(afterMs);
    },
    { perSecond: votersPerSecond },
  );
  ensure(loss !== undefined, 'nothing was lost');
  await follow('backup', [5]);
  await follow('restore', [8]);
  const output = await follow('restore', 'Check');
  const { alarms } = JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? '{}') as { alarms?: readonly { code: string }[] };
  ensure(alarms !== undefined, `no answer in:\n${output}`);
  const differing = alarms.filter(({ code }) => votesDiffer.includes(code));
  ensure(differing.length === 0, `alarms: ${differing.map(({ code }) => code).join(', ')}`);
  for (const database of databases) await untilReceived(database);
  return judge(election.id, votes, loss);
}

async function judge(electionId: string, votes: Votes, at: Loss): Promise<string> {
  const urls = { intake: await urlOf('intake'), box: await urlOf('box') };
  const { participation, outbox, box } = await settledCounts({
    counts: () => countBallots((database) => urls[database], electionId),
  });
  const leaves = await leavesInBox(urls.box, electionId);
  const receipts = votes.receipts.map((text, index) => ({
    leaf: leafOf(text),
    ms: performance.timeOrigin + (votes.receivedAtMs[index] ?? 0),
  }));
  const isMissing = ({ leaf }: { readonly leaf: string }): boolean => !leaves.has(leaf);
  const older = receipts.filter(({ ms }) => ms < at.moment);
  const between = receipts.filter(({ ms }) => ms >= at.moment && ms <= at.restored);
  const after = receipts.filter(({ ms }) => ms > at.restored);
  const missing = [...older, ...after].filter(isMissing).length;
  ensure(missing === 0, `${missing} of ${older.length + after.length} acknowledged ballots are lost`);
  ensure(older.length > 0 && after.length > 0, `${older.length} receipts before the loss, ${after.length} after it`);
  const { verified } = checkReceipts(votes.receipts, publicKeys.parse(JSON.parse(operated.secret('public.json'))));
  ensure(verified === receipts.length, `${verified} of ${receipts.length} receipts verify`);
  ensure(participation === outbox + box && box === leaves.size, `${participation} = ${outbox} + ${box}`);
  const lostSeconds = (at.failing - at.moment) / 1_000;
  const recoverySeconds = (Math.min(...after.map(({ ms }) => ms)) - at.failing) / 1_000;
  ensure(lostSeconds <= lostSecondsMax, `the last ${lostSeconds.toFixed(2)} s are lost`);
  ensure(recoverySeconds <= recoverySecondsMax, `people voted again after ${recoverySeconds.toFixed(0)} s`);
  const lostReceipts = between.filter(isMissing).length;
  return (
    `RPO ${lostSeconds.toFixed(2)} s (${lostReceipts} receipts lost), RTO ${recoverySeconds.toFixed(0)} s, of which the commands ` +
    `${((at.restored - at.failing) / 1_000).toFixed(0)} s; ${receipts.length} receipts, ${after.length} of them after the restore, none else lost`
  );
}

/** The receiver is paused while the log grows by more than the bound of its slot. */
async function checkBound(): Promise<string> {
  await ask('elections', `alter system set max_slot_wal_keep_size = '${slotMegabytes}MB'`);
  // Within 60 seconds a server gives up a receiver that is silent. No log grows by 2 GB before that.
  await ask('elections', "alter system set wal_sender_timeout = '3s'");
  await ask('elections', 'select pg_reload_conf()');
  const { id } = await containerOf('receiver-elections');
  await docker('pause', id);
  await until(async () => (await slotOf('elections')) === 'received|f', 'a silent receiver', receivedMsMax);
  for (let times = 0; times < partsAbove; times += 1) {
    await ask('elections', "select pg_logical_emit_message(true, 'check', 'written')");
    await ask('elections', 'select pg_switch_wal()');
  }
  await ask('elections', 'checkpoint');
  const state = (): Promise<string> =>
    ask('elections', "select wal_status from pg_replication_slots where slot_name = 'received'");
  await until(async () => (await state()) === 'lost', 'a slot that is lost', receivedMsMax);
  await docker('unpause', id);
  await until(async () => (await state()) !== 'lost', 'a new slot', receivedMsMax);
  await untilReceived('elections');
  const current = await untilWritten('elections');
  await run('on postgres-elections pgbackrest --stanza=elections check');
  const archived = await ask('elections', 'select last_archived_wal from pg_stat_archiver');
  ensure(archived >= current, `archived until ${archived}, received from ${current}`);
  return `${partsAbove * 16} MB behind a bound of ${slotMegabytes} MB: the slot was lost, and the log is received and archived again`;
}

async function sayIll(): Promise<void> {
  for (const { name, service } of await platform.containers()) {
    if (!/^(receiver|postgres)-/.test(service)) continue;
    const { out, err } = await runProgram('docker', ['logs', '--tail', '10', name]);
    console.error(`--- ${name}\n${out}${err}`);
  }
}

const checks: Checks = [
  ['a start', startPlain],
  ['backups', setUp],
  ['the check of backup.md', checkBackups],
  ['receivers', checkReceivers],
  ['crashes', checkCrashes],
  ['a receiver too far behind', checkBound],
  ['the loss of a database', checkLoss],
];
await runChecks(checks, { explain: sayIll, end: () => platform.end() });
