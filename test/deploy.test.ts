// The wall in networks: docker-compose.yml and the Dockerfile are read and held to the laws of docs/architecture.md.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { accessEnvironment } from '../src/services/access/config.ts';
import { apiEnvironment } from '../src/services/api/config.ts';
import { ballotsEnvironment } from '../src/services/ballots/config.ts';
import { electionsEnvironment } from '../src/services/elections/config.ts';
import { postgresContainerMemory, postgresSizes } from '../src/local/machine/postgres-sizes.ts';
import { nodeOptionsOf } from '../src/platform/node-options.ts';
import { initdbWords, postgresSettings } from '../src/local/postgres.ts';
import { redisServers } from '../src/local/redis-settings.ts';
import { closeMsMax } from '../src/platform/process.ts';
import { launchable } from '../src/cli/services.ts';
import { heraldEnvironment } from '../src/services/herald/config.ts';
import { logEnvironment } from '../src/services/log/config.ts';
import { mixerEnvironment } from '../src/services/mixer/config.ts';
import { officialsEnvironment } from '../src/services/officials/config.ts';
import { panelEnvironment } from '../src/services/panel/config.ts';
import { smsEnvironment } from '../src/services/sms/config.ts';
import { workerEnvironment } from '../src/services/worker/config.ts';
import { composeFile, leadingOut, openPorts, ownPorts, serviceOf } from './support/deploy/compose-file.ts';
import type { ComposeService } from './support/deploy/compose-file.ts';
import { command } from './support/processes/command.ts';

const rootUrl = new URL('../', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, rootUrl), 'utf8');

const compose = composeFile;
const services = Object.entries(compose.services);
const running = services.filter(([, { restart }]) => restart !== 'no');
const service = (name: string): ComposeService => {
  const service = composeFile.services[name];
  if (!service) throw new Error(`no service ${name}`);
  return service;
};
const shared = (a: string, b: string): string[] =>
  Object.keys(service(a).networks).filter((name) => name in service(b).networks);
const environments = {
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
const isServed = (container: string): boolean => launchable.some((name) => name === serviceOf(container));
const databases = ['postgres-intake', 'postgres-box', 'postgres-access', 'postgres-elections'];

/** Who may call which port. Everybody else never reaches it; `operate` and `migrate` are jobs. */
const callers: Readonly<Record<string, readonly string[]>> = {
  'api 8080': ['edge'],
  'api 9101': ['prometheus'],
  'sms 8085': ['edge'],
  'sms 9102': ['api', 'prometheus'],
  // Processes of one service copy keys to each other.
  'ballots 9103': ['api', 'ballots-two', 'elections', 'prometheus'],
  'ballots-two 9103': ['api', 'ballots', 'elections', 'prometheus'],
  'mixer 9104': ['mixer-two', 'prometheus'],
  'mixer-two 9104': ['mixer', 'prometheus'],
  'access 9105': ['elections', 'officials', 'panel'],
  'access 9106': ['elections', 'officials', 'prometheus'],
  'elections 9107': ['panel'],
  'elections 9108': ['operate', 'prometheus'],
  'officials 9109': ['panel'],
  'officials 9110': ['prometheus'],
  'worker 9111': ['prometheus'],
  'panel 8090': ['edge'],
  'panel 9112': ['prometheus'],
  'log 9113': ['prometheus'],
  'herald 9114': ['prometheus'],
  'postgres-intake 5432': ['adminer', 'ballots', 'ballots-two', 'migrate', 'mixer', 'mixer-two'],
  'postgres-box 5432': ['adminer', 'elections', 'log', 'migrate', 'mixer', 'mixer-two', 'worker'],
  'postgres-access 5432': ['access', 'migrate'],
  'postgres-elections 5432': ['adminer', 'elections', 'migrate'],
  'redis 6379': ['api', 'elections', 'sms'],
  'redis-control 6379': ['access', 'elections', 'officials', 'worker'],
  'prometheus 9090': ['edge', 'grafana'],
  'alertmanager 9093': ['prometheus'],
  'grafana 3000': ['edge'],
  'adminer 8080': ['edge'],
  'jaeger 4318': ['access', 'elections', 'officials', 'panel', 'worker'],
  'jaeger 16686': ['edge'],
};
/** What can be put in the place of variables in docker-compose.yml without a change of what it means. */
const withDefaults = (text: string): string => text.replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
const secondsOf = (text: string): number => Number(/^(\d+)s$/.exec(text)?.[1]);

describe('The docker-compose.yml file', () => {
  test('Compose lets each port be reached by its callers alone', () => {
    const reach = Object.fromEntries(openPorts().map(({ of, port, by }) => [`${of} ${port}`, by]));
    expect(reach).toEqual(callers);
  });

  test('The table of docs/deployment.md says who reaches which port', () => {
    const [, table = ''] =
      /\| port \| of \| reached by \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(textOf('docs/deployment.md')) ?? [];
    const rows = openPorts().map(
      ({ of, port, by }) => `| ${port} | \`${of}\` | ${by.map((name) => `\`${name}\``).join(', ')} |`,
    );
    expect(table.trim().split('\n').sort()).toEqual(rows.sort());
  });

  test('Compose has one port of one service in a network, besides those that lead out', () => {
    for (const [name, { internal }] of Object.entries(compose.networks)) {
      const inside = openPorts().filter(({ networks }) => networks.includes(name));
      const ports = new Set(inside.map(({ of, port }) => `${serviceOf(of)} ${port}`));
      expect([name, ports.size]).toEqual([name, internal ? 1 : 0]);
    }
    // The sms of `texts` listens elsewhere, and so does everything in `door` but the edge.
    expect(leadingOut()).toEqual(['alertmanager', 'edge', 'herald', 'sms']);
  });

  test('Compose calls each service by the name of the network in which it listens', () => {
    // The first alias is the name of the network, for all processes. Where there are several, each has a second one.
    const byAlias = new Map<string, { readonly network: string; readonly port: number }>();
    for (const { of, port, networks } of openPorts().filter(({ of }) => isServed(of))) {
      for (const network of networks) {
        const [first, ...own] = service(of).networks[network]?.aliases ?? [];
        expect([of, network, first]).toEqual([of, network, network]);
        for (const alias of own) expect([of, alias, byAlias.has(alias)]).toEqual([of, alias, false]);
        for (const alias of [network, ...own]) byAlias.set(alias, { network, port });
      }
    }
    for (const [name, { environment, networks }] of services) {
      for (const [variable, text] of Object.entries(environment)) {
        for (const [, host = '', port = ''] of text.matchAll(/(?<=^|,)http:\/\/([a-z-]+):(\d+)(?=$|,)/g)) {
          const called = byAlias.get(host);
          expect([name, variable, called?.port, (called?.network ?? '') in networks]).toEqual([
            name,
            variable,
            Number(port),
            true,
          ]);
        }
      }
    }
  });

  test('Compose copies keys between two processes of a service, whose folders are on different volumes', () => {
    for (const [name, folder] of Object.entries({ ballots: 'election-keys', mixer: 'epoch-keys' })) {
      const processes = services.filter(([each]) => serviceOf(each) === name);
      expect(processes.map(([each]) => each)).toEqual([name, `${name}-two`]);
      const mounted = processes.map(([, { volumes }]) => volumes);
      expect(mounted).toEqual([folder, `${folder}-two`].map((volume) => [`${volume}:/var/lib/popvote/${folder}`]));
      const prefix = name.toUpperCase();
      for (const [each, { environment }] of processes) {
        expect([each, environment[`${prefix}_KEY_COPIES`]]).toEqual([each, '1']);
        const peers = environment[`${prefix}_PEERS`]?.split(',').map((peer) => new URL(peer).hostname);
        const names = processes.map(([, { networks }]) => networks[`${name}-private`]?.aliases?.[1]);
        expect([each, peers]).toEqual([each, names]);
      }
      // What differs is the volume and the name, and nothing else.
      const [[, first], [, second]] = processes as [(typeof services)[0], (typeof services)[0]];
      const { volumes, networks, ...rest } = second;
      expect({ ...rest, volumes: first.volumes, networks: first.networks }).toEqual(first);
      expect([volumes.length, Object.keys(networks)]).toEqual([1, Object.keys(first.networks)]);
    }
  });

  test('The file for a second disk puts the second folders of keys there, and changes nothing else', () => {
    const { services: changed } = parse(textOf('deploy/second-disk.yml')) as { readonly services: unknown };
    const disk = '${POPVOTE_SECOND_DISK:?a folder on another disk}';
    expect(changed).toEqual({
      'ballots-two': { volumes: [`${disk}/election-keys:/var/lib/popvote/election-keys`] },
      'mixer-two': { volumes: [`${disk}/epoch-keys:/var/lib/popvote/epoch-keys`] },
    });
    // Compose replaces a volume by its target.
    for (const [name, { volumes }] of Object.entries(changed as Record<string, { readonly volumes: string[] }>))
      expect(volumes[0]?.split(':').at(-1)).toBe(service(name).volumes[0]?.split(':').at(-1));
  });

  test('Compose gives each network a range of its own', () => {
    const subnets = Object.values(compose.networks).map(({ ipam }) => ipam.config[0].subnet);
    expect(new Set(subnets).size).toBe(subnets.length);
    for (const subnet of subnets) expect(subnet).toMatch(/^\$\{POPVOTE_NETWORKS:-10\.213\}\.\d{1,3}\.0\/24$/);
  });

  test('The default port of each service is the one that its network is for', () => {
    const schemas: readonly { readonly shape: Readonly<Record<string, z.ZodType>> }[] = Object.values(environments);
    for (const [variable, port] of Object.entries(ownPorts)) {
      const name = variable.replace('_HOST', '_PORT');
      const field = schemas.map(({ shape }) => shape[name]).find(Boolean);
      expect([name, field?.parse(undefined)]).toEqual([name, port]);
    }
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
      'mixer-two',
      'log',
      'panel',
      'operate',
    ];
    for (const edge of ['api', 'sms', 'redis', 'herald', 'edge']) {
      const met: Readonly<Record<string, string>> = { redis: 'elections', edge: 'panel' };
      for (const other of beyond.filter((name) => met[edge] !== name))
        expect({ edge, other, shared: shared(edge, other) }).toEqual({ edge, other, shared: [] });
    }
    for (const database of databases) {
      expect(shared('officials', database)).toEqual([]);
      expect(shared('panel', database)).toEqual([]);
    }
  });

  test('Compose lets jobs reach what they work on', () => {
    for (const database of databases) expect(shared('migrate', database)).toHaveLength(1);
    for (const other of running.map(([name]) => name).filter((name) => name !== 'prometheus'))
      expect({ other, meets: shared('operate', other).length > 0 }).toEqual({ other, meets: other === 'elections' });
  });

  test('Compose publishes only the ports of the edge, by default on this machine', () => {
    const published = services.flatMap(([name, { ports }]) => ports.map((port) => `${name} ${withDefaults(port)}`));
    expect(published).toEqual([
      'edge 127.0.0.1:80:8080',
      'edge 127.0.0.1:443:8443',
      'edge 127.0.0.1:8444:8444',
      'edge 127.0.0.1:9090:9090',
      'edge 127.0.0.1:3000:3000',
      'edge 127.0.0.1:8088:8088',
      'edge 127.0.0.1:16686:16686',
    ]);
    // No variable opens the pages for operators to another machine.
    for (const port of service('edge').ports.slice(-4)) expect(port).toMatch(/^127\.0\.0\.1:/);
    // It listens in the network of the published ports alone.
    const { environment, networks } = service('edge');
    expect(environment['EDGE_BIND']).toBe(networks['door']?.ipv4_address);
    for (const [name, { networks, network_mode }] of services) {
      const names = Object.keys(networks);
      expect({ name, placed: names.length > 0 || network_mode === 'none' }).toEqual({ name, placed: true });
      for (const network of names) expect(Object.keys(compose.networks)).toContain(network);
    }
  });

  test('Compose trusts the forwarded address of the one who forwards', () => {
    const forwards = { api: 'api-public', panel: 'panel-public', access: 'access-api', elections: 'elections-api' };
    for (const [name, network] of Object.entries({ ...forwards, officials: 'officials-api' })) {
      const subnet = compose.networks[network]?.ipam.config[0].subnet ?? '';
      const text = service(name).environment[`${name.toUpperCase()}_TRUSTED_PROXIES`] ?? '';
      expect([name, text.endsWith(subnet) || text.endsWith(`${subnet}}`)]).toEqual([name, true]);
    }
  });

  test('Compose runs every service, each in a container of its own', () => {
    const served = running.flatMap(([name, { command }]) => (command[0] === 'serve' ? [[name, command[1]]] : []));
    const further = ['ballots', 'mixer'].map((name) => [`${name}-two`, name]);
    expect(Object.fromEntries(served)).toEqual(
      Object.fromEntries([...launchable.map((name) => [name, name]), ...further]),
    );
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

  test('Compose asks rarely, and by a small program, whether a service is alive', () => {
    expect(running.length).toBeGreaterThan(12);
    for (const [name, { healthcheck, stop_grace_period }] of running) {
      expect({ name, words: healthcheck?.test.length }).toMatchObject({ name, words: expect.any(Number) as number });
      const { test: words, interval, timeout, retries, start_period, start_interval } = healthcheck!;
      expect([name, words.join(' ')]).toEqual([name, expect.not.stringMatching(/\bnode\b|readyz/)]);
      expect(secondsOf(interval)).toBeGreaterThanOrEqual(15);
      expect(secondsOf(interval)).toBeLessThanOrEqual(30);
      expect(secondsOf(timeout)).toBeGreaterThanOrEqual(5);
      expect(secondsOf(interval) * retries).toBeGreaterThanOrEqual(60);
      expect(secondsOf(start_period)).toBeGreaterThanOrEqual(180);
      expect(secondsOf(start_interval)).toBeLessThanOrEqual(5);
      if (isServed(name)) {
        const port = openPorts().filter(({ of, port }) => of === name && port > 9_000);
        expect([name, port.map(({ port }) => String(port))]).toEqual([name, expect.arrayContaining([words[2]])]);
        expect(words).toEqual(['CMD', 'popvote-probe', words[2]]);
        expect(secondsOf(stop_grace_period!)).toBeGreaterThanOrEqual(closeMsMax / 1_000 + 30);
      }
    }
  });

  test('Compose limits memory, processes and open files of all that runs, and admits no core dump', () => {
    for (const [name, { mem_limit, pids_limit, ulimits, image }] of running) {
      expect([name, withDefaults(String(mem_limit))]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)]);
      expect([name, pids_limit]).toEqual([name, expect.any(Number)]);
      expect([name, ulimits?.core]).toEqual([name, 0]);
      expect([name, ulimits?.nofile.soft]).toEqual([name, ulimits?.nofile.hard]);
      if (image.startsWith('postgres')) expect(pids_limit).toBeGreaterThan(200);
    }
    const waitersMax = apiEnvironment.shape.API_WAITERS_MAX.parse(undefined);
    expect(service('api').ulimits?.nofile.soft).toBeGreaterThanOrEqual(waitersMax + 1_000);
    expect(service('edge').ulimits?.nofile.soft).toBeGreaterThanOrEqual(2 * waitersMax + 1_000);
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
    const holders = (secret: string): string[] => [
      ...new Set(services.flatMap(([name, { secrets }]) => (secrets.includes(secret) ? [serviceOf(name)] : []))),
    ];
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
    for (const [name, schema] of Object.entries(environments)) {
      const set = new Set(Object.keys(service(name).environment).map((variable) => variable.replace(/_FILE$/, '')));
      // Node itself reads the last one.
      for (const variable of set) expect([...Object.keys(schema.shape), 'NODE_OPTIONS']).toContain(variable);
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
    const memory = postgresContainerMemory(postgresSizes(4 * 2 ** 30));
    for (const name of databases) {
      expect(service(name).mem_limit).toBe(`\${POSTGRES_MEMORY:-${memory}}`);
      expect(service(name).command).toEqual(['postgres', ...words]);
      expect(service(name).environment['POSTGRES_INITDB_ARGS']).toBe(initdbWords.join(' '));
    }
  });

  test('Each service has the options of Node that it has on one machine', () => {
    for (const name of launchable) {
      const options = service(name).environment['NODE_OPTIONS'] ?? '';
      expect([name, options]).toEqual([name, nodeOptionsOf(name).join(' ')]);
    }
    expect(launchable.filter((name) => nodeOptionsOf(name).length > 0)).toEqual(['api', 'sms', 'ballots']);
  });

  test('Compose starts both Redis with the settings of the embedded ones, and no others', () => {
    const servers = { redis: redisServers.edge, 'redis-control': redisServers.control };
    for (const [name, { settings }] of Object.entries(servers)) {
      const words = Object.entries(settings).flatMap(([setting, value]) => [`--${setting}`, value]);
      const file = `/run/secrets/${name === 'redis' ? '' : 'control-'}redis-users`;
      expect(service(name).command.map(withDefaults)).toEqual(['redis-server', '--aclfile', file, ...words]);
    }
    // The edge Redis has no place on a disk.
    expect(service('redis')).toMatchObject({ volumes: [], tmpfs: ['/data'] });
  });

  test('Compose names the patch version of every foreign image', () => {
    const own = /^\$\{POPVOTE_(EDGE_)?IMAGE:-popvote(-edge)?:\$\{POPVOTE_VERSION:-latest\}\}$/;
    const images = running.map(([, { image }]) => image).filter((image) => !own.test(image));
    const servers = ['postgres:18.4', 'redis:8.4.7'];
    const monitoring = ['prom/prometheus:v3.5.0', 'prom/alertmanager:v0.28.1', 'grafana/grafana:12.1.1'];
    const views = ['adminer:5.3.0', 'jaegertracing/jaeger:2.17.0'];
    expect(new Set(images)).toEqual(new Set([...servers, ...monitoring, ...views]));
    expect(textOf('deploy/edge/Dockerfile')).toContain('FROM caddy:2.10.2\n');
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
    expect(users('published-logs')).toEqual(['api reads', 'elections reads', 'herald']);
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
    // Above the numbers of the people of a host.
    expect(lines).toContain('USER 10001:10001');
    const users = services.map(([, { user }]) => Number(/^(\d+):\d+$/.exec(user ?? '')?.[1] ?? Number.NaN));
    for (const user of users.filter((each) => !Number.isNaN(each))) expect(user).toBeGreaterThanOrEqual(10_000);
    expect(lines).toContain('ENTRYPOINT ["node", "dist/cli/main.js"]');
  });

  test('The image contains only named files: no keys, no data, no history', () => {
    const ignore = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const allowed = [
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'LICENSE',
      'docs/verify.md',
      'src',
      'deploy/probe.sh',
      'deploy/sbom.ts',
    ];
    expect(ignore).toEqual(['*', ...allowed.map((name) => `!${name}`)]);
    const final = lines.slice(lines.lastIndexOf('FROM ${NODE_IMAGE}'));
    expect(final.filter((line) => line.startsWith('COPY') && !line.includes('--from=build'))).toEqual([
      'COPY deploy/probe.sh /usr/local/bin/popvote-probe',
    ]);
    expect(final.join('\n')).toContain('src/store/migrations');
  });
});
