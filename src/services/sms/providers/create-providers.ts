// Makes the providers of the operator's list, in its order.
import type { Clock } from '../../../platform/clock.ts';
import type { Poster } from './post.ts';
import type { Provider } from './provider.ts';
import type { ProviderSettings } from './provider-settings.ts';
import { createSimulator } from './simulator.ts';
import type { Simulator } from './simulator.ts';
import { createTwilioProvider } from './twilio.ts';
import { createWebhookProvider } from './webhook.ts';

export type Providers = { readonly all: readonly Provider[]; readonly simulator: Simulator | null };

export function createProviders(list: readonly ProviderSettings[], poster: Poster, clock: Clock): Providers {
  let simulator: Simulator | null = null;
  const all = list.map((settings): Provider => {
    switch (settings.kind) {
      case 'simulator':
        simulator = createSimulator(settings.name, settings.number, clock);
        return simulator.provider;
      case 'webhook':
        return createWebhookProvider(settings, poster, clock);
      case 'twilio':
        return createTwilioProvider(settings, poster);
    }
  });
  return { all, simulator };
}
