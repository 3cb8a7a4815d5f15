// The settings and users of the two Redis servers: one source for `popvote start`, Docker Compose and the tests, so that
// what is tested is what ships.
import { createHash } from 'node:crypto';
import { edgeMemoryMegabytes } from '../protocol/edge-memory.ts';
import { controlUsers, edgeUsers } from '../protocol/redis-users.ts';
import type { RedisUser } from '../protocol/redis-users.ts';

export type RedisServer = {
  readonly users: readonly RedisUser[];
  /** Settings by their names in redis.conf. */
  readonly settings: Readonly<Record<string, string>>;
};

const common = {
  save: '',
  'maxmemory-policy': 'noeviction',
  // The slow log would store arguments of commands.
  'slowlog-log-slower-than': '-1',
};

export const redisServers = {
  /** In memory only: its files would show who took part, and everything in it is published or asked for again. */
  edge: {
    users: edgeUsers,
    settings: { appendonly: 'no', ...common, maxmemory: `${edgeMemoryMegabytes}mb` },
  },
  /** Accepted batches are in it until they are stored, so each write is on the disk before its reply. */
  control: {
    users: controlUsers,
    settings: { appendonly: 'yes', appendfsync: 'always', ...common, maxmemory: '1gb' },
  },
} as const satisfies Record<string, RedisServer>;

/**
 * The user file (ACL) of a server: its services, and one more user. The default user has all rights and cannot sign in:
 * without rights, Redis 7.0 drops every transaction and script when it loads its append-only file (redis/redis#14541).
 */
export function redisUserFile(
  users: readonly RedisUser[],
  passwordOf: (user: string) => string,
  another: { readonly name: string; readonly password: string | null; readonly rules: readonly string[] },
): string {
  const hashOf = (password: string): string => `#${createHash('sha256').update(password).digest('hex')}`;
  const line = (name: string, password: string | null, rules: readonly string[]): string =>
    `user ${name} on ${password === null ? 'nopass' : hashOf(password)} resetchannels ${rules.join(' ')}`;
  return [
    'user default off ~* &* +@all',
    line(another.name, another.password, another.rules),
    ...users.map(({ name, rules }) => line(name, passwordOf(name), rules)),
    '',
  ].join('\n');
}
