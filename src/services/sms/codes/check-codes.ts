// Checks a one-time code. A correct code stays correct for its life, because the first answer may have been lost. A
// code is compared in constant time, only after the guess was counted, and only for the phone that it was sent to.
import type { Clock } from '../../../platform/clock.ts';
import { sameText } from '../../../platform/keys/keyed-hash.ts';
import type { SealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Attest } from '../attestations.ts';
import { secondsLeftOf } from './challenges.ts';
import type { ChallengeClaims } from './challenges.ts';
import type { PhoneNames } from '../phone-names.ts';
import type { GuessLimits } from './guess-limits.ts';
import type { SmsMetrics } from '../sms-metrics.ts';

export type CheckCode = (guess: { challenge: string; phoneKey: string; code: string }) => Promise<Attestation>;

export function createCheckCode(parts: {
  readonly challenges: SealedTokens<ChallengeClaims>;
  readonly guesses: GuessLimits;
  readonly names: Pick<PhoneNames, 'isKeyOf'>;
  readonly attest: Attest;
  readonly metrics: SmsMetrics;
  readonly clock: Clock;
}): CheckCode {
  const { challenges, guesses, names, attest, metrics, clock } = parts;
  return async ({ challenge, phoneKey, code }) => {
    const claims = await challenges.open(challenge);
    // The answer to another phone's challenge is the same as to an expired one.
    if (claims === null || !names.isKeyOf(phoneKey, claims.phone)) {
      metrics.check('expired');
      throw new Problem('code-expired');
    }
    const guess = await guesses.begin(claims.cid);
    if (guess === null) {
      metrics.check('no-tries');
      throw new Problem('too-many-tries', { retryAfterSeconds: secondsLeftOf(claims, clock()) });
    }
    if (!sameText(claims.code, code)) {
      await guess.wasWrong();
      metrics.check('wrong');
      throw new Problem('wrong-code', { triesLeft: guess.triesLeft });
    }
    await guess.wasRight();
    metrics.check('right');
    return attest(claims.method, phoneKey, claims.binding, clock());
  };
}
