// Replacing a password. The password that was checked must still be the stored one. All sessions end except the
// caller's. The rules are checked before anything is hashed.
import type { PasswordOwner } from './password-rules.ts';
import { passwordFault } from './password-rules.ts';
import { Problem } from '../../protocol/problem.ts';
import { findPassword, setPassword } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { Passwords } from './passwords.ts';
import type { Revocations } from './revocations.ts';

export type PasswordChanges = {
  /** Throws `weak-password` if the rules reject it for this user. */
  check(user: string, newPassword: string): Promise<void>;
  /**
   * Sets a new password and returns its hash. Throws `weak-password`, or `wrong-credentials` if `oldHash` is no longer
   * the user's. `keep` is the session that continues.
   */
  replace(change: { user: string; oldHash: string; newPassword: string; keep: string | null }): Promise<string>;
};

export function createPasswordChanges(parts: {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly revocations: Revocations;
  readonly audit: AccountAudit;
}): PasswordChanges {
  const { pool, passwords, revocations, audit } = parts;
  const check = async (user: string, newPassword: string): Promise<void> => {
    const owner = await findPassword(pool, user);
    if (!owner) throw new Problem('wrong-credentials');
    checkPassword(newPassword, owner, 'body/newPassword');
  };
  return {
    check,
    async replace({ user, oldHash, newPassword, keep }) {
      await check(user, newPassword);
      if (await passwords.isRight(oldHash, newPassword)) {
        throw weak('body/newPassword', 'This is your present password. Choose another one.');
      }
      const newHash = await passwords.hash(newPassword);
      const { outcome, ended } = await setPassword(pool, { user, oldHash, newHash, keep });
      if (outcome === 'refused') throw new Problem('wrong-credentials');
      await revocations.publish(ended);
      audit({ act: 'password.change', outcome: 'done', actor: user });
      return newHash;
    },
  };
}

/** Throws `weak-password` if the rules reject it. `path` is the field of the request. */
export function checkPassword(password: string, owner: PasswordOwner, path: string): void {
  const fault = passwordFault(password, owner);
  if (fault !== null) throw weak(path, fault);
}

const weak = (path: string, detail: string): Problem => new Problem('weak-password', { errors: [{ path, detail }] });
