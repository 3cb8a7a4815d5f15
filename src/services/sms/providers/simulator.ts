// The simulator: phones that exist only in the memory of this process. What a simulated phone received holds codes in
// clear, so it is never written anywhere else, and it is bounded. Production refuses it (config.ts).
import type { Clock } from '../../../platform/clock.ts';
import type { Provider } from './provider.ts';

/** Most phones remembered; the one that was quiet longest is forgotten first. */
const phonesMax = 10_000;
/** Most texts remembered for each phone. */
const textsMax = 20;
/** How long a text is remembered, in milliseconds. */
const textMsMax = 3_600_000;

export type ReceivedText = { readonly from: string; readonly body: string; readonly at: string };

export type Simulator = {
  readonly provider: Provider;
  readonly name: string;
  readonly number: string;
  /** What a phone (E.164) received, newest first. */
  textsOf(phone: string): readonly ReceivedText[];
};

export function createSimulator(name: string, number: string, clock: Clock): Simulator {
  // A Map keeps the order of insertion: a phone that is texted moves to the end.
  const phones = new Map<string, ReceivedText[]>();
  const fresh = (phone: string): ReceivedText[] =>
    (phones.get(phone) ?? []).filter(({ at }) => Date.parse(at) > clock() - textMsMax);
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
    thanks: { contentType: 'application/json', body: '{}' },
    // Its texts come by its own calls; a webhook in its name is nobody's.
    read: () => ({ outcome: 'refused' }) as const,
  };
  return { name, number, provider: { name, inbound, outbound }, textsOf: fresh };
}
