// The health of each provider in this process: whether its circuit breaker is open, and how many texts it accepted or
// failed in the last minutes. Only sums per minute, and nothing of any text or phone.
import type { Clock } from '../../../platform/clock.ts';
import { reportWindowMinutes } from '../../../protocol/provider-health.ts';
import type { ProviderReport } from '../../../protocol/provider-health.ts';
import type { Provider } from './provider.ts';
import type { SendOutcome } from '../sms-metrics.ts';

const minuteMs = 60_000;

export type ProviderHealth = {
  /**
   * Records the outcome of a try to send. `skipped` and `recipient` are not counted: they are not the provider's
   * failures.
   */
  recordSend(provider: string, outcome: SendOutcome): void;
  setResting(provider: string, resting: boolean): void;
  /** The report of all providers, in the operator's order. */
  now(): ProviderReport['providers'];
};

type Minute = { readonly minute: number; sent: number; failed: number };
type ProviderState = { resting: boolean; minutes: Minute[] };

export function createProviderHealth(providers: readonly Provider[], clock: Clock): ProviderHealth {
  const states = new Map<string, ProviderState>(providers.map(({ name }) => [name, { resting: false, minutes: [] }]));
  const thisMinute = (): number => Math.floor(clock() / minuteMs);
  const within = (minutes: readonly Minute[]): Minute[] => {
    const now = thisMinute();
    // After the clock is set back, minutes of the future must not stay forever.
    return minutes.filter(({ minute }) => minute > now - reportWindowMinutes && minute <= now);
  };
  return {
    recordSend(provider, outcome) {
      const state = states.get(provider);
      if (!state || outcome === 'skipped' || outcome === 'recipient') return;
      const minute = thisMinute();
      let current = state.minutes.find((each) => each.minute === minute);
      if (!current) {
        current = { minute, sent: 0, failed: 0 };
        state.minutes = [...within(state.minutes), current];
      }
      current[outcome === 'sent' ? 'sent' : 'failed'] += 1;
    },
    setResting(provider, resting) {
      const state = states.get(provider);
      if (state) state.resting = resting;
    },
    now() {
      return providers.map(({ name, inbound, outbound, simulated }) => {
        const { resting = false, minutes = [] } = states.get(name) ?? {};
        const sum = (of: 'sent' | 'failed'): number => within(minutes).reduce((total, each) => total + each[of], 0);
        return {
          name,
          receives: inbound !== undefined,
          sends: outbound !== undefined,
          resting,
          sent: sum('sent'),
          failed: sum('failed'),
          ...(simulated && { simulated }),
        };
      });
    },
  };
}
