// A platform on archived servers, with the functions of the runbooks (`on`, `start`, `stop`, `popvote`) for it.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { databases } from '../../src/store/connecting/migration-files.ts';
import { newAdministrator } from '../../test/support/control.ts';
import type { Person } from '../../test/support/control.ts';
import { startArchivedServers } from './archived-servers.ts';
import type { ArchivedServers } from './archived-servers.ts';
import { startServices } from './child.ts';
import { startPlatform } from './platform.ts';
import type { Platform } from './platform.ts';
import type { Bench } from './run.ts';
import { runbookScript, runCommands } from './runbook.ts';
import type { RunbookPart } from './runbook.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The services that the runbooks stop and start. */
const byHand = ['ballots', 'mixer'] as const;
type HandService = (typeof byHand)[number];
/** Longest wait for a service to end, in milliseconds. */
const endMsMax = 30_000;
/** Seconds without another commit after which a copy of a database is at its end. */
const settleSeconds = '2';

export type RestorablePlatform = {
  readonly platform: Platform;
  readonly servers: ArchivedServers;
  readonly administrator: Person;
  /** Runs commands with the functions of the runbooks, and these variables. */
  run(script: string, variables?: Readonly<Record<string, string>>): Promise<string>;
  /** Runs steps of "Do" of a runbook, or its "Check". */
  follow(name: string, part: RunbookPart, variables?: Readonly<Record<string, string>>): Promise<string>;
};

export async function startRestorablePlatform(bench: Bench): Promise<RestorablePlatform> {
  bench.say('starting four servers');
  const servers = await startArchivedServers(bench);
  const platform = await startPlatform(bench, servers.environment, {
    ballots: (environment) => environment,
    mixer: (environment) => environment,
  });
  const services = new HandServices(bench, platform);
  const port = await serveActs(bench, async (act, name) => {
    const database = databases.find((each) => name === `postgres-${each}`);
    const received = databases.find((each) => name === `receiver-${each}`);
    const service = byHand.find((each) => name === each);
    if (database) await servers[act](database);
    else if (received && act === 'start') servers.startReceiver(received);
    else if (received) await servers.stopReceiver(received);
    else if (service) await services[act](service);
    else throw new Error(`There is no ${name}.`);
  });
  const administrator = await newAdministrator(platform.control, platform.databaseUrl('access'));
  const password = join(bench.directory, 'password');
  writeFileSync(password, administrator.password, { mode: 0o600 });
  const variables = {
    // Commands start this Node, also in a shell of their own.
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    NODE_ENV: 'production',
    POPVOTE_DIRECTORY: platform.directory,
    POPVOTE_SESSION_FILE: join(bench.directory, 'session.json'),
    ADMINISTRATOR: administrator.email,
    PASSWORD_FILE: password,
    E: platform.election.id,
    SETTLE: settleSeconds,
  };
  const run: RestorablePlatform['run'] = (script, more = {}) =>
    runCommands(prelude(servers, platform, port), script, { ...variables, ...more });
  return {
    platform,
    servers,
    administrator,
    run,
    follow: (name, part, more) => run(runbookScript(name, part), more),
  };
}

/** The functions of deploy/backup/commands.sh for this platform, in which each service is one process. */
function prelude(servers: ArchivedServers, { directory }: Platform, port: number): string {
  const command = builtCommand(root);
  const cases = databases.map((name) => `postgres-${name}|receiver-${name}) ${servers.beside(name)} ;;`);
  const ask = (act: string): string =>
    `for name in "$@"; do curl -fsS --max-time 120 "http://127.0.0.1:${port}/${act}/$name" >/dev/null; done`;
  return `
cd '${root}'
on() {
  local name=$1; shift
  case $name in
    ${cases.join('\n    ')}
    *) (set -a && . '${join(directory, 'environment')}'/"$name.env" && set +a && "$@") ;;
  esac
}
on_each() { on "$@"; }
start() { ${ask('start')}; }
stop() { ${ask('stop')}; }
popvote() { node '${command}' "$@"; }`;
}

/** Lets commands start and stop what this process runs. Returns the port. */
async function serveActs(bench: Bench, act: (act: 'start' | 'stop', name: string) => Promise<void>): Promise<number> {
  const server = createServer((request, response) => {
    const [, word, name = ''] = (request.url ?? '').split('/');
    void (word === 'start' || word === 'stop' ? act(word, name) : Promise.reject(new Error(`No ${request.url}.`))).then(
      () => response.end(),
      (error: unknown) => {
        bench.say(String(error));
        response.writeHead(500).end();
      },
    );
  });
  bench.cleanup.add(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

class HandServices {
  readonly #bench: Bench;
  readonly #platform: Platform;
  readonly #pids: Record<HandService, number>;

  constructor(bench: Bench, platform: Platform) {
    this.#bench = bench;
    this.#platform = platform;
    this.#pids = { ballots: platform.pids.ballots, mixer: platform.pids.mixer };
  }

  async stop(name: HandService): Promise<void> {
    const deadline = performance.now() + endMsMax;
    for (let signal: NodeJS.Signals | 0 = 'SIGTERM'; ; signal = 0) {
      try {
        process.kill(this.#pids[name], signal);
      } catch {
        return;
      }
      if (performance.now() > deadline) throw new Error(`${name} did not end in time.`);
      await pause(50);
    }
  }

  async start(name: HandService): Promise<void> {
    const environment = this.#platform.environment(name);
    const logFile = join(this.#bench.directory, `${name}.log`);
    this.#pids[name] = (await startServices(this.#bench, [name], environment, logFile)).pid;
  }
}
