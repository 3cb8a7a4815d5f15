// Login with password and second factor, and proving both again before an action on one's own account.
import type {
  LoginRequest,
  PasskeyLoginRequest,
  SecondFactorProof,
  TokenPair,
} from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import type { LoginUser } from '../../store/access/sessions.ts';
import { findUser } from '../../store/access/users.ts';
import type { StoredPassword } from '../../store/access/users.ts';
import type { Pool } from '../../store/database.ts';
import type { AccountAudit } from './audit.ts';
import type { AccessLimits } from './limits.ts';
import type { PasswordChanges } from './password-changes.ts';
import { canonicalEmail } from './password-proofs.ts';
import type { PasswordProofs } from './password-proofs.ts';
import type { Passkeys } from './second-factor/passkeys.ts';
import type { SecondFactors, ShownFactor } from './second-factor/second-factors.ts';
import type { UserSessions } from './sessions.ts';

export type Logins = {
  /** Throws `wrong-credentials`, `second-factor-required` and similar, and `too-many-requests` after many attempts. */
  login(request: LoginRequest, address: string): Promise<TokenPair>;
  /** Options for the passkey of a login, for the right password. Throws as `login` does, and `passkey-not-found`. */
  passkeyOptions(request: PasskeyLoginRequest, address: string): ReturnType<Passkeys['challenge']>;
  /** Checks the password of a logged-in user and returns the stored one. Throws `wrong-credentials`. */
  prove(user: string, password: string, address: string): Promise<StoredPassword>;
  /** As `prove`, and requires a second factor if the user has one. */
  proveBoth(user: string, proof: SecondFactorProof, address: string): Promise<StoredPassword>;
};

export function createLogins(parts: {
  readonly pool: Pool;
  readonly proofs: PasswordProofs;
  readonly changes: PasswordChanges;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly sessions: UserSessions;
  readonly limits: AccessLimits;
  readonly audit: AccountAudit;
}): Logins {
  const { pool, proofs, changes, secondFactors, passkeys, sessions, limits, audit } = parts;

  const checkSecondFactor = async (user: string, purpose: 'login' | 'proof', factor: ShownFactor) => {
    const check = await secondFactors.check(user, purpose, factor);
    if (check.outcome === 'missing') throw new Problem('second-factor-required', { factors: check.factors });
    if (check.outcome === 'wrong') return proofs.reject(check.code, user);
    return check.outcome === 'none' ? null : check.factor;
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

  return {
    async login({ email, password, code, passkey, newPassword }, address) {
      const account = canonicalEmail(email);
      const user = await proofs.login(account, password, address);
      // From here on only a wrong factor counts as a failure. Otherwise codes could be tried without limit.
      const forgive = (): Promise<void> => limits.forgiveLogin(account, address);
      await checkNewPassword(user, newPassword).catch(afterwards(forgive));
      const factor = await checkSecondFactor(user.id, 'login', { code, passkey }).catch(
        afterwards(forgive, wrongFactors),
      );
      const { id, passwordHash: oldHash } = user;
      const hash =
        newPassword === undefined ? oldHash : await changes.replace({ user: id, oldHash, newPassword, keep: null });
      const before = await findUser(pool, id);
      const pair = await sessions.begin(id, hash, factor);
      await Promise.all([forgive(), limits.rememberLogin(account, address)]);
      audit({ act: 'session.login', outcome: 'done', actor: user.id });
      const lastMs = before?.lastLoginAtMs ?? null;
      return { ...pair, previousLoginAt: lastMs === null ? null : new Date(lastMs).toISOString() };
    },
    async passkeyOptions({ email, password }, address) {
      const account = canonicalEmail(email);
      const { id } = await proofs.login(account, password, address);
      await limits.forgiveLogin(account, address);
      return passkeys.challenge(id, 'login');
    },
    prove: proofs.prove,
    async proveBoth(user, { password, ...factor }, address) {
      const stored = await proofs.prove(user, password, address);
      await limits.countLogin(stored.email, address);
      const forgive = (): Promise<void> => limits.forgiveLogin(stored.email, address);
      await checkSecondFactor(user, 'proof', factor).catch(afterwards(forgive, wrongFactors));
      await forgive();
      return stored;
    },
  };
}

const wrongFactors: readonly ProblemCode[] = ['wrong-second-factor', 'wrong-passkey'];

/** For `catch`: runs `work` after every rejection except `not`, and throws the error again. */
const afterwards =
  (work: () => Promise<void>, not: readonly ProblemCode[] = []) =>
  async (error: unknown): Promise<never> => {
    if (!(error instanceof Problem) || !not.includes(error.code)) await work();
    throw error;
  };
