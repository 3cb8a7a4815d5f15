// `popvote start`: the whole platform on one machine, one process per zone. It starts the processes in order, reports
// each step, runs until a signal, and ends them in reverse order. It builds nothing and decides nothing about votes. If
// this supervisor is killed outright, its processes end by themselves or are ended by the next start.
import { setMaxListeners } from 'node:events';
import { issueAdministrator } from '../services/access/operator-acts.ts';
import type { Environment } from '../platform/environment.ts';
import { makeKeyDirectory } from '../platform/keys/key-directory.ts';
import type { ElectionDefinition } from '../protocol/public-document.ts';
import { systemClock } from '../platform/clock.ts';
import { createZoneAccounts } from './accounts/zone-accounts.ts';
import type { ZoneAccounts } from './accounts/zone-accounts.ts';
import { boundLogs } from './bounded-logs.ts';
import { keepRunning } from './keep-running.ts';
import type { Instance, KeptInstance } from './keep-running.ts';
import { claimPorts } from './ports.ts';
import { loadRehearsal } from './rehearsal.ts';
import { provideControlRedis, provideDatabases, provideEdgeRedis } from './servers.ts';
import type { Parts } from './servers.ts';
import { readStartSettings } from './settings.ts';
import { openStateDirectory } from './state-directory.ts';
import { wantedPorts } from './wanted-ports.ts';
import { inspectCommand, untilAccepting } from './served-by-hand.ts';
import { keepEnvironments, originOf, pageOrigins, zoneEnvironments, zones } from './zone-environments.ts';
import type { LocalPorts, PageOrigins, Zone, ZoneEnvironments } from './zone-environments.ts';
import { zoneWithSpare } from './spare-zone.ts';
import type { StateDirectory } from './state-directory.ts';
import { startZone } from './zone-process.ts';
import type { ZoneOptions } from './zone-process.ts';

/** Processes and servers that listen for one signal at once. */
const listenersMax = 64;

export type StartOptions = {
  readonly environment: Environment;
  /** The file of the popvote command, run again for each zone. */
  readonly entry: string;
  /** Services that are run by hand. The start waits for them. */
  readonly without: readonly Zone[];
  readonly say: (line: string) => void;
  /** Aborts to end the platform. */
  readonly stop: AbortSignal;
  /** Aborts to end the platform at once. */
  readonly hurry: AbortSignal;
  readonly ready: (started: Started) => void;
};

export type Started = {
  readonly directory: string;
  readonly ports: LocalPorts;
  readonly hosts: { readonly api: string; readonly sms: string; readonly panel: string };
  readonly origins: PageOrigins;
  readonly rehearsal: ElectionDefinition;
  /** Addresses of the control APIs. */
  readonly control: Readonly<Record<'access' | 'elections' | 'officials', string>>;
  /** The first administrator. The password exists at the first start only, and is not stored. */
  readonly administrator: { readonly email: string; readonly password: string } | null;
  readonly postgres: string;
  readonly redis: string;
  readonly controlRedis: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly tookMs: number;
};

/** Runs the platform until `stop`. If it cannot start, it ends everything that it started, and throws. */
export async function startPlatform(options: StartOptions): Promise<void> {
  const startedMs = performance.now();
  // Each process that is being ended listens to `hurry`: more listeners than Node's default limit.
  setMaxListeners(listenersMax, options.hurry);
  const settings = readStartSettings(options.environment);
  const state = await openStateDirectory(settings.values.POPVOTE_DIRECTORY, options.say);
  const running: Parts['running'] = [];
  const logs = await boundLogs(state.file('logs'));
  try {
    const ports = await claimPorts(wantedPorts(settings));
    const started = await bringUp({ state, settings, ports, say: options.say, running }, options);
    options.stop.throwIfAborted();
    options.ready({ ...started, tookMs: Math.round(performance.now() - startedMs) });
    await aborted(options.stop);
  } catch (error) {
    // A stop during the start is no failure.
    if (!options.stop.aborted) throw error;
  } finally {
    if (running.length > 0) options.say('Ending: services first, then Redis, then PostgreSQL. Repeat to end at once.');
    await endAll(running, options.hurry);
    logs.stop();
    state.release();
  }
}

async function bringUp(parts: Parts, options: StartOptions): Promise<Omit<Started, 'tookMs'>> {
  const { state, settings, ports, say } = parts;
  const step = (): void => options.stop.throwIfAborted();
  const keys = makeKeyDirectory(state.file('keys'));
  if (keys.outcome === 'made') say(`Made the keys of all services in ${state.file('keys')}.`);
  if (keys.outcome === 'partial') throw new Error(`${state.file('keys')} does not have all key files. Restore them.`);
  const [databases, redis, controlRedis] = await allOf([
    provideDatabases(parts),
    provideEdgeRedis(parts),
    provideControlRedis(parts),
  ]);
  step();
  const { environment } = options;
  const environments = zoneEnvironments({
    environment,
    settings,
    directory: state.path,
    ports,
    databases,
    redis: redis.urls,
    controlRedis: controlRedis.urls,
  });
  keepEnvironments(state.path, environments);
  const accounts = createZoneAccounts(state.path, options.entry);
  const { sharedBecause } = accounts;
  if (sharedBecause !== null) say(`All zones run as one user, so they could read each other's keys: ${sharedBecause}.`);
  const start = zoneStarter(parts, options, environments, accounts);
  // No zone needs another one to start.
  await allOf(zones.filter((zone) => zone !== 'api').map(start));
  step();
  const rehearsalOptions = { keptFile: state.file('rehearsal.json'), nowMs: systemClock(), say };
  const rehearsal = await loadRehearsal(environments.operator, rehearsalOptions);
  step();
  // Last, because it needs the published documents.
  await start('api');
  step();
  // After everything that may fail: the password is printed once.
  const administrator = await firstAdministrator(databases.access, settings.values.POPVOTE_ADMIN_EMAIL);
  const { values } = settings;
  return {
    directory: state.path,
    ports,
    hosts: { api: values.API_HOST, sms: values.SMS_HOST, panel: values.PANEL_HOST },
    origins: pageOrigins(environments),
    rehearsal,
    control: {
      access: originOf(values.ACCESS_HOST, ports.access),
      elections: originOf(values.ELECTIONS_HOST, ports.elections),
      officials: originOf(values.OFFICIALS_HOST, ports.officials),
    },
    administrator,
    postgres: databases.described,
    redis: redis.described,
    controlRedis: controlRedis.described,
    pids: Object.fromEntries(parts.running.map((instance) => [instance.name, instance.current().pid])),
  };
}

// Only if there is no administrator yet: a second start creates no other login.
async function firstAdministrator(databaseUrl: string, email: string): Promise<Started['administrator']> {
  const names = { forename: 'First', surname: 'Administrator' };
  const issued = await issueAdministrator({ databaseUrl, email, ...names, onlyFirst: true });
  return 'password' in issued ? { email: issued.email, password: issued.password } : null;
}

function zoneStarter(
  { state, say, running, ports }: Parts,
  { entry, without, stop }: StartOptions,
  environments: ZoneEnvironments,
  accounts: ZoneAccounts,
): (zone: Zone) => Promise<void> {
  return async (zone) => {
    if (without.includes(zone)) {
      say(`${zone} must be run by hand. The start waits for it:\n  ${inspectCommand(zone, state.path, entry)}`);
      await untilAccepting(
        originOf(environments[zone][`${zone.toUpperCase()}_HOST`] ?? '127.0.0.1', ports[zone]),
        stop,
      );
      say(`${zone} serves, run by hand.`);
      return;
    }
    const options = {
      service: zone,
      entry,
      environment: { ...environments[zone], POPVOTE_END_WITH_PARENT: 'true' },
      accounts,
      logFile: state.file('logs', `${zone}.log`),
      onSpawn: (pid: number) => state.remember(zone, pid),
      say,
    };
    // The sources change while they are developed, so a spare process would have old code.
    const spared = zone === 'api' && !entry.endsWith('.ts');
    running.push(
      spared ? await keepWithSpare(zone, options, state) : await keepRunning(zone, () => startZone(options), say),
    );
    say(`${zone} serves.`);
  };
}

// Voters are not to notice that a process of `api` ended.
async function keepWithSpare(zone: Zone, options: ZoneOptions, state: StateDirectory): Promise<KeptInstance<Instance>> {
  const spare = zoneWithSpare(options, (pid) => state.remember(`${zone}-spare`, pid));
  const instance = await keepRunning(zone, () => spare.start(), options.say);
  return {
    name: zone,
    current: () => instance.current(),
    stop: async (hurry) => {
      await Promise.all([spare.stop(), instance.stop(hurry)]);
    },
  };
}

// Waits for all even if one fails: everything that has started by then must be known, to be ended.
async function allOf<const Waited extends readonly Promise<unknown>[]>(
  waited: Waited,
): Promise<{ -readonly [Index in keyof Waited]: Awaited<Waited[Index]> }> {
  await Promise.allSettled(waited);
  return Promise.all(waited);
}

/**
 * Stages of the shutdown: public services first, then their dependencies. Each service drains while the services that
 * it calls still run.
 */
const stages: readonly (readonly string[])[] = [
  ['api', 'panel'],
  ['officials'],
  ['elections'],
  ['sms', 'ballots', 'mixer', 'access', 'worker', 'log', 'herald'],
  ['redis', 'control-redis'],
  ['postgres'],
];

async function endAll(running: Parts['running'], hurry: AbortSignal): Promise<void> {
  for (const stage of stages) {
    await Promise.all(running.filter(({ name }) => stage.includes(name)).map((instance) => instance.stop(hurry)));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
