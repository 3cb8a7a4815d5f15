// deploy/swarm/stack.yml as it follows from docker-compose.yml: the same services, secrets, networks and limits, written as
// Docker Swarm understands them. What Swarm does differently is here, and nothing else.
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { composeFile, composeText } from './compose-file.ts';
import type { ComposeService } from './compose-file.ts';

/** The group of machines that a service runs on: nodes with the label popvote.edge, popvote.private or popvote.control. */
const zones = {
  edge: ['edge', 'api', 'sms', 'redis', 'herald'],
  private: ['ballots', 'mixer', 'worker', 'log', 'postgres-intake', 'postgres-box', 'migrate'],
  control: ['access', 'elections', 'officials', 'panel', 'postgres-access', 'postgres-elections', 'redis-control'],
} as const;
/** Only with Compose: run by hand, or by one machine only. */
const leftOut: ReadonlySet<string> = new Set(['keys', 'operate', 'prometheus']);
/** Processes that share nothing but servers, so that a new one may start before the old one ends. */
const startFirst: ReadonlySet<string> = new Set(['api', 'sms', 'access', 'officials', 'panel']);

const head = `# The platform as a stack of Docker Swarm. It follows from docker-compose.yml; after a change there:
#   npx vitest run --project unit test/unit/deploy/swarm.test.ts -u
# deploy/swarm/start.sh starts it with one command. docs/deployment.md says what differs from Compose.
`;

export function swarmStack(): string {
  const names = Object.keys(composeFile.services).filter((name) => !leftOut.has(name));
  const services = Object.fromEntries(names.map((name) => [name, swarmService(name, composeFile.services[name]!)]));
  const secrets = new Set(names.flatMap((name) => composeFile.services[name]!.secrets));
  const networks = new Set(names.flatMap((name) => networksOf(name)));
  const volumes = new Set(
    names.flatMap((name) => composeFile.services[name]!.volumes.map((text) => text.split(':')[0]!)),
  );
  const stack = {
    version: '3.9',
    services,
    networks: Object.fromEntries([...networks].map((name) => [name, swarmNetwork(name)])),
    volumes: Object.fromEntries([...volumes].map((name) => [name, {}])),
    // A secret cannot be changed, so each set of them has a name of its own.
    secrets: Object.fromEntries(
      [...secrets].map((name) => [name, { external: true, name: `popvote-\${POPVOTE_SECRETS:?}-${name}` }]),
    ),
  };
  return head + stringify(stack, { lineWidth: 0, aliasDuplicateObjects: false });
}

// The pages of Prometheus are those of Compose.
const networksOf = (name: string): readonly string[] =>
  Object.keys(composeFile.services[name]!.networks).filter((network) => network !== 'monitoring');

// Between machines everything is encrypted.
const swarmNetwork = (name: string): object => ({
  driver: 'overlay',
  driver_opts: { encrypted: '' },
  ...(composeFile.networks[name]!.internal && { internal: true }),
  ipam: composeFile.networks[name]!.ipam,
});

function swarmService(name: string, service: ComposeService): object {
  const { image, command, cap_drop, healthcheck, stop_grace_period } = service;
  const aliasesOf = (network: string): object => {
    const { aliases } = service.networks[network]!;
    return aliases ? { aliases } : {};
  };
  return {
    image,
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
    ...(service.ports.length > 0 && { ports: portsOf(service) }),
    volumes: [...service.volumes, ...service.tmpfs.map((text) => ({ type: 'tmpfs', target: text.split(':')[0] }))],
    ...(healthcheck && { healthcheck: { ...healthcheck, start_interval: undefined } }),
    deploy: deployOf(name, service),
  };
}

/** With their variables, which the schema of the tests replaces. */
function rawUlimits(name: string): unknown {
  const schema = z.object({ services: z.record(z.string(), z.object({ ulimits: z.unknown() })) });
  return schema.parse(parse(composeText, { merge: true })).services[name]?.ulimits;
}

// A task has no fixed address, so the proxy listens in all its networks.
function environmentOf(name: string, { environment }: ComposeService): object {
  if (Object.keys(environment).length === 0) return {};
  return { environment: name === 'edge' ? { ...environment, EDGE_BIND: '0.0.0.0' } : environment };
}

/** On the machine itself: through the mesh of Swarm all clients would have one address. */
const portsOf = ({ ports }: ComposeService): readonly object[] =>
  ports
    .map((text) => /:(\$\{[A-Z_]+:-\d+\}):(\d+)$/.exec(text))
    .filter((match) => match?.[2] !== '9090')
    .map((match) => ({ target: Number(match?.[2]), published: match?.[1], protocol: 'tcp', mode: 'host' }));

function deployOf(name: string, { deploy, mem_limit, pids_limit, restart }: ComposeService): object {
  const [zone] = Object.entries(zones).find(([, names]) => (names as readonly string[]).includes(name)) ?? [];
  if (zone === undefined) throw new Error(`${name} has no zone.`);
  return {
    replicas: deploy?.replicas ?? 1,
    // Names lead to the tasks themselves. A kernel without IPVS has no other way.
    endpoint_mode: 'dnsrr',
    placement: { constraints: [`node.labels.popvote.${zone} == true`], preferences: [{ spread: 'node.id' }] },
    resources: { limits: { ...(mem_limit !== undefined && { memory: mem_limit }), pids: pids_limit } },
    restart_policy: { condition: restart === 'no' ? 'on-failure' : 'any', delay: '5s' },
    update_config: {
      order: startFirst.has(name) ? 'start-first' : 'stop-first',
      parallelism: 1,
      failure_action: 'rollback',
      monitor: '60s',
    },
  };
}
