// The health of each provider in this process: whether its circuit breaker is open, and how many texts it accepted or
// failed in the last minutes; and the same of notices. Only sums per minute, and nothing of any text or phone.
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
  recordNotice(outcome: Outcome): void;
  /** Notices of the last minutes. */
  notices(): ProviderReport['notices'];
  /** The report of all providers, in the operator's order. */
  now(): ProviderReport['providers'];
};

type Outcome = 'sent' | 'failed';
type Sums = { add(outcome: Outcome): void; sum(outcome: Outcome): number };
type ProviderState = { resting: boolean; readonly sums: Sums };

export function createProviderHealth(providers: readonly Provider[], clock: Clock): ProviderHealth {
  const states = new Map<string, ProviderState>(
    providers.map(({ name }) => [name, { resting: false, sums: createSums(clock) }]),
  );
  const noticeSums = createSums(clock);
  return {
    recordSend(provider, outcome) {
      if (outcome === 'skipped' || outcome === 'recipient') return;
      states.get(provider)?.sums.add(outcome === 'sent' ? 'sent' : 'failed');
    },
    setResting(provider, resting) {
      const state = states.get(provider);
      if (state) state.resting = resting;
    },
    recordNotice: (outcome) => noticeSums.add(outcome),
    notices: () => ({ sent: noticeSums.sum('sent'), failed: noticeSums.sum('failed') }),
    now() {
      return providers.map(({ name, inbound, outbound, simulated }) => {
        const { resting = false, sums } = states.get(name) ?? {};
        return {
          name,
          receives: inbound !== undefined,
          sends: outbound !== undefined,
          resting,
          sent: sums?.sum('sent') ?? 0,
          failed: sums?.sum('failed') ?? 0,
          ...(simulated && { simulated }),
        };
      });
    },
  };
}

type Minute = { readonly minute: number } & Record<Outcome, number>;

// Sums of the last minutes.
function createSums(clock: Clock): Sums {
  let minutes: Minute[] = [];
  const thisMinute = (): number => Math.floor(clock() / minuteMs);
  const recent = (): Minute[] => {
    const now = thisMinute();
    // After the clock is set back, minutes of the future must not stay forever.
    return minutes.filter(({ minute }) => minute > now - reportWindowMinutes && minute <= now);
  };
  return {
    add(outcome) {
      const minute = thisMinute();
      let current = minutes.find((each) => each.minute === minute);
      if (!current) {
        current = { minute, sent: 0, failed: 0 };
        minutes = [...recent(), current];
      }
      current[outcome] += 1;
    },
    sum: (outcome) => recent().reduce((total, each) => total + each[outcome], 0),
  };
}
