// The second factor: time-based codes of an authenticator (TOTP, RFC 6238) by otpauth, passkeys, and recovery codes for
// who lost them. A code works once, even in two simultaneous requests. Codes and secrets are never logged.
import { Secret, TOTP } from 'otpauth';
import type { Clock } from '../../../platform/clock.ts';
import type { SealedTexts } from '../../../platform/keys/sealed-texts.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PasskeyProof } from '../../../protocol/control/passkey-api.ts';
import type { SecondFactorKind } from '../../../protocol/problem.ts';
import { findFactors } from '../../../store/access/passkeys.ts';
import type { ChallengePurpose } from '../../../store/access/passkeys.ts';
import {
  confirmSecondFactor,
  findSecondFactor,
  offerSecondFactor,
  removeAuthenticator,
  takeCode,
  takeRecoveryCode,
} from '../../../store/access/second-factors.ts';
import type { SessionFactor } from '../../../store/access/sessions.ts';
import type { Pool } from '../../../store/database.ts';
import type { Passkeys } from './passkeys.ts';
import type { RecoveryCodeMaker } from './recovery-codes.ts';

// Supported by every authenticator: SHA-1, six digits, thirty seconds. The secret has 160 bits (RFC 4226, section 4).
const form = { issuer: 'PopVote', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const secretBytes = 20;
/** Accepted steps before and after the present one: clocks of phones are not exact. */
const stepsAside = 1;

/** What a user shows besides the password. A passkey counts before a code. */
export type ShownFactor = { readonly code?: string | undefined; readonly passkey?: PasskeyProof | undefined };
export type FactorCheck =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'missing'; readonly factors: readonly SecondFactorKind[] }
  | { readonly outcome: 'wrong'; readonly code: 'wrong-second-factor' | 'wrong-passkey' }
  /** The code or challenge is now spent. */
  | { readonly outcome: 'right'; readonly factor: SessionFactor };

export type SecondFactors = {
  /** Checks the second factor of a user. `none`: the user has none, and nothing is required. */
  check(user: string, purpose: ChallengePurpose, factor: ShownFactor): Promise<FactorCheck>;
  /** Returns a secret for a new authenticator, not yet confirmed. Throws `conflict` if a factor is confirmed. */
  offer(user: string, label: string): Promise<{ readonly secret: string; readonly uri: string }>;
  /** Returns recovery codes, shown once, and the ended sessions. Throws `wrong-second-factor` or `conflict`. */
  confirm(
    by: { readonly user: string; readonly session: string },
    code: string,
  ): Promise<{ readonly recoveryCodes: string[]; readonly ended: readonly string[] }>;
  /** Removes the authenticator. */
  remove(user: string): Promise<boolean>;
};

export function createSecondFactors(parts: {
  readonly pool: Pool;
  readonly secrets: SealedTexts;
  readonly passkeys: Passkeys;
  readonly recovery: RecoveryCodeMaker;
  readonly clock: Clock;
}): SecondFactors {
  const { pool, secrets, passkeys, recovery, clock } = parts;
  /** The time step of a right code, or null. */
  const stepOf = async (sealed: string, user: string, code: string): Promise<number | null> => {
    const secret = Secret.fromBase32(await secrets.open(sealed, user));
    const now = clock();
    const delta = TOTP.validate({ ...form, secret, token: code, timestamp: now, window: stepsAside });
    return delta === null ? null : Math.floor(now / 1_000 / form.period) + delta;
  };
  const isRightCode = async (user: string, code: string): Promise<boolean> => {
    if (!/^\d{6}$/.test(code)) {
      for (const tag of recovery.tagsOf(user, code)) if (await takeRecoveryCode(pool, user, tag)) return true;
      return false;
    }
    const factor = await findSecondFactor(pool, user);
    const step = factor?.confirmed === true ? await stepOf(factor.sealed, user, code) : null;
    return step !== null && (await takeCode(pool, user, step));
  };

  return {
    async check(user, purpose, { code, passkey }) {
      const factors = await findFactors(pool, user);
      const kinds = [
        ...(factors.passkeys > 0 ? (['passkey'] as const) : []),
        ...(factors.authenticator ? (['authenticator'] as const) : []),
      ];
      if (kinds.length === 0) return { outcome: 'none' };
      if (passkey !== undefined) {
        const right = await passkeys.check(user, purpose, passkey);
        return right ? { outcome: 'right', factor: 'pop' } : { outcome: 'wrong', code: 'wrong-passkey' };
      }
      if (code === undefined) return { outcome: 'missing', factors: kinds };
      return (await isRightCode(user, code))
        ? { outcome: 'right', factor: 'otp' }
        : { outcome: 'wrong', code: 'wrong-second-factor' };
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
      const { texts: recoveryCodes, tags } = recovery.make(user);
      const { outcome, ended } = await confirmSecondFactor(pool, {
        user,
        step,
        sealed: factor.sealed,
        keep: session,
        recovery: tags,
      });
      if (outcome === 'refused') throw factorConflict();
      return { recoveryCodes, ended };
    },
    remove: (user) => removeAuthenticator(pool, user),
  };
}

function factorConflict(): Problem {
  return new Problem('conflict', {
    detail: 'Request a new secret first. If a second factor is confirmed, remove it before that. Nothing was changed.',
  });
}
