// Sends codes by text: makes them, seals them into a challenge and sends the same one again on request. A code leaves
// this process only in the text. Nothing is sent beyond a cap or while Redis cannot count. A code back is sent only to a
// phone that texted the code of its session: `api` cannot have one sent to another.
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import { mobileCountry } from '../../../platform/phone/mobile-country.ts';
import { isWithin } from '../../../platform/clock.ts';
import type { Proves } from '../../../platform/keys/phone-proofs.ts';
import type { SealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';
import { Problem } from '../../../protocol/problem.ts';
import { sentCodeDigits } from '../../../protocol/sms-service.ts';
import type { ConfirmCall, SendCodeAnswer, SendCodeCall } from '../../../protocol/sms-service.ts';
import { boundedTitle, codeSecondsMax, secondsLeftOf } from './challenges.ts';
import type { ChallengeClaims, CodeBack, createCodeBack } from './challenges.ts';
import type { Failover, Senders } from '../providers/failover.ts';
import type { GuessLimits } from './guess-limits.ts';
import type { RateLimit } from '../../../platform/rate-limits.ts';
import { codeText, tidyTitle } from './message-texts.ts';
import type { PhoneNames } from '../phone-names.ts';
import type { SendCaps } from './send-caps.ts';
import type { CodeOutcome, SmsMetrics } from '../sms-metrics.ts';

/** Shortest time before the same code is sent again, in seconds. */
export const resendSecondsMin = 30;

export type CodeSender = {
  send(call: SendCodeCall): Promise<SendCodeAnswer>;
  /** Sends a code back to a phone that texted. Within the pause the answer is the same, and nothing is sent. */
  confirm(call: ConfirmCall): Promise<SendCodeAnswer>;
  resend(challenge: string): Promise<SendCodeAnswer>;
  /** Whether a code that proves this method could be sent now. */
  available(method: ChallengeClaims['method']): Promise<boolean>;
};

type CodeSenderParts = {
  readonly names: PhoneNames;
  readonly challenges: SealedTokens<ChallengeClaims>;
  readonly guesses: GuessLimits;
  readonly caps: Readonly<Record<ChallengeClaims['method'], SendCaps>>;
  /** One point per challenge and `resendSecondsMin`. */
  readonly pauses: RateLimit;
  readonly failover: Failover;
  /** The providers of codes and of codes back. */
  readonly senders: Readonly<Record<ChallengeClaims['method'], Senders>>;
  readonly proves: Proves;
  readonly codeBack: ReturnType<typeof createCodeBack>;
  readonly countries: readonly string[];
  readonly voteHost: string | undefined;
  readonly metrics: SmsMetrics;
  readonly clock: Clock;
};

export function createCodeSender(parts: CodeSenderParts): CodeSender {
  const { names, challenges, guesses, caps, failover, metrics, clock } = parts;
  const claimsOf = (
    call: SendCodeCall,
    method: ChallengeClaims['method'],
    { cid, code, expiresAtMs }: CodeBack,
  ): ChallengeClaims => {
    const { phone, locale, title, rehearsal, binding } = call;
    const country = mobileCountry(phone);
    if (country === null || !parts.countries.includes(country)) throw unavailable(metrics, 'country');
    const text = { title: boundedTitle(tidyTitle(title)), rehearsal, ...(locale !== undefined && { locale }) };
    return { cid, method, phone, code, binding, ...text, expiresAtMs };
  };
  const anyTriesLeft = async (claims: ChallengeClaims): Promise<void> => {
    if ((await guesses.triesLeft(claims.cid)) > 0) return;
    throw new Problem('too-many-tries', { retryAfterSeconds: secondsLeftOf(claims, clock()) });
  };

  return {
    async send(call) {
      const claims = claimsOf(call, 'code', {
        cid: randomBytes(16).toString('base64url'),
        code: String(randomInt(10 ** sentCodeDigits)).padStart(sentCodeDigits, '0'),
        expiresAtMs: endOfCode(clock()),
      });
      return sendChallenge(parts, claims, await challenges.seal(claims, claims.expiresAtMs));
    },
    async confirm({ text, ...call }) {
      const back = parts.codeBack(call.binding, text);
      const now = clock();
      const live = isWithin(now, text.verifiedAtMs, back.expiresAtMs - text.verifiedAtMs, clockSkewSeconds * 1_000);
      if (
        !live ||
        text.method !== 'text-in' ||
        !names.isProven(call.phone, (phoneKey) => parts.proves(text, { phoneKey, binding: call.binding }))
      ) {
        metrics.code('unproven');
        throw new Problem('code-expired');
      }
      const expiresAtMs = Math.min(back.expiresAtMs, endOfCode(now));
      const claims = claimsOf(call, 'text-in-confirmed', { ...back, expiresAtMs });
      await anyTriesLeft(claims);
      return sendChallenge(parts, claims, await challenges.seal(claims, expiresAtMs), 'same answer in the pause');
    },
    async resend(challenge) {
      const claims = await challenges.open(challenge);
      if (claims === null) throw new Problem('code-expired');
      await anyTriesLeft(claims);
      return sendChallenge(parts, claims, challenge);
    },
    async available(method) {
      if (!failover.available(parts.senders[method])) return false;
      return (await guesses.budgetLeft()) && (await caps[method].haveRoom());
    },
  };
}

/** In whole seconds, the resolution of the seal. */
const endOfCode = (nowMs: number): number => (Math.floor(nowMs / 1_000) + codeSecondsMax) * 1_000;

async function sendChallenge(
  parts: CodeSenderParts,
  claims: ChallengeClaims,
  challenge: string,
  again: 'refused in the pause' | 'same answer in the pause' = 'refused in the pause',
): Promise<SendCodeAnswer> {
  const { failover, metrics, pauses, voteHost, clock } = parts;
  const { locale, expiresAtMs, ...rest } = claims;
  const answerAfter = (seconds: number): SendCodeAnswer => ({
    challenge,
    resendAfter: new Date(clock() + seconds * 1_000).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
  });
  if (!(await parts.guesses.budgetLeft())) throw unavailable(metrics, 'over-failures');
  const pause = await pauses.take(claims.cid);
  if (!pause.ok) {
    if (again === 'same answer in the pause') return answerAfter(pause.retryAfterSeconds);
    throw new Problem('too-many-requests', { retryAfterSeconds: pause.retryAfterSeconds });
  }
  await takeCaps(parts, claims);
  const text = { to: claims.phone, body: codeText({ ...rest, locale, voteHost }) };
  const result = await failover.send(text, parts.senders[claims.method]);
  if (result !== 'sent') {
    // The text may not have been sent, so the voter need not wait before the next try.
    await pauses.forget(claims.cid);
    throw unavailable(metrics, result === 'no-money' ? 'over-spend' : 'failed');
  }
  metrics.code('sent');
  return answerAfter(resendSecondsMin);
}

async function takeCaps(
  { caps, pauses, metrics }: CodeSenderParts,
  { cid, method, phone }: ChallengeClaims,
): Promise<void> {
  const rejection = await caps[method].take(phone);
  if (rejection === null) return;
  // Nothing was sent: the next call must not be answered as if it had been.
  await pauses.forget(cid);
  if (rejection.cap !== 'phone') throw unavailable(metrics, `over-${rejection.cap}-cap`);
  metrics.code('over-phone-cap');
  throw new Problem('too-many-codes', { retryAfterSeconds: rejection.retryAfterSeconds });
}

function unavailable(metrics: SmsMetrics, outcome: CodeOutcome): Problem {
  metrics.code(outcome);
  return new Problem('code-unavailable');
}
