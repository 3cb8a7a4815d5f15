// The second factor: time-based codes of an authenticator (TOTP, RFC 6238) by otpauth, and recovery codes for a lost
// authenticator. A code works once, even in two simultaneous requests. Codes and secrets are never logged.
import { Secret, TOTP } from 'otpauth';
import type { Clock } from '../../platform/clock.ts';
import type { SealedTexts } from '../../platform/keys/sealed-texts.ts';
import { Problem } from '../../protocol/problem.ts';
import {
  confirmSecondFactor,
  findSecondFactor,
  offerSecondFactor,
  removeSecondFactor,
  takeCode,
  takeRecoveryCode,
} from '../../store/access/second-factors.ts';
import type { Pool } from '../../store/database.ts';
import { readableSecret } from './secret-tokens.ts';
import type { SecretTokens } from './secret-tokens.ts';

// Supported by every authenticator: SHA-1, six digits, thirty seconds. The secret has 160 bits (RFC 4226, section 4).
const form = { issuer: 'PopVote', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const secretBytes = 20;
/** Accepted steps before and after the present one: clocks of phones are not exact. */
const stepsAside = 1;
const recoveryCodesPerUser = 10;
/** Groups of four characters in a recovery code: 80 bits. */
const recoveryGroups = 4;

export type SecondFactors = {
  /**
   * Checks the second factor of a login: `none` if the user has no second factor, `missing` if a code is needed,
   * `right` (the code is now spent) or `wrong`.
   */
  check(user: string, code: string | undefined): Promise<'none' | 'missing' | 'right' | 'wrong'>;
  /** Returns a secret for a new authenticator, not yet confirmed. Throws `conflict` if a factor is confirmed. */
  offer(user: string, label: string): Promise<{ readonly secret: string; readonly uri: string }>;
  /** Returns recovery codes, shown once, and the ended sessions. Throws `wrong-second-factor` or `conflict`. */
  confirm(
    by: { readonly user: string; readonly session: string },
    code: string,
  ): Promise<{ readonly recoveryCodes: string[]; readonly ended: readonly string[] }>;
  remove(user: string): Promise<boolean>;
};

export function createSecondFactors(parts: {
  readonly pool: Pool;
  readonly secrets: SealedTexts;
  readonly tokens: SecretTokens;
  readonly clock: Clock;
}): SecondFactors {
  const { pool, secrets, tokens, clock } = parts;
  /** The time step of a right code, or null. */
  const stepOf = async (sealed: string, user: string, code: string): Promise<number | null> => {
    const secret = Secret.fromBase32(await secrets.open(sealed, user));
    const now = clock();
    const delta = TOTP.validate({ ...form, secret, token: code, timestamp: now, window: stepsAside });
    return delta === null ? null : Math.floor(now / 1_000 / form.period) + delta;
  };
  // The tag includes the user: the same text is a different code for another user.
  const recoveryTag = (user: string, code: string): Buffer => tokens.tag('recovery', `${user}|${code}`);

  return {
    async check(user, code) {
      const factor = await findSecondFactor(pool, user);
      if (!factor?.confirmed) return 'none';
      if (code === undefined) return 'missing';
      if (!/^\d{6}$/.test(code)) {
        return (await takeRecoveryCode(pool, user, recoveryTag(user, code))) ? 'right' : 'wrong';
      }
      const step = await stepOf(factor.sealed, user, code);
      return step !== null && (await takeCode(pool, user, step)) ? 'right' : 'wrong';
    },
    async offer(user, label) {
      const totp = new TOTP({ ...form, label, secret: new Secret({ size: secretBytes }) });
      const secret = totp.secret.base32;
      if (!(await offerSecondFactor(pool, user, await secrets.seal(secret, user)))) throw factorConflict();
      return { secret, uri: totp.toString() };
    },
    async confirm({ user, session }, code) {
      const factor = await findSecondFactor(pool, user);
      if (!factor || factor.confirmed) throw factorConflict();
      const step = await stepOf(factor.sealed, user, code);
      if (step === null) throw new Problem('wrong-second-factor');
      const recoveryCodes = Array.from({ length: recoveryCodesPerUser }, () => readableSecret(recoveryGroups));
      const { outcome, ended } = await confirmSecondFactor(pool, {
        user,
        step,
        sealed: factor.sealed,
        keep: session,
        recovery: recoveryCodes.map((text) => recoveryTag(user, text.replaceAll('-', ''))),
      });
      if (outcome === 'refused') throw factorConflict();
      return { recoveryCodes, ended };
    },
    remove: (user) => removeSecondFactor(pool, user),
  };
}

function factorConflict(): Problem {
  return new Problem('conflict', {
    detail: 'Request a new secret first. If a second factor is confirmed, remove it before that. Nothing was changed.',
  });
}
