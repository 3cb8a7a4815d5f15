// The passwords and addresses that docker-compose.yml mounts as secrets, each file for the one container that needs it.
// An existing password is never replaced; a folder of an earlier version is completed. The folder is closed to others;
// see docker-compose.yml.
import { chmodSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { redisServers, redisUserFile } from '../local/redis-settings.ts';
import { doors, ownerVariables } from '../local/settings.ts';
import { readTextFile } from '../platform/files.ts';
import { parseJson } from '../platform/json.ts';
import { newSecret } from '../platform/keys/new-keys.ts';
import { replaceFile } from '../platform/keys/key-directory.ts';
import type { RedisUser } from '../protocol/redis-users.ts';
import { passwordIn, serviceRoles, viewerRole, withPassword } from '../store/administration.ts';
import type { ServiceRole } from '../store/administration.ts';

const databases = Object.keys(ownerVariables) as (keyof typeof ownerVariables)[];
/** The file with the address of each role's database. */
const doorFiles: Readonly<Record<keyof typeof doors, string>> = {
  ballotsIntake: 'ballots-intake-url',
  mixerIntake: 'mixer-intake-url',
  mixerBox: 'mixer-box-url',
  access: 'access-database-url',
  elections: 'elections-database-url',
  electionsBox: 'elections-box-url',
  workerBox: 'worker-box-url',
  logBox: 'log-box-url',
};
/** Each Redis: its host, the prefix of the files with its users' addresses, and the file of its users. */
const servers = [
  { host: 'redis', prefix: '', users: redisServers.edge.users, file: 'redis-users.acl' },
  { host: 'redis-control', prefix: 'control-', users: redisServers.control.users, file: 'control-redis-users.acl' },
] as const;
const rolesFile = 'role-passwords.json';
/** Files that are derived from the passwords in other files: Redis users and their rules, database roles. */
const derived: ReadonlySet<string> = new Set([rolesFile, ...servers.map(({ file }) => file)]);

/** Makes the missing files and returns them. A second run continues an interrupted one and changes no password. */
export function makeComposeSecrets(directory: string): readonly string[] {
  const read = readerOf(directory);
  const changed = Object.entries(composeSecrets(read)).filter(([name, text]) => {
    const existing = read(name);
    return existing === null || (derived.has(name) && existing !== text);
  });
  return write(directory, changed);
}

/**
 * Makes new passwords for the roles of services in PostgreSQL and for the users of both Redis, and returns the files. An
 * interrupted run is repeated. PostgreSQL keeps the owner's password in its data, so that one stays: see `renewOwnerPasswords`.
 */
export function renewComposePasswords(directory: string): readonly string[] | null {
  if (!existsSync(join(directory, rolesFile))) return null;
  const read = readerOf(directory);
  const before = composeSecrets(read);
  const after = composeSecrets((name) => (isOwnerPassword(name) ? read(name) : null), rolesIn(read)?.formerOwners);
  const changed = Object.entries(after)
    .filter(([name, text]) => !operatorFiles.includes(name) && text !== before[name])
    .map(([name, text]): [string, string] => [name, withPasswordOf(text, read(name))]);
  return write(directory, changed);
}

/** A text that is made again. Of an address only the password is new: the operator may have changed the servers. */
const withPasswordOf = (text: string, existing: string | null): string =>
  existing === null || passwordIn(text) === '' ? text : withPassword(existing, passwordIn(text));

/**
 * Makes new passwords for the owners of the databases, and returns the files; null where the folder has no passwords. Before that
 * it notes the former ones beside those of the roles: PostgreSQL knows no other until `popvote migrate` ran. An interrupted run is
 * completed by another one, and one that was completed changes nothing until the former ones are dropped.
 */
export function renewOwnerPasswords(directory: string): readonly string[] | null {
  if (!existsSync(join(directory, rolesFile))) return null;
  const read = readerOf(directory);
  const roles = rolesIn(read) ?? {};
  const addresses = databases
    .map((name) => ({ name, file: `migrate-${name}-url`, address: read(`migrate-${name}-url`) ?? '' }))
    .filter(({ address }) => passwordIn(address) !== '');
  const former =
    roles.formerOwners ?? Object.fromEntries(addresses.map(({ name, address }) => [name, passwordIn(address)]));
  const note = roles.formerOwners
    ? []
    : write(directory, [[rolesFile, JSON.stringify({ ...roles, formerOwners: former })]]);
  const changed = addresses.flatMap(({ name, file, address }): [string, string][] => {
    const isNew = passwordIn(address) !== former[name];
    const password = isNew ? passwordIn(address) : newSecret();
    const own = ownerPasswordFile(name);
    return [
      ...(isNew ? [] : [[file, withPassword(address, password)] as [string, string]]),
      ...(read(own) === password ? [] : [[own, password] as [string, string]]),
    ];
  });
  return [...note, ...write(directory, changed)];
}

/** Forgets the former passwords of the owners. Returns whether there were any; null where the folder has no passwords. */
export function dropFormerOwners(directory: string): boolean | null {
  if (!existsSync(join(directory, rolesFile))) return null;
  const { formerOwners, ...rest } = rolesIn(readerOf(directory)) ?? {};
  if (formerOwners) write(directory, [[rolesFile, JSON.stringify(rest)]]);
  return formerOwners !== undefined;
}

type ForeignOwner = { readonly uid: number; readonly gid: number; readonly process: number };

/** The owner of an existing folder, if this process is another user: it could neither write nor close it. */
export function foreignOwner(directory: string, userId = process.geteuid?.()): ForeignOwner | null {
  const owner = statSync(directory, { throwIfNoEntry: false });
  if (!owner || userId === undefined || owner.uid === userId) return null;
  return { uid: owner.uid, gid: owner.gid, process: userId };
}

export const providersFile = 'sms-providers.json';
const witnessesFile = 'herald-witnesses.json';
/** Where alerts are sent: at once, and those that can wait. Empty: to no one. */
const alertFiles = ['alert-page-url', 'alert-ticket-url'] as const;
/** Files that an operator writes. */
const operatorFiles: readonly string[] = [providersFile, witnessesFile, ...alertFiles];
const ownerPasswordFile = (database: string): string => `postgres-${database}-password`;
const isOwnerPassword = (file: string): boolean => databases.some((name) => ownerPasswordFile(name) === file);

function readerOf(directory: string): Read {
  // Containers can read the files in it, so the folder itself must be closed to other users.
  chmodSync(directory, 0o700);
  return (name) => {
    const path = join(directory, name);
    return existsSync(path) ? readTextFile(path) : null;
  };
}

const write = (directory: string, files: readonly (readonly [string, string])[]): readonly string[] =>
  files.map(([name, text]) => {
    const path = join(directory, name);
    // The closed folder protects it; the container's own user must be able to read the mounted file.
    replaceFile(path, text, 0o444);
    return path;
  });

type Read = (name: string) => string | null;

/** Passwords by role, and the former ones of owners by database. */
const rolePasswords = z
  .object({ formerOwners: z.record(z.string(), z.string()).exactOptional() })
  .catchall(z.string()) as unknown as z.ZodType<RolePasswords>;
type RolePasswords = Readonly<Partial<Record<ServiceRole, string>>> & {
  readonly formerOwners?: Readonly<Record<string, string>>;
};

function rolesIn(read: Read): RolePasswords | null {
  const text = read(rolesFile);
  if (text === null) return null;
  const parsed = rolePasswords.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Error(`${rolesFile} is no JSON of passwords. Restore it: the databases know these only.`);
}

// Source files come first and derived files last, so that a crash in between loses no password.
function composeSecrets(read: Read, formerOwners = rolesIn(read)?.formerOwners): Readonly<Record<string, string>> {
  const owners = databases.map((name) => {
    const file = ownerPasswordFile(name);
    return { name, file, password: read(file) ?? newSecret() };
  });
  const passwords = rolesIn(read);
  const roles = Object.fromEntries(serviceRoles.map((role) => [role, passwords?.[role] ?? newSecret()]));
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
    [rolesFile]: JSON.stringify({ ...roles, formerOwners }),
    // For rehearsals; sms refuses it in production mode.
    [providersFile]: JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]),
    // Named by the operator, as the manifests of the elections name them.
    [witnessesFile]: '[]',
    ...Object.fromEntries(alertFiles.map((file) => [file, ''])),
    // Mounted nowhere: a person enters it.
    'database-view-password': roles[viewerRole] ?? '',
    'grafana-password': read('grafana-password') ?? newSecret(),
    ...(Object.fromEntries(doorUrls) as Record<string, string>),
    ...Object.fromEntries(servers.flatMap((server) => Object.entries(redisSecrets(server, read)))),
  };
}

function redisSecrets(
  { host, prefix, users, file }: { host: string; prefix: string; users: readonly RedisUser[]; file: string },
  read: Read,
): Readonly<Record<string, string>> {
  const withPasswords = users.map(({ name }) => {
    const urlFile = `${prefix}${name}-redis-url`;
    const existing = read(urlFile);
    const password = existing === null ? newSecret() : passwordIn(existing);
    return { name, urlFile, password };
  });
  const passwords = new Map<string, string>(withPasswords.map(({ name, password }) => [name, password]));
  // For the health check: it may only PING.
  const health = { name: 'health', password: null, rules: ['+ping'] };
  const text = redisUserFile(users, (name) => passwords.get(name) ?? '', health);
  const urls = withPasswords.map(({ name, urlFile, password }) => [
    urlFile,
    `redis://${name}:${password}@${host}:6379`,
  ]);
  return { ...(Object.fromEntries(urls) as Record<string, string>), [file]: text };
}
