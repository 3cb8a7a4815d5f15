// The mixer's hourly key: the newest that the mixer signed and that is not too old. Without one, casts are answered
// `busy`, because a ballot that might never be opened must not be accepted.
import { verify } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { EpochKey } from '../../platform/keys/sealed-boxes.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { epochAheadMsMax, epochSealMsMax, epochSigningBytes } from '../../protocol/sealed-ballot.ts';
import type { MixerKey } from '../../store/mixer-keys.ts';

/** How long a key is used before the database is read again, in milliseconds. */
const refreshMs = 15_000;
/** How soon the database is read again if there is no usable key, in milliseconds. */
const refreshWithoutKeyMs = 500;

export type SealingKeys = {
  /** The key to seal to now, or null if there is none. */
  current(): Promise<EpochKey | null>;
  /** Reads the database before the next use, because the database rejected the key. */
  forget(): void;
};

export function createSealingKeys(options: {
  readonly read: () => Promise<readonly MixerKey[]>;
  readonly mixers: VerificationKeys;
  readonly clock: Clock;
  readonly logger: Logger;
}): SealingKeys {
  const { read, mixers, clock, logger } = options;
  let latest: { key: MixerKey | null; readAtMs: number } | undefined;
  let reading: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    const now = clock();
    const keys = (await read()).filter((key) => isUsable(key, now) && isSigned(mixers, key));
    const newest = keys.reduce<MixerKey | null>((a, b) => (a && a.createdAtMs >= b.createdAtMs ? a : b), null);
    if (!newest) logger.error('sealing-key.none');
    latest = { key: newest, readAtMs: now };
  };

  return {
    async current() {
      const now = clock();
      const usable = latest?.key && isUsable(latest.key, now);
      if (!latest || now - latest.readAtMs >= (usable ? refreshMs : refreshWithoutKeyMs)) {
        reading ??= refresh().finally(() => (reading = undefined));
        await reading;
      }
      const key = latest?.key;
      return key && isUsable(key, clock()) ? { epoch: key.epoch, publicKey: key.publicKey } : null;
    },
    forget() {
      latest = undefined;
    },
  };
}

function isUsable({ createdAtMs }: MixerKey, nowMs: number): boolean {
  return createdAtMs <= nowMs + epochAheadMsMax && createdAtMs > nowMs - epochSealMsMax;
}

function isSigned(mixers: VerificationKeys, { epoch, createdAtMs, publicKey, kid, signature }: MixerKey): boolean {
  const key = mixers.get(kid);
  return key !== undefined && verify(null, epochSigningBytes(epoch, createdAtMs, publicKey), key, signature);
}
