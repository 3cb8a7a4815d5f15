// The mixer's hourly key: the newest that the mixer signed and that is not too old. Without one, casts are answered
// `busy`, because a ballot that might never be opened must not be accepted. The database's clock dates the keys, and it alone
// judges their age: at each reading, and between two by the time that has passed.
import { verify } from 'node:crypto';
import { isWithin } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { EpochKey } from '../../platform/keys/sealed-boxes.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { epochAheadMsMax, epochSealMsMax, epochSigningBytes } from '../../protocol/sealed-ballot.ts';
import type { MixerKey, DatedMixerKeys } from '../../store/mixer-keys.ts';
import { readForCast } from './cast-read.ts';

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
  readonly read: () => Promise<DatedMixerKeys>;
  readonly mixers: VerificationKeys;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}): SealingKeys {
  const { read, mixers, logger, metrics } = options;
  const faults = createFaultLog(logger);
  let latest: { key: MixerKey | null; nowMs: number; readAtMs: number } | undefined;
  let reading: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    const { nowMs, keys: active } = await read();
    const keys = active.filter((key) => isUsable(key, nowMs) && isSigned(mixers, key));
    const newest = keys.reduce<MixerKey | null>((a, b) => (a && a.createdAtMs >= b.createdAtMs ? a : b), null);
    if (newest) faults.succeeded('key');
    else faults.failed('key', undefined, 'sealing-key.none');
    latest = { key: newest, nowMs, readAtMs: performance.now() };
  };
  const usable = (): MixerKey | null => {
    if (!latest?.key) return null;
    return isUsable(latest.key, latest.nowMs + performance.now() - latest.readAtMs) ? latest.key : null;
  };

  if (metrics) {
    new Gauge({
      name: 'popvote_sealing_key_age_seconds',
      help: 'Age of the hourly key to which ballots are sealed; +Inf without a usable key, when casts are refused.',
      registers: [metrics],
      collect() {
        const key = usable();
        this.set(
          key && latest ? (latest.nowMs + performance.now() - latest.readAtMs - key.createdAtMs) / 1_000 : Infinity,
        );
      },
    });
  }

  return {
    async current() {
      if (!latest || performance.now() - latest.readAtMs >= (usable() ? refreshMs : refreshWithoutKeyMs)) {
        reading ??= readForCast(refresh()).finally(() => (reading = undefined));
        // A usable key serves while the database is read again.
        if (usable()) reading.catch(() => undefined);
        else await reading;
      }
      const key = usable();
      return key && { epoch: key.epoch, publicKey: key.publicKey };
    },
    forget() {
      latest = undefined;
    },
  };
}

const isUsable = ({ createdAtMs }: MixerKey, nowMs: number): boolean =>
  isWithin(nowMs, createdAtMs, epochSealMsMax, epochAheadMsMax);

function isSigned(mixers: VerificationKeys, { epoch, createdAtMs, publicKey, kid, signature }: MixerKey): boolean {
  const key = mixers.get(kid);
  return key !== undefined && verify(null, epochSigningBytes(epoch, createdAtMs, publicKey), key, signature);
}
