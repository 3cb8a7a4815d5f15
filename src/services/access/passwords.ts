// Password hashes: Argon2id (RFC 9106) with OWASP's parameters. Hashing is the one expensive operation that anyone can
// request here. So few run at once, few wait, and further requests get `busy`. No password is stored, logged or
// compared in any other way.
import { hash, verify } from '@node-rs/argon2';
import { newSecret } from '../../platform/keys/new-keys.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { Problem } from '../../protocol/problem.ts';

/** Algorithm 2 is Argon2id. Memory is in KiB. One hash takes about 25 ms and 19 MiB. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashes at once. More threads than cores would make each slower and none faster. */
export const hashesAtOnceMax = 2;
/** Requests that wait for a hash, about 400 ms of work. Further requests get `busy`. */
export const hashesWaitingMax = 32;

export type Passwords = {
  hash(password: string): Promise<string>;
  /** Whether this is the password of the hash. Null, for a user without one, takes the same time and is never right. */
  isRight(passwordHash: string | null, password: string): Promise<boolean>;
  /** Requests that wait now. */
  waiting(): number;
};

export async function createPasswords(): Promise<Passwords> {
  // The hash of a random password, with the same parameters: an unknown user costs the same work as an existing one.
  const placeholderHash = await hash(newSecret(), parameters);
  const { run, waiting } = createTurns();
  return {
    waiting,
    hash: (password) => run(() => hash(password, parameters)),
    async isRight(passwordHash, password) {
      const right = await run(() => verify(passwordHash ?? placeholderHash, password));
      return right && passwordHash !== null;
    },
  };
}

function createTurns(): { run<Result>(work: () => Promise<Result>): Promise<Result>; waiting(): number } {
  let running = 0;
  const queue: (() => void)[] = [];
  const next = (): void => {
    if (running >= hashesAtOnceMax) return;
    const start = queue.shift();
    if (!start) return;
    running += 1;
    start();
  };
  return {
    waiting: () => queue.length,
    async run(work) {
      if (queue.length >= hashesWaitingMax) throw new Problem('busy', retrySoon());
      await new Promise<void>((resolve) => {
        queue.push(resolve);
        next();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        next();
      }
    },
  };
}
