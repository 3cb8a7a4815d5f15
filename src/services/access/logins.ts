// Logging in, and proving again who one is before an act on one's own account. Whoever shows a wrong password learns
// nothing else: an unknown address, a wrong password and a user who may not enter cost the same work, and the states of
// an account are told only to whoever showed its password.
import type { LoginRequest, TokenPair } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import { findLogin } from '../../store/access/sessions.ts';
import type { LoginUser } from '../../store/access/sessions.ts';
import { findPassword, findUser } from '../../store/access/users.ts';
import type { StoredPassword } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { AccessLimits } from './limits.ts';
import type { PasswordChanges } from './password-changes.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactors } from './second-factors.ts';
import type { UserSessions } from './sessions.ts';

export type Logins = {
  /** Throws `wrong-credentials`, `second-factor-required` and the like; `too-many-requests` for whoever tries often. */
  login(request: LoginRequest, address: string): Promise<TokenPair>;
  /** The password of a user who is logged in, shown again, as it is stored. Throws `wrong-credentials`. */
  prove(user: string, password: string, address: string): Promise<StoredPassword>;
  /** As `prove`, and a code where the user has a second factor. */
  proveBoth(user: string, shown: { password: string; code: string }, address: string): Promise<StoredPassword>;
};

/** The one spelling of an address, as registration stores it. */
const canonicalEmail = (email: string): string => email.normalize('NFKC').trim().toLowerCase();

export function createLogins(parts: {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly changes: PasswordChanges;
  readonly secondFactors: SecondFactors;
  readonly sessions: UserSessions;
  readonly limits: AccessLimits;
  readonly audit: AccountAudit;
}): Logins {
  const { pool, passwords, changes, secondFactors, sessions, limits, audit } = parts;

  const refuse = (code: ProblemCode, user: string | undefined): never => {
    audit({ act: 'session.login', outcome: code, actor: null, ...(user !== undefined && { user }) });
    throw new Problem(code);
  };

  const checkSecondFactor = async (user: string, code: string | undefined): Promise<void> => {
    const check = await secondFactors.check(user, code);
    if (check === 'missing') throw new Problem('second-factor-required');
    if (check === 'wrong') refuse('wrong-second-factor', user);
  };

  /** A one-time password and a new one come together, or neither: said before a code is spent. */
  const checkNewPassword = async (user: LoginUser, newPassword: string | undefined): Promise<void> => {
    if (user.oneTime && newPassword === undefined) throw new Problem('password-change-required');
    if (!user.oneTime && newPassword !== undefined) {
      const errors = [{ path: 'body/newPassword', detail: 'Only a one-time password is replaced here. Leave it out.' }];
      throw new Problem('invalid-request', { errors });
    }
    if (newPassword !== undefined) await changes.check(user.id, newPassword);
  };

  const prove: Logins['prove'] = async (user, password, address) => {
    const stored = await findPassword(pool, user);
    const account = stored?.email ?? user;
    await limits.countLogin(account, address);
    const right = await passwords.isRight(stored?.passwordHash ?? null, password);
    if (!stored || !right) return refuse('wrong-credentials', user);
    await limits.forgiveLogin(account, address);
    return stored;
  };

  return {
    async login({ email, password, code, newPassword }, address) {
      const account = canonicalEmail(email);
      await limits.countLogin(account, address);
      const user = await findLogin(pool, account);
      const right = await passwords.isRight(user?.passwordHash ?? null, password);
      if (!user || !right) return refuse('wrong-credentials', user?.id);
      if (user.state === 'waiting') return refuse('account-waiting', user.id);
      if (user.state === 'suspended') return refuse('account-suspended', user.id);
      // From here on only a wrong code is a failure: else codes could be tried without end.
      const forgive = (): Promise<void> => limits.forgiveLogin(account, address);
      await checkNewPassword(user, newPassword).catch(afterwards(forgive));
      await checkSecondFactor(user.id, code).catch(afterwards(forgive, 'wrong-second-factor'));
      const { id, passwordHash: oldHash } = user;
      const hash =
        newPassword === undefined ? oldHash : await changes.replace({ user: id, oldHash, newPassword, keep: null });
      const before = await findUser(pool, id);
      const pair = await sessions.begin(id, hash);
      await Promise.all([forgive(), limits.rememberLogin(account, address)]);
      audit({ act: 'session.login', outcome: 'done', actor: user.id });
      const lastMs = before?.lastLoginAtMs ?? null;
      return { ...pair, previousLoginAt: lastMs === null ? null : new Date(lastMs).toISOString() };
    },
    prove,
    async proveBoth(user, { password, code }, address) {
      const stored = await prove(user, password, address);
      await limits.countLogin(stored.email, address);
      await checkSecondFactor(user, code);
      await limits.forgiveLogin(stored.email, address);
      return stored;
    },
  };
}

/** For `catch`: does something after every rejection but one, and throws it on. */
const afterwards =
  (work: () => Promise<void>, not?: ProblemCode) =>
  async (error: unknown): Promise<never> => {
    if (!(error instanceof Problem) || error.code !== not) await work();
    throw error;
  };
