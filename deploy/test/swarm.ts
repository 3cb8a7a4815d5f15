// The stack of Swarm on the engine: started with its one command from a folder with .env, its ports and connections, brought
// up to date with another build, a whole election, its published log, a task killed during an upload. Started by
// deploy/test/run swarm. Its networks are not encrypted here: the kernel of a test machine may not be able to.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CheckFailed, containersWith, docker, ensure, runChecks, runProgram } from './docker.ts';
import type { Checks, Container } from './docker.ts';
import { checkElection } from './election.ts';
import type { Operated } from './election.ts';
import { checkKilledUpload } from './killed-upload.ts';
import type { Tasks } from './killed-upload.ts';
import { reachOf } from './reach.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Longest start or replacement of all tasks, in milliseconds. */
const tasksMsMax = 420_000;
/** Longest wait for the published log, in milliseconds. */
const logMsMax = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'popvote-swarm-'));
const settings = join(folder, '.env');
const published = '/var/lib/popvote/published-logs';

const tasksOf = (service: string): Promise<readonly string[]> =>
  docker('ps', '-q', '--filter', `label=com.docker.swarm.service.name=popvote_${service}`).then((ids) =>
    ids.split('\n').filter(Boolean),
  );
const taskOf = (service: string): Promise<string> => tasksOf(service).then(([id = '']) => id);
const inTask = async (service: string, ...words: readonly string[]): Promise<string> =>
  docker('exec', await taskOf(service), ...words);
const popvoteIn = (service: string, ...words: readonly string[]): Promise<string> =>
  inTask(service, 'node', 'dist/cli/main.js', ...words);

const operated: Operated = {
  folder,
  edge: () => taskOf('edge'),
  example: () => popvoteIn('elections', 'election', 'example'),
  async load(definition) {
    const file = join(folder, 'example.json');
    writeFileSync(file, definition);
    const words = `docker exec -i ${await taskOf('elections')} node dist/cli/main.js election load /dev/stdin <example.json`;
    const { code, err } = await runProgram('bash', ['-c', words], { cwd: folder });
    ensure(code === 0, `the election is not loaded: ${err}`);
  },
  newAdministrator: (email) => popvoteIn('access', 'admin', 'create', '--email', email),
  secret: (name) => readFileSync(join(folder, 'secrets', name), 'utf8'),
};

type Task = { readonly name: string; readonly image: string; readonly state: string; readonly error: string };
async function allTasks(): Promise<readonly Task[]> {
  const text = await docker('stack', 'ps', 'popvote', '--no-trunc', '--format', '{{json .}}');
  const rows = text.split('\n').filter(Boolean);
  return rows.map((row) => {
    const task = JSON.parse(row) as Record<'Name' | 'Image' | 'CurrentState' | 'Error', string>;
    return { name: task.Name, image: task.Image, state: task.CurrentState, error: task.Error };
  });
}

/** Runs start.sh, and waits until every service has all its tasks with the images of now, and migrate has ended well. */
async function start(): Promise<string> {
  const startedMs = performance.now();
  const environment = { POPVOTE_STACK: join(folder, 'stack.yml') };
  const { code, out, err } = await runProgram(join(root, 'deploy/swarm/start.sh'), [], { cwd: folder, environment });
  ensure(code === 0, `start.sh: ${out}${err}`);
  for (;;) {
    const late = await lateTasks();
    const ms = performance.now() - startedMs;
    if (late.length === 0) return `${(ms / 1_000).toFixed(0)} s`;
    const tasks = (): Promise<string> =>
      allTasks().then((all) => all.map((task) => Object.values(task).join('  ')).join('\n'));
    if (ms > tasksMsMax) throw new CheckFailed(`not there: ${late.join(', ')}\n${await tasks()}`);
    await pause(2_000);
  }
}

async function lateTasks(): Promise<readonly string[]> {
  const text = await docker('stack', 'services', 'popvote', '--format', '{{.Name}} {{.Replicas}} {{.Image}}');
  const tasks = await allTasks();
  return text.split('\n').filter((row) => {
    const [name = '', replicas = '', image = ''] = row.split(' ');
    const [running, replicaCount] = replicas.split('/');
    const own = tasks.filter((task) => task.name.startsWith(`${name}.`) && task.image === image);
    if (name === 'popvote_migrate') return !own.some(({ state }) => state.startsWith('Complete'));
    return (
      running !== replicaCount || own.filter(({ state }) => state.startsWith('Running')).length !== Number(replicaCount)
    );
  });
}

async function checkTasks(): Promise<string> {
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets, { mode: 0o700 });
  const mounted = ['--rm', '--user', '0:0', '--network', 'none', '-v', `${secrets}:/secrets`];
  await docker('run', ...mounted, 'popvote', 'keys', 'new', '--directory', '/secrets', '--compose');
  const text = readFileSync(join(root, 'deploy/swarm/stack.yml'), 'utf8');
  writeFileSync(join(folder, 'stack.yml'), text.replaceAll(/^ *driver_opts:\n *encrypted: .*\n/gm, ''));
  writeFileSync(settings, 'POPVOTE_MODE=rehearsal\nEDGE_FILES=20000\nPOPVOTE_BIND=0.0.0.0\nPOSTGRES_MEMORY=1234m\n');
  const started = await start();
  const limit = await docker('inspect', '--format', '{{.HostConfig.Memory}}', await taskOf('postgres-box'));
  ensure(Number(limit) === 1_234 * 1_048_576, `.env is not read: the limit of PostgreSQL is ${limit}`);
  ensure((await docker('service', 'ls')).includes('popvote_api'), 'docker service ls does not list api');
  const shared = await inTask('postgres-box', 'df', '-BM', '--output=size', '/dev/shm');
  ensure(shared.includes('256M'), `the shared memory of PostgreSQL: ${shared}`);
  return `${(await allTasks()).length} tasks in ${started}, with the settings of .env`;
}

const answers = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

async function checkPorts(): Promise<string> {
  for (const port of [80, 443]) ensure(await answers(port), `port ${port} is closed`);
  ensure(!(await answers(8_444)), 'the panel is published without POPVOTE_CONTROL_BIND');
  const environment = await inTask('edge', 'sh', '-c', "tr '\\0' '\\n' </proc/1/environ | grep EDGE_BIND");
  ensure(await answers(8_444, environment.split('=')[1]), `the machine does not reach the panel at ${environment}`);
  return '80 and 443 are open, 8444 is not, and the machine itself reaches the panel';
}

/** With the address that leads out of the machine, which the engine does not list. */
async function withEveryAddress(container: Container): Promise<Container> {
  const script = `console.log(Object.values(require('node:os').networkInterfaces()).flat()
    .filter((each) => each.family === 'IPv4' && !each.internal).map((each) => each.address).join(' '))`;
  const words = ['-t', String(container.pid), '-n', process.execPath, '-e', script];
  const { code, out, err } = await runProgram('nsenter', words);
  ensure(code === 0, `no addresses of ${container.service}: ${err}`);
  return { ...container, service: container.service.replace('popvote_', ''), addresses: out.trim().split(' ') };
}

async function checkReach(): Promise<string> {
  // Beyond the engine something may answer for every address, and a container with a way out asks there.
  await runProgram('ip', ['route', 'replace', 'unreachable', '10.213.0.0/16']);
  const all = await containersWith('com.docker.stack.namespace=popvote', 'com.docker.swarm.service.name');
  const running = all.filter((container) => container.running);
  const { tries, open, expected } = await reachOf(await Promise.all(running.map(withEveryAddress)));
  const more = open.filter((line) => !expected.includes(line));
  const fewer = expected.filter((line) => !open.includes(line));
  ensure(more.length === 0, `open, and not in docker-compose.yml:\n  ${more.join('\n  ')}`);
  ensure(fewer.length === 0, `closed, though docker-compose.yml allows it:\n  ${fewer.join('\n  ')}`);
  return `${tries} connections tried, ${open.length} are open, each is in the table`;
}

/** A try that ended before a database answered is not one of them. */
async function endedMigrations(): Promise<number> {
  const tasks = await allTasks();
  return tasks.filter(({ name, state }) => name.startsWith('popvote_migrate.') && state.startsWith('Complete')).length;
}

/** Another build, and a setting that changes: every task of ours is replaced, and migrate runs again. */
async function checkUpgrade(): Promise<string> {
  const before = new Map((await allTasks()).map(({ name, image }) => [name, image]));
  for (const name of ['popvote', 'popvote-edge']) {
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${name}:latest\nLABEL popvote.build=second\n`);
    await docker('tag', `${name}:latest`, `${name}:first`);
    await docker('build', '-q', '-t', `${name}:latest`, '-f', join(folder, 'Dockerfile'), join(root, 'deploy/edge'));
  }
  appendFileSync(settings, 'POPVOTE_CONTROL_BIND=0.0.0.0\n');
  const took = await start();
  const services = await docker('stack', 'services', 'popvote', '--format', '{{.Image}}');
  const images = services.split('\n').filter((image) => image.startsWith('popvote'));
  const old = images.filter((image) => [...before.values()].includes(image));
  ensure(images.length === 15 && old.length === 0, `not replaced: ${old.join(', ')}`);
  ensure(await answers(8_444), 'the panel is not published with POPVOTE_CONTROL_BIND');
  const migrations = await endedMigrations();
  ensure(migrations === 2, `migrate ended well ${migrations} times`);
  const again = await start();
  ensure((await endedMigrations()) === migrations, 'migrate ran again without another build');
  return `all tasks replaced in ${took}, migrate ran again; a start without another build changes nothing (${again})`;
}

/** What log wrote, herald published and api serves, which are three services that share folders. */
async function checkLog(): Promise<string> {
  for (let waitedMs = 0; waitedMs < logMsMax; waitedMs += 1_000) {
    const files = await inTask('herald', 'find', published, '-name', 'checkpoint');
    const sizes = await Promise.all(files.split('\n').filter(Boolean).map(checkpointSize));
    // That of the vote by phone and that of the 500 ballots on paper.
    if (sizes.includes(1) && sizes.includes(500))
      return 'api serves and elections reads the checkpoints of 1 and 500 entries that herald published';
    await pause(1_000);
  }
  throw new CheckFailed('the logs of both elections are not published');
}

async function checkpointSize(file: string): Promise<number> {
  const checkpoint = await inTask('herald', 'cat', file);
  const address = `https://vote.localhost/log${file.slice(published.length)}`;
  const { out, err } = await runProgram('curl', ['-sS', '--cacert', join(folder, 'authority.crt'), address]);
  ensure(out.trim() === checkpoint, `${address} is not the published checkpoint: ${out}${err}`);
  ensure((await inTask('elections', 'cat', file)) === checkpoint, 'elections reads another checkpoint');
  return Number(checkpoint.split('\n')[1]);
}

const killable: Tasks = {
  officials: () => tasksOf('officials'),
  isWhole: async () => (await lateTasks()).length === 0,
  askBox: (statement) => inTask('postgres-box', 'psql', '-XAtq', '-U', 'postgres', '-d', 'box', '-c', statement),
};

async function removeStack(): Promise<void> {
  await runProgram('docker', ['stack', 'rm', 'popvote']);
  await pause(5_000);
  await runProgram('docker', ['swarm', 'leave', '--force']);
  for (const name of ['popvote', 'popvote-edge'])
    await runProgram('docker', ['tag', `${name}:first`, `${name}:latest`]);
  const images = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}');
  const own = images.split('\n').filter((image) => /^popvote(-edge)?:(first|latest-)/.test(image));
  await runProgram('docker', ['image', 'rm', ...own]);
  rmSync(folder, { recursive: true, force: true });
}

const checks: Checks = [
  ['tasks', checkTasks],
  ['published ports', checkPorts],
  ['who reaches what with Swarm', checkReach],
  ['an upgrade', checkUpgrade],
  ['a whole election with Swarm', () => checkElection(operated)],
  ['the public log with Swarm', checkLog],
  ['a task killed during an upload', () => checkKilledUpload(operated, killable)],
];
await runChecks(checks, { end: removeStack });
