// How each provider fares in this process: whether it is left alone, and how many texts it took or did not take lately.
// Sums by the minute, and nothing of any text or phone.
import type { Clock } from '../../../platform/clock.ts';
import { reportWindowMinutes } from '../../../protocol/provider-health.ts';
import type { ProviderReport } from '../../../protocol/provider-health.ts';
import type { Provider } from './provider.ts';
import type { SendOutcome } from '../sms-metrics.ts';

const minuteMs = 60_000;

export type ProviderHealth = {
  /** What came of a try to send. A number that cannot be texted is not the provider's failure. */
  tried(provider: string, outcome: SendOutcome): void;
  rests(provider: string, resting: boolean): void;
  /** Of all providers, in the operator's order. */
  now(): ProviderReport['providers'];
};

type Minute = { readonly minute: number; sent: number; failed: number };
type Kept = { resting: boolean; minutes: Minute[] };

export function createProviderHealth(providers: readonly Provider[], clock: Clock): ProviderHealth {
  const kept = new Map<string, Kept>(providers.map(({ name }) => [name, { resting: false, minutes: [] }]));
  const thisMinute = (): number => Math.floor(clock() / minuteMs);
  const within = (minutes: readonly Minute[]): Minute[] => {
    const now = thisMinute();
    // A clock that was set back must not keep minutes of the future for ever.
    return minutes.filter(({ minute }) => minute > now - reportWindowMinutes && minute <= now);
  };
  return {
    tried(provider, outcome) {
      const one = kept.get(provider);
      if (!one || outcome === 'skipped' || outcome === 'recipient') return;
      const minute = thisMinute();
      let current = one.minutes.find((each) => each.minute === minute);
      if (!current) {
        current = { minute, sent: 0, failed: 0 };
        one.minutes = [...within(one.minutes), current];
      }
      current[outcome === 'sent' ? 'sent' : 'failed'] += 1;
    },
    rests(provider, resting) {
      const one = kept.get(provider);
      if (one) one.resting = resting;
    },
    now() {
      return providers.map(({ name, inbound, outbound }) => {
        const { resting = false, minutes = [] } = kept.get(name) ?? {};
        const sum = (of: 'sent' | 'failed'): number => within(minutes).reduce((total, each) => total + each[of], 0);
        return {
          name,
          receives: inbound !== undefined,
          sends: outbound !== undefined,
          resting,
          sent: sum('sent'),
          failed: sum('failed'),
        };
      });
    },
  };
}
