// The logic of `sms`, made from its settings, a Redis connection and a clock.
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CountryCode } from '../../platform/phone/phone-number.ts';
import type { Redis } from '../../platform/redis.ts';
import { createAttest } from './attestations.ts';
import { createChallenges } from './codes/challenges.ts';
import { createCheckCode } from './codes/check-codes.ts';
import type { CheckCode } from './codes/check-codes.ts';
import type { SmsEnvironment } from './config.ts';
import { createFailover } from './providers/failover.ts';
import type { BreakerSettings } from './providers/failover.ts';
import { createFindChannels } from './find-channels.ts';
import type { FindChannels } from './find-channels.ts';
import { createGuessLimits } from './codes/guess-limits.ts';
import { createSmsLimit } from './limits.ts';
import { createTextCodes } from '../../platform/keys/text-codes.ts';
import { createPhoneNames } from './phone-names.ts';
import { createPoster } from './providers/post.ts';
import { createProviderHealth } from './providers/provider-health.ts';
import { createProviders } from './providers/create-providers.ts';
import type { Providers } from './providers/create-providers.ts';
import { createReceiveText } from './inbound/receive-text.ts';
import type { ReceiveText } from './inbound/receive-text.ts';
import { createReporting } from './reporting.ts';
import type { Reporting } from './reporting.ts';
import { createSendCaps } from './codes/send-caps.ts';
import { createCodeSender, resendSecondsMin } from './codes/send-codes.ts';
import type { CodeSender } from './codes/send-codes.ts';
import { createSmsMetrics } from './sms-metrics.ts';
import type { SmsMetrics } from './sms-metrics.ts';
import { TextKeeper } from './inbound/text-keeper.ts';
import { createMakeTextCodes } from './inbound/make-text-codes.ts';
import type { MakeTextCodes } from './inbound/make-text-codes.ts';
import { createTextMemory } from './inbound/text-memory.ts';

export type SmsDependencies = {
  readonly settings: SmsEnvironment;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly breakers?: BreakerSettings;
  /** For which the keys in Redis are folded; the promised rate if undefined. */
  readonly votesPerSecond?: number;
};

export type SmsLogic = {
  readonly providers: Providers;
  readonly receive: ReceiveText;
  readonly sender: CodeSender;
  readonly check: CheckCode;
  readonly makeTextCodes: MakeTextCodes;
  readonly findChannels: FindChannels;
  readonly reporting: Reporting;
  readonly smsMetrics: SmsMetrics;
  readonly region: CountryCode;
  /** Answers the webhooks that wait. To be called before the applications close: they wait for their requests. */
  stopReceiving(): Promise<void>;
  close(): Promise<void>;
};

export function createSmsLogic(dependencies: SmsDependencies): SmsLogic {
  const { settings, redis, logger, clock } = dependencies;
  const { SMS_KEYS: keys, PHONE_REGION: region } = settings;
  const smsMetrics = createSmsMetrics(dependencies.metrics);
  const poster = createPoster();
  const providers = createProviders(settings.SMS_PROVIDERS, poster, clock);
  const names = createPhoneNames(keys);
  const attest = createAttest(keys.attestations);
  const codes = createTextCodes(keys.codes);
  const challenges = createChallenges(keys.challenges, clock);
  const guesses = createGuessLimits(redis, names, settings.SMS_FAILURES_PER_HOUR);
  const caps = createSendCaps(redis, names, capsOf(settings));
  const breakers = dependencies.breakers && { breakers: dependencies.breakers };
  const health = createProviderHealth(providers.all, clock);
  const failover = createFailover({ providers: providers.all, caps, metrics: smsMetrics, health, logger, ...breakers });
  const sender = createCodeSender({
    challenges,
    guesses,
    caps,
    failover,
    clock,
    pauses: createSmsLimit(redis, 'pause', { points: 1, seconds: resendSecondsMin }),
    countries: settings.SMS_CODE_COUNTRIES,
    voteHost: settings.SMS_VOTE_HOST,
    metrics: smsMetrics,
  });
  const memory = createTextMemory(redis, dependencies.votesPerSecond);
  const keeper = new TextKeeper({ memory, metrics: smsMetrics, logger, clock });
  const onReady = (): void => keeper.connected();
  redis.on('ready', onReady);
  if (redis.status === 'ready') onReady();
  const channelSources = {
    providers: providers.all,
    canRemember: () => redis.status === 'ready',
    codesAvailable: () => sender.available(),
    clock,
  };
  // It has a separate cache of channels, so that a report never changes the answer to a voter.
  const reporting = createReporting({
    redis,
    health,
    findChannels: createFindChannels(channelSources),
    clock,
    logger,
    metrics: smsMetrics,
  });
  return {
    providers,
    sender,
    smsMetrics,
    region,
    receive: createReceiveText({ names, attest, codes, keeper, metrics: smsMetrics, region, clock }),
    check: createCheckCode({ challenges, guesses, names, attest, metrics: smsMetrics, clock }),
    makeTextCodes: createMakeTextCodes({ codes, metrics: smsMetrics, clock }),
    findChannels: createFindChannels(channelSources),
    reporting,
    async stopReceiving() {
      redis.off('ready', onReady);
      await keeper.close();
    },
    async close() {
      await reporting.stop();
      failover.close();
      await poster.close();
    },
  };
}

function capsOf(settings: SmsEnvironment) {
  return {
    perPhoneHour: settings.SMS_CODES_PER_PHONE_HOUR,
    perPhoneDay: settings.SMS_CODES_PER_PHONE_DAY,
    perPrefixHour: settings.SMS_CODES_PER_PREFIX_HOUR,
    perHour: settings.SMS_CODES_PER_HOUR,
    perDay: settings.SMS_CODES_PER_DAY,
    price: settings.SMS_TEXT_PRICE,
    spendPerDay: settings.SMS_SPEND_PER_DAY,
  };
}
