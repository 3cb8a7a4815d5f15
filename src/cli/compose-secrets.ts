// The passwords and addresses that docker-compose.yml mounts as secrets, each file for the one container that needs it.
// A password that is there is never replaced; a folder of an earlier version is given what later services need. They
// lie in a folder closed to others; see docker-compose.yml.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doors, ownerVariables } from '../local/settings.ts';
import { newSecret } from '../platform/keys/new-keys.ts';
import { replaceFile } from '../platform/keys/key-directory.ts';
import { controlUsers, edgeUsers } from '../protocol/redis-users.ts';
import type { RedisUser } from '../protocol/redis-users.ts';
import { serviceRoles } from '../store/administration.ts';

const databases = Object.keys(ownerVariables) as (keyof typeof ownerVariables)[];
/** The file with the address of each door to a database. */
const doorFiles: Readonly<Record<keyof typeof doors, string>> = {
  ballotsIntake: 'ballots-intake-url',
  mixerIntake: 'mixer-intake-url',
  mixerBox: 'mixer-box-url',
  access: 'access-database-url',
  elections: 'elections-database-url',
  electionsBox: 'elections-box-url',
  workerBox: 'worker-box-url',
};
/** Each Redis: its host, how the files of its users' addresses begin, and the file of its users. */
const servers = [
  { host: 'redis', prefix: '', users: edgeUsers, file: 'redis-users.acl' },
  { host: 'redis-control', prefix: 'control-', users: controlUsers, file: 'control-redis-users.acl' },
] as const;
/** What is made of passwords that other files hold, and follows them: users and their rules, roles. */
const derived: ReadonlySet<string> = new Set(['role-passwords.json', ...servers.map(({ file }) => file)]);

/** Makes what is missing and returns the files. Run again it goes on where it was killed, and changes no password. */
export function makeComposeSecrets(directory: string): readonly string[] {
  // Whoever made the folder: the files in it are open to their containers, so nobody else may come near.
  chmodSync(directory, 0o700);
  const read = (name: string): string | null => {
    const path = join(directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  };
  const changed = Object.entries(composeSecrets(read)).filter(([name, text]) => {
    const found = read(name);
    return found === null || (derived.has(name) && found !== text);
  });
  return changed.map(([name, text]) => {
    const path = join(directory, name);
    // The closed folder keeps others out; the container's own user must be able to read the mounted file.
    replaceFile(path, text, 0o444);
    return path;
  });
}

type Read = (name: string) => string | null;

// What is read by others comes first and what is made of it last, so that a crash in between loses no password.
function composeSecrets(read: Read): Readonly<Record<string, string>> {
  const owners = databases.map((name) => {
    const file = `postgres-${name}-password`;
    return { name, file, password: read(file) ?? newSecret() };
  });
  const known = JSON.parse(read('role-passwords.json') ?? '{}') as Readonly<Record<string, string>>;
  const roles = Object.fromEntries(serviceRoles.map((role) => [role, known[role] ?? newSecret()]));
  const addressOf = (role: string, password: string, name: string): string =>
    `postgres://${role}:${password}@postgres-${name}:5432/${name}`;
  const doorUrls = Object.entries(doors).map(([door, { role, database }]) => [
    doorFiles[door as keyof typeof doors],
    addressOf(role, roles[role] ?? '', database),
  ]);
  return {
    ...Object.fromEntries(owners.map(({ file, password }) => [file, password])),
    ...Object.fromEntries(
      owners.map(({ name, password }) => [`migrate-${name}-url`, addressOf('postgres', password, name)]),
    ),
    'role-passwords.json': JSON.stringify(roles),
    // For rehearsals; sms refuses it in production mode.
    'sms-providers.json': JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]),
    ...(Object.fromEntries(doorUrls) as Record<string, string>),
    ...Object.fromEntries(servers.flatMap((server) => Object.entries(redisSecrets(server, read)))),
  };
}

function redisSecrets(
  { host, prefix, users, file }: { host: string; prefix: string; users: readonly RedisUser[]; file: string },
  read: Read,
): Readonly<Record<string, string>> {
  const withPasswords = users.map((user) => {
    const urlFile = `${prefix}${user.name}-redis-url`;
    const found = read(urlFile);
    const password = found === null ? newSecret() : new URL(found).password;
    return { ...user, urlFile, password };
  });
  const lines = [
    'user default off',
    // For the health check: it may say that it lives, and nothing else.
    'user health on nopass resetchannels +ping',
    ...withPasswords.map(
      ({ name, rules, password }) => `user ${name} on #${sha256(password)} resetchannels ${rules.join(' ')}`,
    ),
    '',
  ];
  const urls = withPasswords.map(({ name, urlFile, password }) => [
    urlFile,
    `redis://${name}:${password}@${host}:6379`,
  ]);
  return { ...(Object.fromEntries(urls) as Record<string, string>), [file]: lines.join('\n') };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
