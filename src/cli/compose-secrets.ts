// The passwords and addresses that docker-compose.yml mounts as secrets: made once, never replaced, each file for the
// one container that needs it. They lie in a folder closed to others; see docker-compose.yml.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from '../platform/new-keys.ts';
import { writeNewFile } from '../platform/key-directory.ts';
import { edgeUsers } from '../protocol/redis-users.ts';

/** Makes what is missing, all or nothing, and returns the files. */
export function makeComposeSecrets(directory: string): readonly string[] {
  // Written last: where it is, the set is complete.
  const last = 'redis-users.acl';
  // Whoever made the folder: the files in it are open to their containers, so nobody else may come near.
  chmodSync(directory, 0o700);
  if (existsSync(join(directory, last))) return [];
  const texts = composeSecrets();
  const present = Object.keys(texts).filter((name) => existsSync(join(directory, name)));
  if (present.length > 0) {
    throw new Error(
      `${directory} has some of the passwords and not all (${present.join(', ')}). Remove or restore them.`,
    );
  }
  return Object.entries(texts).map(([name, text]) => {
    const path = join(directory, name);
    // The closed folder keeps others out; the container's own user must be able to read the mounted file.
    writeNewFile(path, text, 0o444);
    return path;
  });
}

function composeSecrets(): Readonly<Record<string, string>> {
  const [intakeOwner, boxOwner] = [newSecret(), newSecret()];
  const roles = { popvote_ballots: newSecret(), popvote_mixer: newSecret(), popvote_elections: newSecret() };
  const database = (role: string, password: string, name: 'intake' | 'box'): string =>
    `postgres://${role}:${password}@postgres-${name}:5432/${name}`;
  const users = edgeUsers.map((user) => ({ ...user, password: newSecret() }));
  const urls = users.map(({ name, password }) => [`${name}-redis-url`, `redis://${name}:${password}@redis:6379`]);
  return {
    'postgres-intake-password': intakeOwner,
    'postgres-box-password': boxOwner,
    'migrate-intake-url': database('postgres', intakeOwner, 'intake'),
    'migrate-box-url': database('postgres', boxOwner, 'box'),
    'role-passwords.json': JSON.stringify(roles),
    // For rehearsals; sms refuses it in production mode.
    'sms-providers.json': JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]),
    'ballots-intake-url': database('popvote_ballots', roles.popvote_ballots, 'intake'),
    'mixer-intake-url': database('popvote_mixer', roles.popvote_mixer, 'intake'),
    'mixer-box-url': database('popvote_mixer', roles.popvote_mixer, 'box'),
    ...(Object.fromEntries(urls) as Record<string, string>),
    'redis-users.acl': [
      'user default off',
      // For the health check: it may say that it lives, and nothing else.
      'user health on nopass resetchannels +ping',
      ...users.map(
        ({ name, rules, password }) => `user ${name} on #${sha256(password)} resetchannels ${rules.join(' ')}`,
      ),
      '',
    ].join('\n'),
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
