// A built version of the platform that a drill runs service by service: its command, the environments in which its own
// `popvote start` would run its services, its users of Redis, and what its voters send. All of it is read from its files.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type * as settingsModule from '../../src/local/settings.ts';
import type * as zonesModule from '../../src/local/zone-environments.ts';
import type * as usersModule from '../../src/protocol/redis-users.ts';

/** Longest run of one command, in milliseconds: migrations wait for locks of people who vote. */
const commandMsMax = 180_000;

type Variables = Readonly<Record<string, string>>;
/** What the environments are made of, without the settings of the version. */
export type EnvironmentParts = Omit<Parameters<typeof zonesModule.zoneEnvironments>[0], 'settings'>;

export type BuiltVersion = {
  /** The file of its popvote command. */
  readonly command: string;
  readonly zones: readonly string[];
  readonly redisUsers: Readonly<Record<'edge' | 'control', typeof usersModule.edgeUsers>>;
  /** Whether it is from before sessions named the tag of their cast. */
  readonly withoutCastTag: boolean;
  /** The definition of its rehearsal, without id and times. */
  readonly rehearsal: object;
  /** By zone, and `operator`. */
  environments(parts: EnvironmentParts): Readonly<Record<string, Variables>>;
  /** Runs its command to the end. */
  run(words: readonly string[], environment: Variables): Promise<void>;
};

export async function readBuiltVersion(command: string): Promise<BuiltVersion> {
  const directory = join(dirname(command), '../..');
  const load = async (name: string): Promise<unknown> =>
    (await import(pathToFileURL(join(directory, 'dist', name)).href)) as unknown;
  const text = (name: string): string => readFileSync(join(directory, 'src', name), 'utf8');
  const zones = (await load('local/zone-environments.js')) as typeof zonesModule;
  const settings = (await load('local/settings.js')) as typeof settingsModule;
  const users = (await load('protocol/redis-users.js')) as typeof usersModule;
  return {
    command,
    zones: zones.zones,
    redisUsers: { edge: users.edgeUsers, control: users.controlUsers },
    withoutCastTag: !text('protocol/public-api.ts').includes('castTag'),
    rehearsal: JSON.parse(text('local/rehearsal.json')) as object,
    environments: (parts) =>
      zones.zoneEnvironments({ ...parts, settings: settings.readStartSettings(parts.environment) }),
    async run(words, environment) {
      const env = { PATH: process.env['PATH'] ?? '', ...environment };
      await promisify(execFile)(process.execPath, [command, ...words], { env, timeout: commandMsMax });
    },
  };
}
