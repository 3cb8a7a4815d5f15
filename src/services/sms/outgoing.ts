// Everything of `sms` that sends texts: codes, codes back and notices, by the providers of the operator and within the caps.
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { createProves } from '../../platform/keys/phone-proofs.ts';
import type { Redis } from '../../platform/redis.ts';
import type { Attest } from './attestations.ts';
import { createChallenges, createCodeBack } from './codes/challenges.ts';
import { createCheckCode } from './codes/check-codes.ts';
import { createGuessLimits } from './codes/guess-limits.ts';
import { createSendCaps } from './codes/send-caps.ts';
import { createCodeSender, resendSecondsMin } from './codes/send-codes.ts';
import type { SmsEnvironment } from './config.ts';
import { createSmsLimit } from './limits.ts';
import { createNotices, noticeMarkSeconds } from './notices.ts';
import type { PhoneNames } from './phone-names.ts';
import { createProviders } from './providers/create-providers.ts';
import { createFailover } from './providers/failover.ts';
import type { BreakerSettings } from './providers/failover.ts';
import { createPoster } from './providers/post.ts';
import { createProviderHealth } from './providers/provider-health.ts';
import { allSenders, sendersBack } from './providers/senders.ts';
import type { SmsMetrics } from './sms-metrics.ts';

export function createOutgoing(parts: {
  readonly settings: SmsEnvironment;
  readonly redis: Redis;
  readonly names: PhoneNames;
  readonly attest: Attest;
  readonly metrics: SmsMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly breakers?: BreakerSettings;
}) {
  const { settings, redis, names, attest, metrics, logger, clock } = parts;
  const { SMS_KEYS: keys, SMS_CODE_COUNTRIES: countries } = settings;
  const poster = createPoster();
  const providers = createProviders(settings.SMS_PROVIDERS, poster, clock);
  const health = createProviderHealth(providers.all, clock);
  const caps = capsOf(settings, redis, names);
  const breakers = parts.breakers && { breakers: parts.breakers };
  const common = { providers: providers.all, caps: caps.code, metrics, health, logger };
  const failover = createFailover({ ...common, ...breakers });
  const senders = { code: allSenders(providers.all), 'text-in-confirmed': sendersBack(providers.all) };
  const challenges = createChallenges(keys.challenges, clock);
  const guesses = createGuessLimits(redis, names, settings.SMS_FAILURES_PER_HOUR);
  const proves = createProves(keys);
  const notices = createNotices({
    names,
    proves,
    marks: createSmsLimit(redis, 'notice', { points: 1, seconds: noticeMarkSeconds }),
    caps: caps.notices,
    failover,
    senders: senders.code,
    countries,
    health,
    metrics,
    clock,
  });
  return {
    providers,
    health,
    notices,
    sender: createCodeSender({
      names,
      challenges,
      guesses,
      caps,
      failover,
      senders,
      proves,
      codeBack: createCodeBack(keys.challenges),
      clock,
      pauses: createSmsLimit(redis, 'pause', { points: 1, seconds: resendSecondsMin }),
      countries,
      voteHost: settings.SMS_VOTE_HOST,
      metrics,
    }),
    check: createCheckCode({ challenges, guesses, names, attest, metrics, clock }),
    async close(): Promise<void> {
      await notices.close();
      failover.close();
      await poster.close();
    },
  };
}

function capsOf(settings: SmsEnvironment, redis: Redis, names: PhoneNames) {
  const caps = {
    perPhoneHour: settings.SMS_CODES_PER_PHONE_HOUR,
    perPhoneDay: settings.SMS_CODES_PER_PHONE_DAY,
    perPrefixHour: settings.SMS_CODES_PER_PREFIX_HOUR,
    perHour: settings.SMS_CODES_PER_HOUR,
    perDay: settings.SMS_CODES_PER_DAY,
    price: settings.SMS_TEXT_PRICE,
    spendPerDay: settings.SMS_SPEND_PER_DAY,
  };
  return {
    code: createSendCaps(redis, names, caps, 'codes'),
    'text-in-confirmed': createSendCaps(redis, names, caps, 'codes-back'),
    notices: createSendCaps(redis, names, caps, 'notices'),
  };
}
