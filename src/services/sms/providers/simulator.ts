// The simulator: phones that exist only in the memory of this process. The texts of a simulated phone contain codes in
// clear text, so they are never stored elsewhere. Their number is limited. Production rejects the simulator
// (config.ts).
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Provider } from './provider.ts';

/** Most phones in memory. The one without a text for the longest time is removed first. */
const phonesMax = 10_000;
/** Most texts in memory for each phone. */
const textsMax = 20;
/** How long a text is in memory, in milliseconds. */
const textMsMax = 3_600_000;

export type ReceivedText = { readonly from: string; readonly body: string; readonly at: string };

export type Simulator = {
  readonly provider: Provider;
  readonly name: string;
  readonly number: string;
  /** The texts that a phone (E.164) received in the last hour, newest first. */
  textsOf(phone: string): readonly ReceivedText[];
};

export function createSimulator(name: string, number: string, clock: Clock): Simulator {
  // A Map has the order of insertion: a phone that receives a text moves to the end.
  const phones = new Map<string, ReceivedText[]>();
  const fresh = (phone: string): ReceivedText[] =>
    (phones.get(phone) ?? []).filter(({ at }) => isWithin(clock(), Date.parse(at), textMsMax, textMsMax));
  const outbound = {
    msMax: 1_000,
    send({ to, body }: { to: string; body: string }): Promise<void> {
      const texts = [{ from: number, body, at: new Date(clock()).toISOString() }, ...fresh(to)];
      phones.delete(to);
      phones.set(to, texts.slice(0, textsMax));
      const [oldest] = phones.keys();
      if (phones.size > phonesMax && oldest !== undefined) phones.delete(oldest);
      return Promise.resolve();
    },
  };
  const inbound = {
    number,
    acknowledgement: { contentType: 'application/json', body: '{}' },
    // Its texts come from the simulator's routes, so every webhook under its name is rejected.
    read: () => ({ outcome: 'refused' }) as const,
  };
  return { name, number, provider: { name, inbound, outbound, simulated: true }, textsOf: fresh };
}
