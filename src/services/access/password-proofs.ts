// Proofs by password, at a login and by a logged-in user. A wrong password reveals nothing else: an unknown address, a
// wrong password and a user who may not log in cost the same work. The state of an account is reported only after the
// right password.
import { emailAddress } from '../../domain/text/email-address.ts';
import { Problem } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import { findLogin } from '../../store/access/sessions.ts';
import type { LoginUser } from '../../store/access/sessions.ts';
import { findPassword } from '../../store/access/users.ts';
import type { StoredPassword } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { AccessLimits } from './limits.ts';
import type { Passwords } from './passwords.ts';

export type PasswordProofs = {
  /**
   * The active user of a right password. The attempt counts as a failure until it is forgiven. Throws
   * `wrong-credentials` and similar, and `too-many-requests` after many attempts.
   */
  login(account: string, password: string, address: string): Promise<LoginUser>;
  /** Checks the password of a logged-in user and returns the stored one. Throws `wrong-credentials`. */
  prove(user: string, password: string, address: string): Promise<StoredPassword>;
  /** Audits the rejection of a login and throws it. */
  reject(code: ProblemCode, user: string | undefined): never;
};

/** The spelling of an address as registration stores it. A text that is none belongs to no user. */
export function canonicalEmail(email: string): string {
  const read = emailAddress(email);
  return read.ok ? read.address : email;
}

export function createPasswordProofs(parts: {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly limits: AccessLimits;
  readonly audit: AccountAudit;
}): PasswordProofs {
  const { pool, passwords, limits, audit } = parts;
  const reject = (code: ProblemCode, user: string | undefined): never => {
    audit({ act: 'session.login', outcome: code, actor: null, ...(user !== undefined && { user }) });
    throw new Problem(code);
  };
  return {
    async login(account, password, address) {
      await limits.countLogin(account, address);
      const user = await findLogin(pool, account);
      const right = await passwords.isRight(user?.passwordHash ?? null, password);
      if (!user || !right) return reject('wrong-credentials', user?.id);
      if (user.state === 'waiting') return reject('account-waiting', user.id);
      if (user.state === 'suspended') return reject('account-suspended', user.id);
      return user;
    },
    async prove(user, password, address) {
      const stored = await findPassword(pool, user);
      const account = stored?.email ?? user;
      await limits.countLogin(account, address);
      const right = await passwords.isRight(stored?.passwordHash ?? null, password);
      if (!stored || !right) return reject('wrong-credentials', user);
      await limits.forgiveLogin(account, address);
      return stored;
    },
    reject,
  };
}
