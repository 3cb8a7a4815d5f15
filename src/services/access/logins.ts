// Login, and proving the password again before an action on one's own account. A wrong password reveals nothing else:
// an unknown address, a wrong password and a user who may not log in cost the same work. The state of an account is
// reported only after the right password.
import { emailAddress } from '../../domain/text/email-address.ts';
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
  /** Throws `wrong-credentials`, `second-factor-required` and similar, and `too-many-requests` after many attempts. */
  login(request: LoginRequest, address: string): Promise<TokenPair>;
  /** Checks the password of a logged-in user and returns the stored one. Throws `wrong-credentials`. */
  prove(user: string, password: string, address: string): Promise<StoredPassword>;
  /** As `prove`, and requires a code if the user has a second factor. */
  proveBoth(user: string, proof: { password: string; code: string }, address: string): Promise<StoredPassword>;
};

/** The spelling of an address as registration stores it. A text that is none belongs to no user. */
function canonicalEmail(email: string): string {
  const read = emailAddress(email);
  return read.ok ? read.address : email;
}

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

  const reject = (code: ProblemCode, user: string | undefined): never => {
    audit({ act: 'session.login', outcome: code, actor: null, ...(user !== undefined && { user }) });
    throw new Problem(code);
  };

  const checkSecondFactor = async (user: string, code: string | undefined): Promise<void> => {
    const check = await secondFactors.check(user, code);
    if (check === 'missing') throw new Problem('second-factor-required');
    if (check === 'wrong') reject('wrong-second-factor', user);
  };

  /** A one-time password requires a new password, any other forbids it. This is checked before a code is spent. */
  const checkNewPassword = async (user: LoginUser, newPassword: string | undefined): Promise<void> => {
    if (user.oneTime && newPassword === undefined) throw new Problem('password-change-required');
    if (!user.oneTime && newPassword !== undefined) {
      const errors = [
        { path: 'body/newPassword', detail: 'Only a one-time password can be replaced here. Leave it out.' },
      ];
      throw new Problem('invalid-request', { errors });
    }
    if (newPassword !== undefined) await changes.check(user.id, newPassword);
  };

  const prove: Logins['prove'] = async (user, password, address) => {
    const stored = await findPassword(pool, user);
    const account = stored?.email ?? user;
    await limits.countLogin(account, address);
    const right = await passwords.isRight(stored?.passwordHash ?? null, password);
    if (!stored || !right) return reject('wrong-credentials', user);
    await limits.forgiveLogin(account, address);
    return stored;
  };

  return {
    async login({ email, password, code, newPassword }, address) {
      const account = canonicalEmail(email);
      await limits.countLogin(account, address);
      const user = await findLogin(pool, account);
      const right = await passwords.isRight(user?.passwordHash ?? null, password);
      if (!user || !right) return reject('wrong-credentials', user?.id);
      if (user.state === 'waiting') return reject('account-waiting', user.id);
      if (user.state === 'suspended') return reject('account-suspended', user.id);
      // From here on only a wrong code counts as a failure. Otherwise codes could be tried without limit.
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

/** For `catch`: runs `work` after every rejection except `not`, and throws the error again. */
const afterwards =
  (work: () => Promise<void>, not?: ProblemCode) =>
  async (error: unknown): Promise<never> => {
    if (!(error instanceof Problem) || error.code !== not) await work();
    throw error;
  };
