// `popvote start`: the local platform in the terminal. Ctrl-C ends it; again hurries it.
import { relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DirectoryInUse } from '../../local/state-directory.ts';
import { localDirectory, localEnvironment, pageOrigins, zones } from '../../local/zone-environments.ts';
import type { Zone } from '../../local/zone-environments.ts';
import { startPlatform } from '../../local/start.ts';
import type { Started } from '../../local/start.ts';
import type { Context } from '../context.ts';
import { oldNodeWarning } from '../old-node.ts';

/** A second signal within this time is the same one by another path (terminal and npm), in milliseconds. */
const sameSignalMs = 500;
/** Pause between two checks that npm still runs, in milliseconds. */
const parentLookMs = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Options = { readonly json?: true; readonly unlessRunning?: true; readonly without?: readonly Zone[] };

export function startCommand(context: Context): Command {
  return new Command('start')
    .description('run the whole platform on this machine, for development and rehearsals')
    .option('--json', 'when ready, print one line of JSON instead of the addresses')
    .option('--unless-running', 'where it runs already in this folder, print its addresses as JSON and end')
    .option(
      '--without <services>',
      'do not start these (ballots,worker): you run them, such as under a debugger',
      zonesIn,
    )
    .addHelpText(
      'after',
      `
Every port has a variable: API_PORT 8080, SMS_PORT 8085, API_PRIVATE_PORT 9101, SMS_PRIVATE_PORT 9102,
BALLOTS_PORT 9103, MIXER_PORT 9104, ACCESS_PORT 9105, ACCESS_PRIVATE_PORT 9106, ELECTIONS_PORT 9107,
ELECTIONS_PRIVATE_PORT 9108, OFFICIALS_PORT 9109, OFFICIALS_PRIVATE_PORT 9110, WORKER_PORT 9111,
POPVOTE_POSTGRES_PORT 9132, POPVOTE_REDIS_PORT 9179, POPVOTE_CONTROL_REDIS_PORT 9180; 0 takes any free one.
Data, keys and logs are in POPVOTE_DIRECTORY (.popvote). Your own servers: MIGRATE_INTAKE_URL, MIGRATE_BOX_URL,
MIGRATE_ACCESS_URL and MIGRATE_ELECTIONS_URL (owners' addresses; the roles get passwords), or the addresses of the
services' roles (INTAKE_DATABASE_URL and the others); EDGE_REDIS_URL, CONTROL_REDIS_URL.
The first start makes an administrator (POPVOTE_ADMIN_EMAIL) and prints the one-time password, once.
Examples:
  $ popvote start
  $ popvote start --without ballots
  $ POPVOTE_DIRECTORY=/srv/rehearsal API_PORT=8180 SMS_PORT=8185 popvote start`,
    )
    .action(async (options: Options) => {
      const warning = oldNodeWarning(process.versions.node);
      if (warning !== null) context.say(`popvote: ${warning}`);
      const { stop, hurry, uninstall } = listenForEnd(context.environment['npm_lifecycle_event'] !== undefined);
      try {
        await startPlatform({
          environment: context.environment,
          entry: context.entry,
          without: options.without ?? [],
          say: context.say,
          stop,
          hurry,
          ready: (started) =>
            context.out(
              options.json ? JSON.stringify({ ...started, running: false }) : summary(started, commandOf(context)),
            ),
        });
      } catch (error) {
        if (!(error instanceof DirectoryInUse) || !options.unlessRunning) throw error;
        context.out(JSON.stringify(runningPlatform(context)));
      } finally {
        uninstall();
      }
    });
}

/** What `--unless-running` prints of the platform that runs in the folder. */
function runningPlatform({ environment }: Context) {
  const origins = pageOrigins({
    api: localEnvironment(environment, 'api'),
    sms: localEnvironment(environment, 'sms'),
    panel: localEnvironment(environment, 'panel'),
  });
  return { directory: localDirectory(environment), origins, administrator: null, running: true };
}

function zonesIn(list: string): readonly Zone[] {
  return list.split(',').map((name) => {
    const zone = zones.find((candidate) => candidate === name);
    if (zone === undefined)
      throw new InvalidArgumentError(`There is no service "${name}". Services: ${zones.join(', ')}.`);
    return zone;
  });
}

// Started by npm, it ends with npm: npm may be killed, or its shell may not pass the signal on.
function listenForEnd(withParent: boolean): { stop: AbortSignal; hurry: AbortSignal; uninstall: () => void } {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstMs: number | undefined;
  const onSignal = (): void => {
    firstMs ??= performance.now();
    stop.abort();
    if (performance.now() - firstMs > sameSignalMs) hurry.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (withParent && process.ppid !== parent) stop.abort();
  }, parentLookMs);
  looking.unref();
  const uninstall = (): void => {
    clearInterval(looking);
    for (const name of signals) process.off(name, onSignal);
  };
  return { stop: stop.signal, hurry: hurry.signal, uninstall };
}

function summary(started: Started, command: string): string {
  const { ports, hosts, rehearsal, directory, node, postgres, redis, controlRedis, control, tookMs } = started;
  const metrics = [
    ports.apiPrivate,
    ports.smsPrivate,
    ports.ballots,
    ports.mixer,
    ports.accessPrivate,
    ports.electionsPrivate,
    ports.officialsPrivate,
    ports.worker,
    ports.panelPrivate,
  ];
  const lines: readonly (readonly [string, string])[] = [
    ['Voters', `http://${hosts.api}:${ports.api}/`],
    ['API documentation', `http://${hosts.api}:${ports.api}/docs`],
    ['SMS simulator', `http://${hosts.sms}:${ports.sms}/simulator`],
    ['Control panel', `http://${hosts.panel}:${ports.panel}/`],
    ['Administrator', administratorLine(started, command)],
    ...Object.entries(control).map(([name, origin]) => [`Control: ${name}`, `${origin}/docs`] as const),
    ['Election', `${rehearsal.id}: open until ${rehearsal.closesAt}, and nothing of it counts`],
    ['Mixing', `K = ${rehearsal.minBatch} in the rehearsal (elections mix at least 50 ballots at once)`],
    ['Metrics', `http://127.0.0.1:{${metrics.join(',')}}/metrics (${zones.join(', ')})`],
    ['Services run with', node],
    ['PostgreSQL', postgres],
    ['Redis, edge', redis],
    ['Redis, control', controlRedis],
    ['Data, keys, logs', directory],
    ['Operate', `${command} election counts ${rehearsal.id} --local; ${command} doctor --local`],
  ];
  const table = lines.map(([name, value]) => `  ${name.padEnd(18)} ${value}`).join('\n');
  return `\nPopVote is ready (${(tookMs / 1_000).toFixed(1)} s).\n\n${table}\n\n  Ctrl-C ends it; the data stays.\n`;
}

function administratorLine({ administrator }: Started, command: string): string {
  if (administrator === null) return `another: ${command} admin create --email you@example.org --local`;
  const { email, password } = administrator;
  return `${email}, one-time password ${password} (shown this once; the first login sets another)`;
}

// The command line that runs this command again from the current folder.
function commandOf({ entry }: Context): string {
  return `${entry.endsWith('.ts') ? 'npx tsx' : 'node'} ${relative(process.cwd(), entry)}`;
}
