// The wall in networks: docker-compose.yml and the Dockerfile are read and held to the laws of docs/architecture.md.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { accessEnvironment } from '../src/services/access/config.ts';
import { apiEnvironment } from '../src/services/api/config.ts';
import { ballotsEnvironment } from '../src/services/ballots/config.ts';
import { electionsEnvironment } from '../src/services/elections/config.ts';
import { postgresSizes } from '../src/local/postgres-sizes.ts';
import { initdbWords, postgresSettings } from '../src/local/postgres.ts';
import { redisServers } from '../src/local/redis-settings.ts';
import { launchable } from '../src/cli/services.ts';
import { heraldEnvironment } from '../src/services/herald/config.ts';
import { logEnvironment } from '../src/services/log/config.ts';
import { mixerEnvironment } from '../src/services/mixer/config.ts';
import { officialsEnvironment } from '../src/services/officials/config.ts';
import { panelEnvironment } from '../src/services/panel/config.ts';
import { smsEnvironment } from '../src/services/sms/config.ts';
import { workerEnvironment } from '../src/services/worker/config.ts';
import { command } from './support/processes/command.ts';

const rootUrl = new URL('../', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, rootUrl), 'utf8');

const serviceSchema = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  restart: z.string(),
  deploy: z.object({ replicas: z.int() }).optional(),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()), start_period: z.string(), timeout: z.string() }).optional(),
  privileged: z.boolean().default(false),
});
const compose = z
  .object({
    services: z.record(z.string(), serviceSchema),
    networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
    volumes: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(textOf('docker-compose.yml'), { merge: true }));

const services = Object.entries(compose.services);
const running = services.filter(([, { restart }]) => restart !== 'no');
const service = (name: string): z.infer<typeof serviceSchema> => {
  const service = compose.services[name];
  if (!service) throw new Error(`no service ${name}`);
  return service;
};
const shared = (a: string, b: string): string[] =>
  service(a).networks.filter((name) => service(b).networks.includes(name));
const databases = ['postgres-intake', 'postgres-box', 'postgres-access', 'postgres-elections'];

/** Who may share a network with whom, because one calls the other. Everybody else never meets. */
const calls: readonly (readonly [string, string])[] = [
  ['api', 'redis'],
  ['api', 'sms'],
  ['api', 'ballots'],
  ['sms', 'redis'],
  ['ballots', 'postgres-intake'],
  ['mixer', 'postgres-intake'],
  ['mixer', 'postgres-box'],
  ['access', 'postgres-access'],
  ['access', 'redis-control'],
  ['elections', 'postgres-elections'],
  ['elections', 'postgres-box'],
  ['elections', 'ballots'],
  ['elections', 'access'],
  ['elections', 'redis'],
  ['elections', 'redis-control'],
  ['officials', 'access'],
  ['officials', 'redis-control'],
  ['worker', 'redis-control'],
  ['worker', 'postgres-box'],
  ['log', 'postgres-box'],
  ['panel', 'access'],
  ['panel', 'elections'],
  ['panel', 'officials'],
];
/** Two who use the same server and meet at it, though neither calls the other. */
const besides: readonly (readonly [string, string])[] = [['ballots', 'mixer']];
const pairText = ([one, other]: readonly [string, string]): string => [one, other].sort().join(' – ');

describe('The docker-compose.yml file', () => {
  test('Compose lets only services that call each other meet in a network', () => {
    const names = running.map(([name]) => name);
    const meeting = names.flatMap((one, index) =>
      names.slice(index + 1).flatMap((other) => (shared(one, other).length > 0 ? [pairText([one, other])] : [])),
    );
    expect(meeting.sort()).toEqual([...calls, ...besides].map(pairText).sort());
  });

  test('Compose separates everything public from every database and from the whole control zone', () => {
    const beyond = [
      ...databases,
      'redis-control',
      'access',
      'elections',
      'officials',
      'worker',
      'mixer',
      'log',
      'panel',
      'operate',
    ];
    for (const edge of ['api', 'sms', 'redis', 'herald']) {
      for (const other of beyond.filter((name) => !(edge === 'redis' && name === 'elections')))
        expect({ edge, other, shared: shared(edge, other) }).toEqual({ edge, other, shared: [] });
    }
    for (const database of databases) {
      expect(shared('officials', database)).toEqual([]);
      expect(shared('panel', database)).toEqual([]);
    }
  });

  test('Compose lets jobs reach what they work on', () => {
    for (const database of databases) expect(shared('migrate', database)).toHaveLength(1);
    for (const other of running.map(([name]) => name))
      expect({ other, meets: shared('operate', other).length > 0 }).toEqual({ other, meets: other === 'elections' });
  });

  test('Compose publishes only the public ports and the panel, by default on this machine', () => {
    const published = services.flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual([
      'api ${POPVOTE_BIND:-127.0.0.1}:8080:8080',
      'sms ${POPVOTE_BIND:-127.0.0.1}:8085:8085',
      'panel ${POPVOTE_CONTROL_BIND:-127.0.0.1}:8090:8090',
    ]);
    const open = Object.entries(compose.networks).filter(([, { internal }]) => !internal);
    const inside = open.map(([network]) =>
      services.filter(([, { networks }]) => networks.includes(network)).map(([name]) => name),
    );
    expect(inside.sort()).toEqual([['api'], ['herald'], ['panel'], ['sms']]);
    for (const [name, { networks, network_mode }] of services) {
      expect({ name, placed: networks.length > 0 || network_mode === 'none' }).toEqual({ name, placed: true });
      for (const network of networks) expect(Object.keys(compose.networks)).toContain(network);
    }
  });

  test('Compose runs every service, each in a container of its own', () => {
    const served = running.flatMap(
      ([
        name,
        {
          command: [verb, ...words],
        },
      ]) => (verb === 'serve' ? [[name, words]] : []),
    );
    expect(Object.fromEntries(served)).toEqual(Object.fromEntries(launchable.map((name) => [name, [name]])));
  });

  test('Compose runs three processes of officials', () => {
    expect(service('officials').deploy).toEqual({ replicas: 3 });
  });

  test('Compose runs everything without root or capabilities, on a read-only file system', () => {
    for (const [name, { user, read_only, cap_drop, security_opt, privileged }] of services) {
      expect({ name, privileged }).toEqual({ name, privileged: false });
      expect({ name, root: /^(root|0)?(:|$)/.test(user ?? '') }).toEqual({ name, root: false });
      expect({ name, read_only, cap_drop, security_opt }).toEqual({
        name,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  test('Compose checks the health of every long-running service', () => {
    expect(running.length).toBeGreaterThan(12);
    for (const [name, { healthcheck }] of running) {
      expect({ name, checked: (healthcheck?.test.length ?? 0) > 1 }).toEqual({ name, checked: true });
    }
  });

  test('Compose gives secrets by file, and to each service its own only', () => {
    for (const [name, { environment, secrets }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        const secret = /KEYS$|PASSWORD$|_URL$|PROVIDERS$|TOKEN$|SECRET$/.test(variable);
        expect({ name, variable, secret }).toEqual({ name, variable, secret: false });
        expect(value).not.toMatch(/:\/\/[^/]*@/);
        if (variable.endsWith('_FILE')) expect(secrets).toContain(value.replace('/run/secrets/', ''));
      }
    }
    const holders = (secret: string): string[] =>
      services.filter(([, { secrets }]) => secrets.includes(secret)).map(([name]) => name);
    for (const name of ['api', 'sms', 'ballots', 'mixer', 'access', 'officials', 'log'])
      expect(holders(`${name}-keys`)).toEqual([name]);
    // Operators of the command line call elections with a separate key.
    expect(holders('elections-keys')).toEqual(['elections', 'operate']);
    expect(holders('role-passwords')).toEqual(['migrate']);
    for (const name of Object.keys(compose.secrets).filter((secret) => /-(url|users)$/.test(secret)))
      expect({ name, holders: holders(name) }).toEqual({ name, holders: [expect.any(String)] });
    for (const secret of services.flatMap(([, { secrets }]) => secrets))
      expect(Object.keys(compose.secrets)).toContain(secret);
  });

  test('Compose sets only variables that the services read, and all that have no default', () => {
    const schemas = {
      api: apiEnvironment,
      sms: smsEnvironment,
      ballots: ballotsEnvironment,
      mixer: mixerEnvironment,
      access: accessEnvironment,
      elections: electionsEnvironment,
      officials: officialsEnvironment,
      worker: workerEnvironment,
      panel: panelEnvironment,
      log: logEnvironment,
      herald: heraldEnvironment,
    };
    for (const [name, schema] of Object.entries(schemas)) {
      const set = new Set(Object.keys(service(name).environment).map((variable) => variable.replace(/_FILE$/, '')));
      for (const variable of set) expect(Object.keys(schema.shape)).toContain(variable);
      for (const [variable, field] of Object.entries(schema.shape)) {
        if (!(field as z.ZodType).safeParse(undefined).success)
          expect({ name, variable, set: set.has(variable) }).toMatchObject({ set: true });
      }
    }
  });

  test('Compose starts the databases with the settings of the embedded one, and no others', () => {
    // The sizes may be set for the machine, by the names that the command prints; without it they are for 4 GiB.
    const sizes = Object.entries(postgresSizes(4 * 2 ** 30)).map(
      ([setting, value]) => [setting, `\${POSTGRES_${setting.toUpperCase()}:-${value}}`] as const,
    );
    const words = [...Object.entries(postgresSettings), ...sizes].flatMap(([setting, value]) => [
      '-c',
      `${setting}=${value}`,
    ]);
    for (const name of databases) {
      expect(service(name).command).toEqual(['postgres', ...words]);
      expect(service(name).environment['POSTGRES_INITDB_ARGS']).toBe(initdbWords.join(' '));
    }
  });

  test('Compose starts both Redis with the settings of the embedded ones, and no others', () => {
    const servers = { redis: redisServers.edge, 'redis-control': redisServers.control };
    for (const [name, { settings }] of Object.entries(servers)) {
      const words = Object.entries(settings).flatMap(([setting, value]) => [`--${setting}`, value]);
      const file = `/run/secrets/${name === 'redis' ? '' : 'control-'}redis-users`;
      expect(service(name).command).toEqual(['redis-server', '--aclfile', file, ...words]);
    }
    // The edge Redis has no place on a disk.
    expect(service('redis')).toMatchObject({ volumes: [], tmpfs: ['/data'] });
  });

  test('Compose names the patch version of every foreign image', () => {
    const images = running.map(([, { image }]) => image).filter((image) => !image.startsWith('popvote:'));
    expect(new Set(images)).toEqual(new Set(['postgres:18.4', 'redis:8.4.7']));
  });

  test('Compose keeps what must survive in named volumes', () => {
    const mounted = running.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[0]));
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(compose.volumes).sort());
    // One service writes a folder of logs, and the next one reads it.
    const users = (volume: string): string[] =>
      running.flatMap(([name, { volumes }]) =>
        volumes
          .filter((each) => each.startsWith(`${volume}:`))
          .map((each) => `${name}${each.endsWith(':ro') ? ' reads' : ''}`),
      );
    expect(users('public-logs')).toEqual(['log', 'herald reads']);
    expect(users('published-logs')).toEqual(['api reads', 'herald']);
  });
});

describe('The secrets that Compose mounts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-deploy-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('The command `keys new --compose` makes all secrets that Compose mounts', async () => {
    expect((await command(['keys', 'new', '--directory', directory, '--compose'])).code).toBe(0);
    const files = Object.values(compose.secrets).map(({ file }) => file.replace('./secrets/', ''));
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(files));
  });
});

describe('The Dockerfile', () => {
  const lines = textOf('Dockerfile').split('\n');

  test('The image runs as a user without rights, and Node gets the signals itself', () => {
    expect(lines).toContain('USER node');
    expect(lines).toContain('ENTRYPOINT ["node", "dist/cli/main.js"]');
  });

  test('The image contains only named files: no keys, no data, no history', () => {
    const ignore = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(ignore).toEqual(['*', '!package.json', '!package-lock.json', '!tsconfig.json', '!LICENSE', '!src']);
    const final = lines.slice(lines.lastIndexOf('FROM node:24-bookworm-slim'));
    expect(final.filter((line) => line.startsWith('COPY') && !line.includes('--from=build'))).toEqual([]);
    expect(final.join('\n')).toContain('src/store/migrations');
  });
});
