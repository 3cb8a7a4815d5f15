// The whole platform as `popvote start` runs it, in a folder and on ports of the bench's own: the same processes, the same
// database settings and the same walls as an operator gets. Only the limit per address is lifted, because a generator is
// one address.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { readKeyFile } from '../../src/platform/keys/key-directory.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { electionDefinition } from '../../src/protocol/public-document.ts';
import type { ElectionDefinition } from '../../src/protocol/public-document.ts';
import type { ControlOrigins } from '../../test/support/control.ts';
import { originOf } from './keep-alive-client.ts';
import type { Origin } from './keep-alive-client.ts';
import { startByHand } from './by-hand.ts';
import type { ByHand } from './by-hand.ts';
import { countBallots, postgresVersion } from './ballot-counts.ts';
import type { Counts } from './ballot-counts.ts';
import { loadCountingElection } from './counting-election.ts';
import { launch } from './launch.ts';
import type { Bench } from './run.ts';
import type { BallotPaper } from './voter.ts';

export const zones = ['api', 'sms', 'ballots', 'mixer'] as const;
export type Zone = (typeof zones)[number];
export type PlatformProcess = Zone | 'postgres' | 'redis';

export type Platform = {
  readonly directory: string;
  readonly election: ElectionDefinition;
  /** The voter's API, the webhooks and simulator, and the private port of `ballots`. */
  readonly api: Origin;
  readonly sms: Origin;
  readonly ballots: Origin;
  /** The private ports of `api` and `log`, with their metrics, and the control APIs. */
  readonly apiPrivate: Origin;
  readonly logPrivate: Origin;
  readonly control: ControlOrigins;
  readonly pids: Readonly<Record<PlatformProcess, number>>;
  /** `popvote start` itself: every process of the platform is below it. */
  readonly supervisor: number;
  readonly controlRedisPort: number;
  keys<Name extends keyof KeyFiles>(name: Name): KeyFiles[Name];
  /** Address of the edge Redis for a user; `admin` may do all. */
  redisUrl(user: 'admin' | 'api' | 'sms' | 'elections'): string;
  databaseUrl(database: 'intake' | 'box' | 'access' | 'elections' | 'postgres'): string;
  /** The environment in which `popvote start` runs a zone. */
  environment(zone: Zone | 'log'): Readonly<Record<string, string>>;
  /** An election that counts, beside the rehearsal. */
  loadCountingElection(): Promise<BallotPaper>;
  /** Ballots of an election, or of the rehearsal. */
  readonly counts: (electionId?: string) => Promise<Counts>;
};

const root = fileURLToPath(new URL('../..', import.meta.url));

type Ready = {
  readonly ports: Readonly<
    Record<'api' | 'apiPrivate' | 'sms' | 'ballots' | 'log' | 'postgres' | 'redis' | 'controlRedis', number>
  >;
  readonly control: ControlOrigins;
  readonly rehearsal: unknown;
  readonly pids: Readonly<Record<PlatformProcess, number>>;
};

export async function startPlatform(
  bench: Bench,
  environment: Readonly<Record<string, string>> = {},
  /** Services that are run by hand, in a changed environment. They are not started again when they end. */
  byHand: ByHand = {},
): Promise<Platform> {
  const directory = join(bench.directory, 'platform');
  bench.say('starting the platform');
  const launched = launch<Ready>(bench, {
    command: builtCommand(root),
    directory,
    environment,
    words: withoutWords(byHand),
  });
  const pidsByHand = startByHand(bench, directory, byHand);
  const ready = await launched.ready;
  const pids = { ...ready.pids, ...(await pidsByHand) };
  return describe(bench, directory, { ...ready, pids }, { environment, supervisor: launched.supervisor.pid });
}

function withoutWords(byHand: ByHand): string[] {
  const names = Object.keys(byHand);
  return names.length === 0 ? [] : ['--without', names.join(',')];
}

async function describe(
  bench: Bench,
  directory: string,
  { ports, control, rehearsal, pids }: Ready,
  { environment, supervisor }: { environment: Readonly<Record<string, string>>; supervisor: number },
): Promise<Platform> {
  const secrets = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as Record<string, string>;
  const election = electionDefinition.parse(rehearsal);
  const secret = (name: string): string => encodeURIComponent(secrets[name] ?? '');
  const databaseUrl: Platform['databaseUrl'] = (database) => {
    const own = environment[`MIGRATE_${database.toUpperCase()}_URL`] ?? environment['MIGRATE_INTAKE_URL'];
    const url = new URL(own ?? `postgres://postgres:${secret('postgres')}@127.0.0.1:${ports.postgres}`);
    url.pathname = `/${database}`;
    return url.href;
  };
  bench.findings.postgres = await postgresVersion(databaseUrl('postgres'));
  return {
    directory,
    election,
    api: originOf(`http://127.0.0.1:${ports.api}`),
    sms: originOf(`http://127.0.0.1:${ports.sms}`),
    ballots: originOf(`http://127.0.0.1:${ports.ballots}`),
    apiPrivate: originOf(`http://127.0.0.1:${ports.apiPrivate}`),
    logPrivate: originOf(`http://127.0.0.1:${ports.log}`),
    control,
    pids,
    supervisor,
    controlRedisPort: ports.controlRedis,
    keys: (name) => readKeyFile(join(directory, 'keys'), name),
    redisUrl: (user) => `redis://${user}:${secret(user)}@127.0.0.1:${ports.redis}`,
    databaseUrl,
    environment: (zone) => parsedEnvironment(join(directory, 'environment', `${zone}.env`)),
    loadCountingElection: () =>
      loadCountingElection({ command: builtCommand(root), directory, apiPort: ports.api, rehearsal: election }),
    counts: (electionId = election.id) => countBallots(databaseUrl, electionId),
  };
}

function parsedEnvironment(file: string): Readonly<Record<string, string>> {
  const values = Object.entries(parseEnv(readFileSync(file, 'utf8')));
  return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
