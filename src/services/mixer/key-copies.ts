// The other mixers, which have copies of the hourly keys: what this one sends them, and what it takes from them.
import type { Clock } from '../../platform/clock.ts';
import { createCopyHolder } from '../../platform/key-copies/copy-holder.ts';
import type { CopyHolder, CopyParty } from '../../platform/key-copies/copy-holder.ts';
import { createCopyPeers } from '../../platform/key-copies/copy-peers.ts';
import { signingKey, verificationKeys } from '../../platform/keys/signatures.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { MixerKeys, PublicKeys } from '../../protocol/key-files.ts';
import { epochCopyFolder } from './epoch-files.ts';
import type { KeyCopying } from './epoch-keys.ts';

export type MixerCopies = {
  readonly copying: KeyCopying;
  /** Null without other mixers. */
  readonly holder: CopyHolder | null;
  close(): Promise<void>;
};

export function createMixerCopies(options: {
  readonly keys: MixerKeys;
  readonly publicKeys: Pick<PublicKeys, 'mixers'>;
  readonly epochKeysDirectory: string;
  /** The addresses of the other mixers, and how many of them must have a key before it is published. */
  readonly peers: { readonly origins: readonly string[]; readonly needed: number };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): MixerCopies {
  const { keys, publicKeys, peers, clock, logger, metrics } = options;
  const folder = epochCopyFolder(options.epochKeysDirectory);
  const party: CopyParty = {
    service: 'mixer',
    identity: signingKey(keys.identity),
    signers: verificationKeys(publicKeys.mixers),
  };
  const { origins, needed } = peers;
  const sender = createCopyPeers({ party, jwk: keys.identity, origins, folder, clock, logger, metrics });
  return {
    copying: { needed, spread: (names) => sender.spread(names) },
    holder: origins.length > 0 ? createCopyHolder(party, folder) : null,
    close: () => sender.close(),
  };
}
