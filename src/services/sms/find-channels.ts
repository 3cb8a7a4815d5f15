// The channels that voters can use now: a number to text to, and whether codes and codes back can be sent. A channel that does not
// work is not offered. The answer is cached briefly, because `api` requests it for every session.
import { isWithin } from '../../platform/clock.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Channels } from '../../protocol/sms-service.ts';
import type { Provider } from './providers/provider.ts';

/** How long an answer is cached, in milliseconds. */
const answerMsMax = 1_000;

export type FindChannels = () => Promise<Channels>;

export function createFindChannels(parts: {
  readonly providers: readonly Provider[];
  /** Whether inbound texts can be stored. Without Redis no text can verify anyone. */
  readonly canRemember: () => boolean;
  readonly codesAvailable: () => Promise<boolean>;
  readonly confirmationsAvailable: () => Promise<boolean>;
  readonly clock: Clock;
}): FindChannels {
  const { providers, canRemember, codesAvailable, confirmationsAvailable, clock } = parts;
  const number = providers.find(({ inbound }) => inbound !== undefined)?.inbound?.number ?? null;
  let cache: { readonly channels: Promise<Channels>; readonly readAtMs: number } | undefined;
  const read = async (): Promise<Channels> => ({
    textIn: { sendTo: canRemember() ? number : null },
    code: { available: await codesAvailable().catch(() => false) },
    confirmation: { available: await confirmationsAvailable().catch(() => false) },
  });
  return () => {
    const now = clock();
    if (!cache || !isWithin(now, cache.readAtMs, answerMsMax)) cache = { channels: read(), readAtMs: now };
    return cache.channels;
  };
}
