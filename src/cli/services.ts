// The services that can be launched, and which of them may share a process. This is the only importer of their main
// files. A process that faces the public must never have access to a database: otherwise one exploited request could
// link voters and choices.
import type { z } from 'zod';
import { ConfigurationError, readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import type { StartService } from '../platform/process.ts';

type Zone = 'edge' | 'control' | 'data';
type Service = {
  readonly zone: Zone;
  readonly load: () => Promise<{ start: StartService }>;
  readonly schema: () => Promise<z.ZodObject>;
};

/** `edge` faces the public; `control` serves administrators and officials and has no database; `data` reaches one. */
const table = {
  api: {
    zone: 'edge',
    load: () => import('../services/api/main.ts'),
    schema: async () => (await import('../services/api/config.ts')).apiEnvironment,
  },
  sms: {
    zone: 'edge',
    load: () => import('../services/sms/main.ts'),
    schema: async () => (await import('../services/sms/config.ts')).smsEnvironment,
  },
  ballots: {
    zone: 'data',
    load: () => import('../services/ballots/main.ts'),
    schema: async () => (await import('../services/ballots/config.ts')).ballotsEnvironment,
  },
  mixer: {
    zone: 'data',
    load: () => import('../services/mixer/main.ts'),
    schema: async () => (await import('../services/mixer/config.ts')).mixerEnvironment,
  },
  access: {
    zone: 'data',
    load: () => import('../services/access/main.ts'),
    schema: async () => (await import('../services/access/config.ts')).accessEnvironment,
  },
  elections: {
    zone: 'data',
    load: () => import('../services/elections/main.ts'),
    schema: async () => (await import('../services/elections/config.ts')).electionsEnvironment,
  },
  officials: {
    zone: 'control',
    load: () => import('../services/officials/main.ts'),
    schema: async () => (await import('../services/officials/config.ts')).officialsEnvironment,
  },
  worker: {
    zone: 'data',
    load: () => import('../services/worker/main.ts'),
    schema: async () => (await import('../services/worker/config.ts')).workerEnvironment,
  },
  panel: {
    zone: 'control',
    load: () => import('../services/panel/main.ts'),
    schema: async () => (await import('../services/panel/config.ts')).panelEnvironment,
  },
  log: {
    zone: 'data',
    load: () => import('../services/log/main.ts'),
    schema: async () => (await import('../services/log/config.ts')).logEnvironment,
  },
  herald: {
    zone: 'edge',
    load: () => import('../services/herald/main.ts'),
    schema: async () => (await import('../services/herald/config.ts')).heraldEnvironment,
  },
} as const satisfies Record<string, Service>;

/** The services that reach the database of opened ballots. */
const seesBallots: readonly string[] = ['mixer', 'elections', 'worker', 'log'];

export type Launchable = keyof typeof table;
export const launchable = Object.keys(table) as Launchable[];

export type Choice =
  | { readonly ok: true; readonly services: readonly Launchable[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Which services to run in one process, or why these may not share one. */
export function chooseServices(words: readonly string[]): Choice {
  const unknown = words.filter((word) => !Object.hasOwn(table, word));
  if (unknown.length > 0) {
    return { ok: false, reason: `There is no service "${unknown.join('", "')}". Services: ${launchable.join(', ')}.` };
  }
  const services = [...new Set(words)] as Launchable[];
  const edge = services.filter(inZone('edge'));
  const others = services.filter((name) => !inZone('edge')(name));
  if (edge.length > 0 && others.length > 0) {
    return {
      ok: false,
      reason:
        `${edge.join(' and ')} must not share a process with ${others.join(' and ')}: what faces the public may have no ` +
        'door to a database and none to the control zone, or one broken request would open it. Run them as processes ' +
        'of their own, each with its own environment.',
    };
  }
  return { ok: true, services: services, warnings: warningsOf(services) };
}

/** Combinations that are allowed but weaken isolation. */
function warningsOf(services: readonly Launchable[]): readonly string[] {
  const warnings: string[] = [];
  if (services.includes('api') && services.includes('sms')) {
    warnings.push('api and sms in one process: an attacker who breaks into it can attest phones.');
  }
  const seers = services.filter((name) => seesBallots.includes(name));
  if (services.includes('ballots') && seers.length > 0) {
    warnings.push(`ballots and ${seers.join(' and ')} in one process: it knows who votes and what is chosen.`);
  }
  const doors = services.filter(inZone('data'));
  if (services.includes('officials') && doors.length > 0) {
    warnings.push(`officials and ${doors.join(' and ')} in one process: it reads files of others beside a database.`);
  }
  return warnings;
}

export async function loadService(service: Launchable): Promise<StartService> {
  return (await table[service].load()).start;
}

export async function loadEnvironmentSchema(service: Launchable): Promise<z.ZodObject> {
  return table[service].schema();
}

/** Throws one `ConfigurationError` with every fault in the environments of these services, each once. */
export async function checkEnvironments(services: readonly Launchable[], environment: Environment): Promise<void> {
  const problems = new Set<string>();
  for (const name of services) {
    try {
      readEnvironment(await loadEnvironmentSchema(name), environment);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      for (const problem of error.problems) problems.add(problem);
    }
  }
  if (problems.size > 0) throw new ConfigurationError([...problems]);
}

const inZone =
  (zone: Zone) =>
  (name: Launchable): boolean =>
    table[name].zone === zone;
