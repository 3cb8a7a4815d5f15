// docker-compose.yml as the tests read it, and what follows from its networks: which port can be reached by whom.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const rootUrl = new URL('../../../', import.meta.url);

type Attachment = { readonly aliases?: readonly string[] | undefined; readonly ipv4_address?: string | undefined };
const attachment = z.strictObject({ aliases: z.array(z.string()).optional(), ipv4_address: z.string().optional() });
/** A list of names, or names with settings. */
const attachments = z
  .union([
    z
      .array(z.string())
      .transform((names): Record<string, Attachment> => Object.fromEntries(names.map((name) => [name, {}]))),
    z.record(
      z.string(),
      attachment.nullable().transform((settings): Attachment => settings ?? {}),
    ),
  ])
  .default({});

/** A number, or the default of a variable. */
const files = z.union([z.int(), z.string().transform((text) => Number(/:-(\d+)\}$/.exec(text)?.[1]))]);

const serviceSchema = z.object({
  image: z.string(),
  build: z.union([z.string(), z.object({ context: z.string(), args: z.record(z.string(), z.string()) })]).optional(),
  profiles: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  mem_limit: z.union([z.string(), z.literal(0)]).optional(),
  pids_limit: z.int().optional(),
  shm_size: z.string().optional(),
  ulimits: z.object({ core: z.int(), nofile: z.object({ soft: files, hard: files }) }).optional(),
  deploy: z.object({ replicas: z.int() }).optional(),
  networks: attachments,
  network_mode: z.string().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  configs: z.array(z.object({ source: z.string(), target: z.string() })).default([]),
  healthcheck: z
    .object({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string(),
      start_interval: z.string(),
    })
    .optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  privileged: z.boolean().default(false),
});
const networkSchema = z.object({
  internal: z.boolean().default(false),
  ipam: z.object({ config: z.tuple([z.object({ subnet: z.string() })]) }),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), networkSchema),
  volumes: z.record(z.string(), z.unknown()),
  configs: z.record(z.string(), z.object({ file: z.string() })),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});
export type ComposeFile = z.infer<typeof composeSchema>;
export type ComposeService = z.infer<typeof serviceSchema>;

export const composeText = readFileSync(new URL('docker-compose.yml', rootUrl), 'utf8');
export const composeFile: ComposeFile = composeSchema.parse(parse(composeText, { merge: true }));

/** The service of which a container is a process: several have one where each has folders of its own. */
export function serviceOf(container: string): string {
  const [verb, served] = composeFile.services[container]?.command ?? [];
  return verb === 'serve' && served !== undefined ? served : container;
}
/** Containers that are one more process of a service: the service itself is a container too. */
export const isFurther = (container: string): boolean => serviceOf(container) !== container;

/** Ports of the programs that are not ours. They listen in every network of their container, or at its fixed address. */
const foreignPorts: Readonly<Record<string, number | Readonly<Record<string, number>>>> = {
  'postgres-intake': 5432,
  'postgres-box': 5432,
  'postgres-access': 5432,
  'postgres-elections': 5432,
  redis: 6379,
  'redis-control': 6379,
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  adminer: 8080,
  // Each listens in one network.
  jaeger: { traces: 4318, 'traces-view': 16686 },
};
/** The public and the private port of each service, by the variable of its address. */
export const ownPorts: Readonly<Record<string, number>> = {
  API_HOST: 8080,
  API_PRIVATE_HOST: 9101,
  SMS_HOST: 8085,
  SMS_PRIVATE_HOST: 9102,
  BALLOTS_HOST: 9103,
  MIXER_HOST: 9104,
  ACCESS_HOST: 9105,
  ACCESS_PRIVATE_HOST: 9106,
  ELECTIONS_HOST: 9107,
  ELECTIONS_PRIVATE_HOST: 9108,
  OFFICIALS_HOST: 9109,
  OFFICIALS_PRIVATE_HOST: 9110,
  WORKER_HOST: 9111,
  PANEL_HOST: 8090,
  PANEL_PRIVATE_HOST: 9112,
  LOG_HOST: 9113,
  HERALD_HOST: 9114,
};

export type OpenPort = {
  readonly of: string;
  readonly port: number;
  readonly networks: readonly string[];
  /** Services that can connect. Jobs and services of profiles are among them. */
  readonly by: readonly string[];
};

/** Every listening port, with all who share one of its networks. A database cannot call, but its container could. */
export function openPorts(compose: ComposeFile = composeFile): readonly OpenPort[] {
  const bySubnet = new Map(
    Object.entries(compose.networks).map(([name, { ipam }]) => [ipam.config[0].subnet, name] as const),
  );
  return Object.entries(compose.services).flatMap(([of, { environment, networks }]) => {
    const own = Object.entries(environment).flatMap(([variable, text]) => {
      const port = ownPorts[variable];
      if (port === undefined) return [];
      const listens = text.split(',').filter((item) => item !== '127.0.0.1');
      return [{ port, networks: listens.map((subnet) => bySubnet.get(subnet) ?? subnet) }];
    });
    const foreign = foreignPorts[of];
    if (typeof foreign === 'object') {
      own.push(...Object.entries(foreign).map(([network, port]) => ({ port, networks: [network] })));
    } else if (foreign !== undefined) {
      const fixed = Object.keys(networks).filter((name) => networks[name]?.ipv4_address !== undefined);
      own.push({ port: foreign, networks: fixed.length > 0 ? fixed : Object.keys(networks) });
    }
    return own.map((each) => ({ of, ...each, by: membersOf(compose, each.networks, of) }));
  });
}

const membersOf = (compose: ComposeFile, networks: readonly string[], except: string): readonly string[] =>
  Object.entries(compose.services)
    .filter(([name, service]) => name !== except && networks.some((network) => network in service.networks))
    .map(([name]) => name)
    .sort();

/** Services with a network that leads out of the machine. */
export const leadingOut = (compose: ComposeFile = composeFile): readonly string[] =>
  Object.entries(compose.services)
    .filter(([, { networks }]) => Object.keys(networks).some((name) => compose.networks[name]?.internal === false))
    .map(([name]) => name)
    .sort();
