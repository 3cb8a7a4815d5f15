// Which providers send what. A code back goes by another provider than the one that receives the texts, where there is one:
// a gateway that invents texts must not read the codes too. So it does not fall back to the one that receives.
import type { Senders } from './failover.ts';
import type { Provider } from './provider.ts';

export function allSenders(providers: readonly Provider[]): Senders {
  return namesOf(providers.filter(({ outbound }) => outbound));
}

/** Those that receive no texts; else those but the one whose number voters see; else that one, if it sends. */
export function sendersBack(providers: readonly Provider[]): Senders {
  const sending = providers.filter(({ outbound }) => outbound);
  const receiving = providers.find(({ inbound }) => inbound);
  const apart = sending.filter(({ inbound }) => !inbound);
  const others = sending.filter((provider) => provider !== receiving);
  return namesOf(apart.length > 0 ? apart : others.length > 0 ? others : sending);
}

const namesOf = (providers: readonly Provider[]): Senders => new Set(providers.map(({ name }) => name));
