// Password hashes: Argon2id (RFC 9106) with OWASP's parameters. Hashing is the one costly thing that anybody may ask of
// this service, so few run at once, few wait, and whoever comes beyond that is told to come back. No password is kept,
// logged or compared in any other way.
import { hash, verify } from '@node-rs/argon2';
import { newSecret } from '../../platform/keys/new-keys.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { Problem } from '../../protocol/problem.ts';

/** Argon2id (2); memory in KiB, passes and lanes: about 25 ms and 19 MiB each. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashes at once: threads beyond the cores would make each slower and none sooner. */
export const hashesAtOnceMax = 2;
/** Requests that wait for a hash, about 400 ms of work; beyond them the answer is `busy`. */
export const hashesWaitingMax = 32;

export type Passwords = {
  hash(password: string): Promise<string>;
  /** Whether it is the password of this hash. Null, for somebody who has none, costs the same time and is never right. */
  isRight(passwordHash: string | null, password: string): Promise<boolean>;
  /** Requests that wait at this moment. */
  waiting(): number;
};

export async function createPasswords(): Promise<Passwords> {
  // Of a password that nobody knows, with the parameters of all others: an unknown user costs what a known one does.
  const nobodys = await hash(newSecret(), parameters);
  const { run, waiting } = createTurns();
  return {
    waiting,
    hash: (password) => run(() => hash(password, parameters)),
    async isRight(passwordHash, password) {
      const right = await run(() => verify(passwordHash ?? nobodys, password));
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
