// The stack of Swarm on the engine: started with its one command, every service with all its tasks, a whole election.
// Started by deploy/test/run swarm. Its networks are not encrypted here: the kernel of a test machine may not be able to.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CheckFailed, docker, ensure, runProgram } from './docker.ts';
import { checkElection } from './election.ts';
import type { Operated } from './election.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Longest start of all tasks, in milliseconds. */
const startMsMax = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'popvote-swarm-'));

const taskOf = (service: string): Promise<string> =>
  docker('ps', '-q', '--filter', `label=com.docker.swarm.service.name=popvote_${service}`).then(
    (ids) => ids.split('\n')[0] ?? '',
  );
const popvoteIn = async (service: string, ...words: readonly string[]): Promise<string> =>
  docker('exec', await taskOf(service), 'node', 'dist/cli/main.js', ...words);

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

async function checkTasks(): Promise<string> {
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets, { mode: 0o700 });
  const mounted = ['--rm', '--user', '0:0', '--network', 'none', '-v', `${secrets}:/secrets`];
  await docker('run', ...mounted, 'popvote', 'keys', 'new', '--directory', '/secrets', '--compose');
  const stack = join(folder, 'stack.yml');
  const text = readFileSync(join(root, 'deploy/swarm/stack.yml'), 'utf8');
  writeFileSync(stack, text.replaceAll(/^ *driver_opts:\n *encrypted: .*\n/gm, ''));
  const environment = { POPVOTE_STACK: stack, POPVOTE_MODE: 'rehearsal', EDGE_FILES: '20000' };
  const startedMs = performance.now();
  const { code, err } = await runProgram(join(root, 'deploy/swarm/start.sh'), [secrets], { environment });
  ensure(code === 0, `start.sh: ${err}`);
  for (;;) {
    const rows = (await docker('stack', 'services', 'popvote', '--format', '{{.Name}} {{.Replicas}}')).split('\n');
    const missing = rows.filter((row) => !/ (\d+)\/\1\b/.test(row) && !row.startsWith('popvote_migrate '));
    const ms = performance.now() - startedMs;
    if (missing.length === 0) return `${rows.length} services in ${(ms / 1_000).toFixed(0)} s: ${rows.join(', ')}`;
    if (ms > startMsMax) throw new CheckFailed(`not all tasks run: ${missing.join(', ')}\n${await tasks()}`);
    await pause(2_000);
  }
}

const tasks = async (): Promise<string> =>
  docker('stack', 'ps', 'popvote', '--no-trunc', '--format', '{{.Name}} {{.CurrentState}} {{.Error}}');

try {
  for (const [name, check] of [
    ['tasks', checkTasks],
    ['a whole election with Swarm', () => checkElection(operated)],
  ] as const) {
    const startedMs = performance.now();
    console.log(`ok  ${name}: ${await check()} (${((performance.now() - startedMs) / 1_000).toFixed(0)} s)`);
  }
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof CheckFailed ? `FAILED: ${error.message}` : error);
} finally {
  await runProgram('docker', ['stack', 'rm', 'popvote']);
  await pause(5_000);
  await runProgram('docker', ['swarm', 'leave', '--force']);
  rmSync(folder, { recursive: true, force: true });
}
