// The checks of `popvote doctor`, which each running service also makes on itself: configuration, files, connections,
// clocks and grants. Every failure names its next action. No finding contains a secret or the password of an address.
import { statSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError, readEnvironment } from '../platform/environment.ts';
import type { Environment } from '../platform/environment.ts';
import { ballotsKeys, electionsKeys, logKeys, officialsKeys, publicKeys, workerKeys } from '../protocol/key-files.ts';
import type { Finding } from '../protocol/control/system-api.ts';
import { checkConnection } from './connection-checks.ts';
import { oldNodeWarning } from './old-node.ts';
import { settingJson } from './settings-text.ts';
import { loadEnvironmentSchema } from './services.ts';
import type { Launchable } from './services.ts';

/** All findings about one service by its environment. Never rejects. */
export async function checkService(service: Launchable, environment: Environment): Promise<readonly Finding[]> {
  const schema = await loadEnvironmentSchema(service);
  const names = Object.keys(schema.shape);
  const configuration = checkConfiguration(service, schema, environment);
  const files = names.flatMap((name) => checkSecretFile(service, name, environment));
  const connections = await Promise.all(names.map((name) => checkConnection(service, name, environment)));
  return [...configuration, ...files, ...checkKeys(service, environment), ...connections.flat()];
}

export function nodeFinding(service: string, check: string): Finding {
  const observed = process.versions.node;
  const next = oldNodeWarning(observed);
  return { service, check, state: next === null ? 'ok' : 'warning', observed, ...(next !== null && { next }) };
}

function checkConfiguration(service: string, schema: z.ZodObject, environment: Environment): readonly Finding[] {
  try {
    readEnvironment(schema, environment);
    return [{ service, check: 'configuration', state: 'ok', observed: 'complete' }];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((observed) => ({
      service,
      check: 'configuration',
      state: 'failed',
      observed,
      next: `Correct the variable ${observed.split(':')[0] ?? ''}; popvote serve ${service} refuses to start until then.`,
    }));
  }
}

// The container runtime protects a mounted secret; elsewhere the file's own mode has to.
function checkSecretFile(service: string, name: string, environment: Environment): readonly Finding[] {
  const file = environment[`${name}_FILE`];
  if (file === undefined || name === 'PUBLIC_KEYS' || file.startsWith('/run/secrets/')) return [];
  const check = `${name}_FILE mode`;
  try {
    const mode = statSync(file).mode & 0o777;
    const observed = `0${mode.toString(8)}`;
    if ((mode & 0o077) === 0 || process.platform === 'win32') return [{ service, check, state: 'ok', observed }];
    return [{ service, check, state: 'failed', observed, next: `Others can read it: chmod 600 ${file}` }];
  } catch {
    return []; // that it cannot be read is a finding of the configuration
  }
}

// A service's signatures are verified with the public file alone. An old file makes every call fail.
function checkKeys(service: Launchable, environment: Environment): readonly Finding[] {
  const name = `${service.toUpperCase()}_KEYS`;
  const own = settingJson(name, environment);
  const publicFile = settingJson('PUBLIC_KEYS', environment);
  const signing = z.object(ownKeys).partial().safeParse(own);
  const everybody = publicKeys.safeParse(publicFile);
  // A wrong value of one of them is a finding of the configuration.
  if (!signing.success || !everybody.success) return [];
  const { caller, publisher, batches, receipts, deposits, checkpoints } = signing.data;
  const all = everybody.data;
  const pairs = [
    ['caller', caller, all.callers],
    ['publisher', publisher, all.publishers],
    ['batches', batches, all.batches],
    ['receipts', receipts, all.receipts],
    ['deposits', deposits, all.deposits],
    ['checkpoints', checkpoints, all.logs],
  ] as const;
  const presentPairs = pairs.filter(([, key]) => key !== undefined);
  if (presentPairs.length === 0) return [];
  const strange = presentPairs.filter(
    ([, key, listed]) => !listed.some(({ kid, x }) => kid === key?.kid && x === key.x),
  );
  const check = `${name} in PUBLIC_KEYS`;
  if (strange.length === 0)
    return [{ service, check, state: 'ok', observed: presentPairs.map(([what]) => what).join(', ') }];
  return [
    {
      service,
      check,
      state: 'failed',
      observed: `not there: ${strange.map(([what]) => what).join(', ')}`,
      next: 'Give every service the public.json of the same folder of keys; popvote keys new --if-missing completes one.',
    },
  ];
}

const ownKeys = {
  caller: electionsKeys.shape.caller,
  publisher: electionsKeys.shape.publisher,
  batches: officialsKeys.shape.batches,
  receipts: ballotsKeys.shape.receipts,
  deposits: workerKeys.shape.deposits,
  checkpoints: logKeys.shape.checkpoints,
};
