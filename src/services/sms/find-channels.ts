// What is offered to voters at the moment: a number to text to, and whether codes can be sent. A channel that does not
// work is not shown. The answer is kept for a moment, because `api` asks for every session.
import type { Clock } from '../../platform/clock.ts';
import type { Channels } from '../../protocol/sms-service.ts';
import type { Provider } from './providers/provider.ts';

/** How long an answer is kept, in milliseconds. */
const answerMsMax = 1_000;

export type FindChannels = () => Promise<Channels>;

export function createFindChannels(parts: {
  readonly providers: readonly Provider[];
  /** Whether texts that arrive can be remembered: without Redis no text can verify anybody. */
  readonly canRemember: () => boolean;
  readonly codesAvailable: () => Promise<boolean>;
  readonly clock: Clock;
}): FindChannels {
  const { providers, canRemember, codesAvailable, clock } = parts;
  const number = providers.find(({ inbound }) => inbound !== undefined)?.inbound?.number ?? null;
  let kept: { readonly channels: Promise<Channels>; readonly untilMs: number } | undefined;
  const look = async (): Promise<Channels> => ({
    textIn: { sendTo: canRemember() ? number : null },
    code: { available: await codesAvailable().catch(() => false) },
  });
  return () => {
    const now = clock();
    if (!kept || now >= kept.untilMs) kept = { channels: look(), untilMs: now + answerMsMax };
    return kept.channels;
  };
}
