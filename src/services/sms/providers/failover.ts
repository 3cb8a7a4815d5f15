// Sends a text by the first provider that accepts it. Each has a timeout and a circuit breaker (opossum). A provider
// that timed out may have sent the text. Trying the next one is still right, because it is the same code.
import CircuitBreaker from 'opossum';
import type { Logger } from '../../../platform/logger.ts';
import { segmentsOf } from '../codes/message-texts.ts';
import { SendFailed } from './provider.ts';
import type { Outbound, OutboundText, Provider } from './provider.ts';
import type { ProviderHealth } from './provider-health.ts';
import type { SendCaps } from '../codes/send-caps.ts';
import type { SmsMetrics } from '../sms-metrics.ts';

/** Longest wait for all providers together, in milliseconds. The voter's request in `api` waits meanwhile. */
const sendAllMsMax = 7_000;
/** With less time left than this, in milliseconds, no other provider is tried. */
const msLeftMin = 250;
/** Most texts that one provider sends at the same time. */
const sendsAtOnceMax = 200;

export type BreakerSettings = {
  /** Share of failures, in percent, above which a provider's breaker opens. */
  readonly failuresPercentMax: number;
  /** Fewest tries within the window before that share is evaluated. */
  readonly triesMin: number;
  readonly windowMs: number;
  /** After this time, in milliseconds, one text tries the provider again. */
  readonly restMs: number;
};
const breakerSettings: BreakerSettings = {
  failuresPercentMax: 50,
  triesMin: 5,
  windowMs: 30_000,
  restMs: 15_000,
};

/** The names of the providers that may send a text. */
export type Senders = ReadonlySet<string>;

export type SendResult = 'sent' | 'not-sent' | 'no-money';
export type Failover = {
  send(text: OutboundText, by: Senders): Promise<SendResult>;
  /** Whether the breaker of any of these providers is closed. */
  available(by: Senders): boolean;
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
    available: (by) => routes.some(({ name, breaker }) => by.has(name) && !breaker.opened),
    close: () => routes.forEach(({ breaker }) => breaker.shutdown()),
    async send(text, by) {
      const deadline = performance.now() + sendAllMsMax;
      const segments = segmentsOf(text.body);
      for (const route of routes) {
        if (!by.has(route.name)) continue;
        const msLeft = Math.min(route.msMax, deadline - performance.now());
        if (route.breaker.opened || msLeft < msLeftMin) {
          metrics.send(route.name, 'skipped');
          continue;
        }
        // Each provider's price is taken before sending: after a timeout both may bill the text.
        if (!(await caps.spend(segments))) return 'no-money';
        const outcome = await sendBy(route, text, msLeft, metrics);
        health.recordSend(route.name, outcome);
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
    // Any error but `SendFailed` is the breaker's rejection, and nothing was sent.
    (error: unknown) => (error instanceof SendFailed ? error.fault : ('skipped' as const)),
  );
  metrics.send(route.name, outcome, (performance.now() - startedMs) / 1_000);
  return outcome;
}

/** Notified when a breaker opens or closes. */
type BreakerObservers = { readonly metrics: SmsMetrics; readonly health: ProviderHealth; readonly logger: Logger };

function createBreaker(
  name: string,
  outbound: Outbound,
  settings: BreakerSettings,
  { metrics, health, logger }: BreakerObservers,
): Route['breaker'] {
  const breaker = new CircuitBreaker((text: OutboundText, ms: number) => outbound.send(text, ms), {
    name,
    // The request has the timeout, so that a timeout also ends the request.
    timeout: false,
    errorThresholdPercentage: settings.failuresPercentMax,
    volumeThreshold: settings.triesMin,
    rollingCountTimeout: settings.windowMs,
    resetTimeout: settings.restMs,
    capacity: sendsAtOnceMax,
    // These are unused, and they sort every latency at each failure.
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    // A wrong number must not count against the provider. Otherwise a list of them could open the breaker.
    errorFilter: (error: unknown) => error instanceof SendFailed && error.fault === 'recipient',
  });
  metrics.breaker(name, false);
  breaker.on('open', () => {
    metrics.breaker(name, true);
    health.setResting(name, true);
    logger.warn({ provider: name }, 'sms.provider-left-alone');
  });
  breaker.on('close', () => {
    metrics.breaker(name, false);
    health.setResting(name, false);
    logger.info({ provider: name }, 'sms.provider-back');
  });
  return breaker;
}
