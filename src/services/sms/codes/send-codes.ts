// Sends codes by text: makes them, seals them into a challenge and sends the same one again on request. A code leaves
// this process only in the text. Nothing is sent beyond a cap or while Redis cannot count.
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import { mobileCountry } from '../../../platform/phone/mobile-country.ts';
import type { SealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import { Problem } from '../../../protocol/problem.ts';
import { sentCodeDigits } from '../../../protocol/sms-service.ts';
import type { SendCodeAnswer, SendCodeCall } from '../../../protocol/sms-service.ts';
import { boundedTitle, codeSecondsMax, secondsLeftOf } from './challenges.ts';
import type { ChallengeClaims } from './challenges.ts';
import type { Failover } from '../providers/failover.ts';
import type { GuessLimits } from './guess-limits.ts';
import type { RateLimit } from '../../../platform/rate-limits.ts';
import { codeText, tidyTitle } from './message-texts.ts';
import type { SendCaps } from './send-caps.ts';
import type { CodeOutcome, SmsMetrics } from '../sms-metrics.ts';

/** Shortest time before the same code is sent again, in seconds. */
export const resendSecondsMin = 30;

export type CodeSender = {
  send(call: SendCodeCall): Promise<SendCodeAnswer>;
  resend(challenge: string): Promise<SendCodeAnswer>;
  /** Whether a code could be sent now. */
  available(): Promise<boolean>;
};

type CodeSenderParts = {
  readonly challenges: SealedTokens<ChallengeClaims>;
  readonly guesses: GuessLimits;
  readonly caps: SendCaps;
  /** One point per challenge and `resendSecondsMin`. */
  readonly pauses: RateLimit;
  readonly failover: Failover;
  readonly countries: readonly string[];
  readonly voteHost: string | undefined;
  readonly metrics: SmsMetrics;
  readonly clock: Clock;
};

export function createCodeSender(parts: CodeSenderParts): CodeSender {
  const { challenges, guesses, caps, failover, metrics, clock } = parts;

  return {
    async send({ phone, locale, title, rehearsal, binding }) {
      const country = mobileCountry(phone);
      if (country === null || !parts.countries.includes(country)) throw unavailable(metrics, 'country');
      const now = clock();
      const claims: ChallengeClaims = {
        cid: randomBytes(16).toString('base64url'),
        phone,
        code: String(randomInt(10 ** sentCodeDigits)).padStart(sentCodeDigits, '0'),
        binding,
        title: boundedTitle(tidyTitle(title)),
        ...(locale !== undefined && { locale }),
        rehearsal,
        // Whole seconds, the resolution of the seal.
        expiresAtMs: (Math.floor(now / 1_000) + codeSecondsMax) * 1_000,
      };
      return sendChallenge(parts, claims, await challenges.seal(claims, claims.expiresAtMs));
    },
    async resend(challenge) {
      const claims = await challenges.open(challenge);
      if (claims === null) throw new Problem('code-expired');
      if ((await guesses.triesLeft(claims.cid)) === 0) {
        throw new Problem('too-many-tries', { retryAfterSeconds: secondsLeftOf(claims, clock()) });
      }
      return sendChallenge(parts, claims, challenge);
    },
    async available() {
      return failover.available() && (await guesses.budgetLeft()) && (await caps.haveRoom());
    },
  };
}

async function sendChallenge(
  parts: CodeSenderParts,
  claims: ChallengeClaims,
  challenge: string,
): Promise<SendCodeAnswer> {
  const { caps, failover, metrics, pauses, voteHost, clock } = parts;
  if (!(await parts.guesses.budgetLeft())) throw unavailable(metrics, 'over-failures');
  const pause = await pauses.take(claims.cid);
  if (!pause.ok) throw new Problem('too-many-requests', { retryAfterSeconds: pause.retryAfterSeconds });
  const rejection = await caps.take(claims.phone);
  if (rejection !== null) {
    if (rejection.cap !== 'phone') throw unavailable(metrics, `over-${rejection.cap}-cap`);
    metrics.code('over-phone-cap');
    throw new Problem('too-many-codes', { retryAfterSeconds: rejection.retryAfterSeconds });
  }
  const { locale, ...rest } = claims;
  const result = await failover.send({ to: claims.phone, body: codeText({ ...rest, locale, voteHost }) });
  if (result !== 'sent') {
    // The text may not have been sent, so the voter need not wait before the next try.
    await pauses.forget(claims.cid);
    throw unavailable(metrics, result === 'no-money' ? 'over-spend' : 'failed');
  }
  metrics.code('sent');
  return {
    challenge,
    resendAfter: new Date(clock() + resendSecondsMin * 1_000).toISOString(),
    expiresAt: new Date(claims.expiresAtMs).toISOString(),
  };
}

function unavailable(metrics: SmsMetrics, outcome: CodeOutcome): Problem {
  metrics.code(outcome);
  return new Problem('code-unavailable');
}
