// Sends a text by the first provider that takes it. Each has its own wait and its own breaker (opossum). A provider that
// did not answer in time may have sent the text all the same: going on is right, because it is the same code.
import CircuitBreaker from 'opossum';
import type { Logger } from '../../../platform/logger.ts';
import { segmentsOf } from '../codes/message-texts.ts';
import { SendFailed } from './provider.ts';
import type { Outbound, OutboundText, Provider } from './provider.ts';
import type { ProviderHealth } from './provider-health.ts';
import type { SendCaps } from '../codes/send-caps.ts';
import type { SmsMetrics } from '../sms-metrics.ts';

/** Longest wait for all providers together, in milliseconds: `api` holds the voter's request meanwhile. */
const sendAllMsMax = 7_000;
/** Not worth asking another provider with less time left than this, in milliseconds. */
const msLeftMin = 250;
/** Most texts that one provider is sending at the same time. */
const sendsAtOnceMax = 200;

export type BreakerSettings = {
  /** Share of failures, in percent, above which a provider is left alone. */
  readonly failuresPercentMax: number;
  /** Fewest tries within the window before that share means anything. */
  readonly triesMin: number;
  readonly windowMs: number;
  /** After this time one text tries the provider again. */
  readonly restMs: number;
};
const breakerSettings: BreakerSettings = {
  failuresPercentMax: 50,
  triesMin: 5,
  windowMs: 30_000,
  restMs: 15_000,
};

export type SendResult = 'sent' | 'not-sent' | 'no-money';
export type Failover = {
  send(text: OutboundText): Promise<SendResult>;
  /** Whether any provider would be asked. */
  available(): boolean;
  close(): void;
};

type Route = {
  readonly name: string;
  readonly msMax: number;
  readonly breaker: CircuitBreaker<[OutboundText, number], void>;
};

export function createFailover(parts: {
  readonly providers: readonly Provider[];
  readonly caps: Pick<SendCaps, 'spend' | 'refund'>;
  readonly metrics: SmsMetrics;
  readonly health: ProviderHealth;
  readonly logger: Logger;
  readonly breakers?: BreakerSettings;
}): Failover {
  const { providers, caps, metrics, health, breakers = breakerSettings } = parts;
  const routes = providers.flatMap(({ name, outbound }): Route[] =>
    outbound ? [{ name, msMax: outbound.msMax, breaker: createBreaker(name, outbound, breakers, parts) }] : [],
  );
  return {
    available: () => routes.some(({ breaker }) => !breaker.opened),
    close: () => routes.forEach(({ breaker }) => breaker.shutdown()),
    async send(text) {
      const deadline = performance.now() + sendAllMsMax;
      const segments = segmentsOf(text.body);
      for (const route of routes) {
        const msLeft = Math.min(route.msMax, deadline - performance.now());
        if (route.breaker.opened || msLeft < msLeftMin) {
          metrics.send(route.name, 'skipped');
          continue;
        }
        // Paid before it is sent, for each provider: a text that timed out may be on the bill of both.
        if (!(await caps.spend(segments))) return 'no-money';
        const outcome = await sendBy(route, text, msLeft, metrics);
        health.tried(route.name, outcome);
        if (outcome === 'sent') return 'sent';
        if (outcome === 'skipped' || outcome === 'recipient') await caps.refund(segments);
      }
      return 'not-sent';
    },
  };
}

async function sendBy(route: Route, text: OutboundText, msLeft: number, metrics: SmsMetrics) {
  const startedMs = performance.now();
  const outcome = await route.breaker.fire(text, msLeft).then(
    () => 'sent' as const,
    // What is no `SendFailed` is the breaker's own rejection: nothing was sent.
    (error: unknown) => (error instanceof SendFailed ? error.fault : ('skipped' as const)),
  );
  metrics.send(route.name, outcome, (performance.now() - startedMs) / 1_000);
  return outcome;
}

/** Who hears that a provider is left alone, or asked again. */
type Heard = { readonly metrics: SmsMetrics; readonly health: ProviderHealth; readonly logger: Logger };

function createBreaker(
  name: string,
  outbound: Outbound,
  settings: BreakerSettings,
  { metrics, health, logger }: Heard,
): Route['breaker'] {
  const breaker = new CircuitBreaker((text: OutboundText, ms: number) => outbound.send(text, ms), {
    name,
    // The wait is bounded where the request is made, so that it is also ended there.
    timeout: false,
    errorThresholdPercentage: settings.failuresPercentMax,
    volumeThreshold: settings.triesMin,
    rollingCountTimeout: settings.windowMs,
    resetTimeout: settings.restMs,
    capacity: sendsAtOnceMax,
    // Nobody reads these, and they sort every latency at each failure.
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    // A wrong number must not count against the provider: anyone could open the breaker with a list of them.
    errorFilter: (error: unknown) => error instanceof SendFailed && error.fault === 'recipient',
  });
  metrics.breaker(name, false);
  breaker.on('open', () => {
    metrics.breaker(name, true);
    health.rests(name, true);
    logger.warn({ provider: name }, 'sms.provider-left-alone');
  });
  breaker.on('close', () => {
    metrics.breaker(name, false);
    health.rests(name, false);
    logger.info({ provider: name }, 'sms.provider-back');
  });
  return breaker;
}
