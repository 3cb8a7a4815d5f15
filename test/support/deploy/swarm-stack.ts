// deploy/swarm/stack.yml as it follows from docker-compose.yml: the same services, secrets, networks and limits, written as
// Docker Swarm understands them. What Swarm does differently is here, and nothing else.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { composeFile, composeText } from './compose-file.ts';
import type { ComposeService } from './compose-file.ts';

/**
 * The machine that a service runs on: the one with the label popvote.edge, popvote.log and so on. Volumes are folders of one
 * machine, so services that share one have the same label, and second copies of keys have a label of their own.
 */
export const swarmZones: Readonly<Record<string, readonly string[]>> = {
  edge: ['edge', 'sms', 'redis'],
  log: ['log', 'herald', 'api', 'elections'],
  private: ['ballots', 'mixer', 'worker', 'postgres-intake', 'postgres-box', 'migrate'],
  second: ['ballots-two', 'mixer-two'],
  control: ['access', 'officials', 'panel', 'postgres-access', 'postgres-elections', 'redis-control'],
};
/** Only with Compose: run by hand, or by one machine only. */
export const composeOnly: ReadonlySet<string> = new Set([
  'keys',
  'operate',
  'prometheus',
  'alertmanager',
  'grafana',
  'adminer',
  'jaeger',
]);
/** Their networks. */
export const pageNetworks: ReadonlySet<string> = new Set([
  'monitoring',
  'dashboards',
  'database-view',
  'traces',
  'traces-view',
]);
/** Processes that share nothing but servers, so that a new one may start before the old one ends. */
const startFirst: ReadonlySet<string> = new Set(['api', 'sms', 'access', 'officials', 'panel']);
/** start.sh names each build after what is in it, so that another build changes the stack, or takes images by their digests. */
const builtImages: Readonly<Record<string, string>> = {
  '${POPVOTE_IMAGE:-popvote:${POPVOTE_VERSION:-latest}}': '${POPVOTE_IMAGE:?}',
  '${POPVOTE_EDGE_IMAGE:-popvote-edge:${POPVOTE_VERSION:-latest}}': '${POPVOTE_EDGE_IMAGE:?}',
};
/** The ports that a variable of Compose opens: each is a file of its own, because Swarm opens a port on all interfaces. */
export const swarmPortFiles = { POPVOTE_BIND: 'ports-public.yml', POPVOTE_CONTROL_BIND: 'ports-panel.yml' } as const;

const version = '3.9';
const head = (what: string): string => `# ${what} It follows from docker-compose.yml; after a change there:
#   npx vitest run --project unit test/unit/deploy/swarm.test.ts -u
# deploy/swarm/start.sh starts it with one command. docs/deployment.md says what differs from Compose.
`;
const fileOf = (what: string, value: object): string =>
  head(what) + stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

export function swarmStack(): string {
  const names = Object.keys(composeFile.services).filter((name) => !composeOnly.has(name));
  const services = Object.fromEntries(names.map((name) => [name, swarmService(name, composeFile.services[name]!)]));
  const secrets = new Set(names.flatMap((name) => composeFile.services[name]!.secrets));
  const networks = new Set(names.flatMap((name) => networksOf(name)));
  const volumes = new Set(
    names.flatMap((name) => composeFile.services[name]!.volumes.map((text) => text.split(':')[0]!)),
  );
  return fileOf('The platform as a stack of Docker Swarm, without published ports.', {
    version,
    services,
    networks: Object.fromEntries([...networks].map((name) => [name, swarmNetwork(name)])),
    volumes: Object.fromEntries([...volumes].map((name) => [name, {}])),
    // A secret cannot be changed, so each set of them has a name of its own.
    secrets: Object.fromEntries(
      [...secrets].map((name) => [name, { external: true, name: `popvote-\${POPVOTE_SECRETS:?}-${name}` }]),
    ),
  });
}

// The pages for operators are those of Compose.
const networksOf = (name: string): readonly string[] =>
  Object.keys(composeFile.services[name]!.networks).filter((network) => !pageNetworks.has(network));

// Between machines everything is encrypted.
const swarmNetwork = (name: string): object => ({
  driver: 'overlay',
  driver_opts: { encrypted: '' },
  ...(composeFile.networks[name]!.internal && { internal: true }),
  ipam: composeFile.networks[name]!.ipam,
});

function swarmService(name: string, service: ComposeService): object {
  const { image, cap_drop, healthcheck, stop_grace_period } = service;
  const command = name === 'edge' ? edgeCommand() : service.command;
  const aliasesOf = (network: string): object => {
    const { aliases } = service.networks[network]!;
    return aliases ? { aliases } : {};
  };
  return {
    image: builtImages[image] ?? image,
    ...(command.length > 0 && { command }),
    user: service.user,
    read_only: true,
    cap_drop,
    ...(stop_grace_period !== undefined && { stop_grace_period }),
    logging: { driver: 'json-file', options: { 'max-size': '20m', 'max-file': '5' } },
    ...(service.ulimits && { ulimits: rawUlimits(name) }),
    ...environmentOf(name, service),
    ...(service.secrets.length > 0 && { secrets: service.secrets }),
    networks: Object.fromEntries(networksOf(name).map((network) => [network, aliasesOf(network)])),
    volumes: [...service.volumes, ...memoryFolders(service)],
    ...(healthcheck && { healthcheck: { ...healthcheck, start_interval: undefined } }),
    deploy: deployOf(name, service),
  };
}

/** Swarm has no shm_size, but a folder in memory can be in its place. */
const memoryFolders = ({ tmpfs, shm_size }: ComposeService): readonly object[] => [
  ...tmpfs.map((text) => ({ type: 'tmpfs', target: text.split(':')[0] })),
  ...(shm_size === undefined ? [] : [{ type: 'tmpfs', target: '/dev/shm', tmpfs: { size: bytesOf(shm_size) } }]),
];
const bytesOf = (text: string): number => Number(/^(\d+)m$/.exec(text)?.[1]) * 1_024 * 1_024;

/** With their variables, which the schema of the tests replaces. */
function rawUlimits(name: string): unknown {
  const schema = z.object({ services: z.record(z.string(), z.object({ ulimits: z.unknown() })) });
  return schema.parse(parse(composeText, { merge: true })).services[name]?.ulimits;
}

/**
 * A task has no fixed address. The proxy listens at the one by which its machine reaches it, which is in none of the
 * networks of the stack, so no service can call through it.
 */
function edgeCommand(): readonly string[] {
  const dockerfile = readFileSync(new URL('../../../deploy/edge/Dockerfile', import.meta.url), 'utf8');
  const words = z.array(z.string()).parse(JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? ''));
  const addresses = `awk '/[|]--/ { address = $$2 } /host LOCAL/ { print address }' /proc/net/fib_trie`;
  const script = [
    `EDGE_BIND=$$(${addresses} | grep -v -e '^127[.]' -e "^$$EDGE_NETWORKS[.]" | sort -u | head -n 1)`,
    `[ -n "$$EDGE_BIND" ] || { echo 'The edge has no address outside of its networks.' >&2; exit 1; }`,
    `export EDGE_BIND`,
    `exec ${words.join(' ')}`,
  ];
  return ['sh', '-c', script.join('\n')];
}

/** A default that has a variable, which Swarm does not replace. start.sh sets these variables by a file of its own. */
const nestedDefault = /^\$\{([A-Z_]+):?-[^}]*\$\{.*\}$/;

function environmentOf(name: string, { environment }: ComposeService): object {
  if (Object.keys(environment).length === 0) return {};
  const entries = Object.entries(environment).map(([variable, text]) =>
    variable === 'EDGE_BIND' && name === 'edge'
      ? ['EDGE_NETWORKS', text.replace(/\.\d+\.\d+$/, '')]
      : [variable, text.replace(nestedDefault, '${$1?}')],
  );
  return { environment: Object.fromEntries(entries) as object };
}

/** A file for the shell, which replaces variables as Compose does. */
export function swarmDefaults(): string {
  const texts = Object.entries(composeFile.services).flatMap(([name, { environment }]) =>
    composeOnly.has(name) ? [] : Object.values(environment),
  );
  const nested = texts.filter((text) => nestedDefault.test(text));
  return (
    head('Defaults that have variables.') + nested.map((text) => text.replace(nestedDefault, setVariable)).join('')
  );
}
const setVariable = (text: string, variable: string): string => `export ${variable}="${text}"\n`;

/** On the machine itself: through the mesh of Swarm all clients would have one address. */
export function swarmPorts(variable: keyof typeof swarmPortFiles): string {
  const ports = composeFile.services['edge']!.ports.flatMap((text) => {
    const match = /^\$\{([A-Z_]+):-127\.0\.0\.1\}:(\$\{[A-Z_]+:-\d+\}):(\d+)$/.exec(text);
    if (match?.[1] !== variable) return [];
    return [{ target: Number(match[3]), published: match[2], protocol: 'tcp', mode: 'host' }];
  });
  return fileOf(`Ports of the edge on all interfaces of its machine, with ${variable}=0.0.0.0.`, {
    version,
    services: { edge: { ports } },
  });
}

function deployOf(name: string, { deploy, mem_limit, pids_limit, restart }: ComposeService): object {
  const [zone] = Object.entries(swarmZones).find(([, names]) => names.includes(name)) ?? [];
  if (zone === undefined) throw new Error(`${name} has no zone.`);
  const isJob = restart === 'no';
  return {
    replicas: deploy?.replicas ?? 1,
    // Names lead to the tasks themselves. A kernel without IPVS has no other way.
    endpoint_mode: 'dnsrr',
    placement: { constraints: [`node.labels.popvote.${zone} == true`] },
    resources: { limits: { ...(mem_limit !== undefined && { memory: mem_limit }), pids: pids_limit } },
    restart_policy: { condition: isJob ? 'on-failure' : 'any', delay: '5s' },
    update_config: {
      order: startFirst.has(name) ? 'start-first' : 'stop-first',
      parallelism: 1,
      // To Swarm a job that has ended has failed.
      failure_action: isJob ? 'continue' : 'rollback',
      monitor: '60s',
    },
  };
}
