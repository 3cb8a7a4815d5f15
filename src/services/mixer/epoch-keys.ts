// The mixer's hourly keys. The private half is a file that only mixers have. It is durable here, and on as many other mixers
// as the configuration demands, before the public half is published. It is destroyed when no ballot can be sealed to it any
// more and no ballot sealed to it is waiting. Destroying it too early would lose ballots, so the database decides both. Its
// clock is the only one that dates keys: a key from the future of a wrong clock would otherwise be the newest until that
// future comes.
import { sign } from 'node:crypto';
import { isWithin } from '../../platform/clock.ts';
import { createFaultLog } from '../../platform/fault-log.ts';
import { makeFolder } from '../../platform/files.ts';
import type { CopyPeers } from '../../platform/key-copies/copy-peers.ts';
import type { Logger } from '../../platform/logger.ts';
import { shredUnfinished } from '../../platform/keys/key-directory.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import { epochAheadMsMax, epochSealMsMax, epochSigningBytes } from '../../protocol/sealed-ballot.ts';
import type { Pool } from '../../store/database.ts';
import { interruptedElections } from '../../store/marks.ts';
import {
  activeMixerKeys,
  addMixerKey,
  destroyedMixerKeys,
  mixerKeyStates,
  noteShredded,
  retireMixerKey,
  waitForCasts,
} from '../../store/mixer-keys.ts';
import type { MixerKeyState } from '../../store/mixer-keys.ts';
import { copyNames, destroyEpochFile, epochName, makeEpochFile, readEpochFiles } from './epoch-files.ts';
import type { LocalKey, LocalKeys } from './epoch-files.ts';

/** A new key is made when the newest that this identity signed is at least this old, in milliseconds. */
export const epochMs = 3_600_000;
/** A key is retired at this age, in milliseconds. `ballots` stopped sealing to it ten minutes before. */
export const epochRetireMs = epochSealMsMax + 600_000;
/**
 * A key that the database does not know is destroyed at this age, in milliseconds. It can be published only in its first hour.
 * But a database that was restored to an earlier time may be restored once more, with ballots that need the key.
 */
export const epochUnknownMs = 24 * 3_600_000;

export type KeyCopying = Pick<CopyPeers, 'spread'> & {
  /** How many other mixers must have a key before it is published. */
  readonly needed: number;
};

export type EpochKeys = {
  /**
   * Makes the hourly key if it is due, retires old keys and destroys unneeded ones. Only the active mixer does. Returns how
   * many copies are missing; above 0 a key that is due is not published. Throws errors of the database or file.
   */
  maintain(): Promise<number>;
  /** What a standby does: it destroys copies of destroyed keys, and copies its keys to mixers that lack them. */
  follow(): Promise<void>;
  /** The opener of ballots sealed to this epoch's key, or null if there is no such private key here. */
  openerOf(epoch: Buffer): LocalKey['open'] | null;
  /** Changes when a key comes that was not here. */
  additions(): number;
};

type EpochKeysOptions = {
  readonly pool: Pool;
  readonly directory: string;
  readonly identity: SigningKey;
  /** The clock of the database, in milliseconds since the epoch. */
  readonly now: () => Promise<number>;
  /** Whether this clock and our own agree, and neither has jumped. Until then no key is destroyed. */
  readonly steady: () => boolean;
  readonly copying: KeyCopying;
  readonly logger: Logger;
};

export function createEpochKeys(options: EpochKeysOptions): EpochKeys {
  const { pool, directory, now, copying, logger } = options;
  makeFolder(directory);
  shredUnfinished(directory);
  const faults = createFaultLog(logger);
  let additions = 0;
  let keysByEpoch: LocalKeys = new Map();
  const readAgain = (): LocalKeys => {
    const present = readEpochFiles(directory, logger);
    if ([...present.keys()].some((name) => !keysByEpoch.has(name))) additions += 1;
    keysByEpoch = present;
    return present;
  };
  readAgain();

  /** Destroys what is to be destroyed here, and copies the rest. Returns how many copies are missing. */
  const tidy = async (nowMs: number): Promise<number> => {
    const states = await mixerKeyStates(pool);
    await destroyStrangers(options, { states, present: readAgain(), nowMs });
    const present = readAgain();
    const epochs = states.map(({ epoch }) => epoch).filter((epoch) => present.has(epochName(epoch)));
    const copies = await copying.spread(copyNames(epochs));
    return epochs.length === 0 ? 0 : Math.max(0, copying.needed - copies);
  };

  return {
    async maintain() {
      readAgain();
      const nowMs = await now();
      await retire(options, keysByEpoch, nowMs);
      const missing = await renew(options, keysByEpoch, nowMs);
      if (missing > 0) faults.failed('copies', undefined, 'epoch-key.not-copied', { missing });
      else faults.succeeded('copies');
      await shred(options);
      return Math.max(missing, await tidy(nowMs));
    },
    async follow() {
      await tidy(await now());
    },
    openerOf: (epoch) => keysByEpoch.get(epochName(epoch))?.open ?? null,
    additions: () => additions,
  };
}

async function retire({ pool, logger }: EpochKeysOptions, present: LocalKeys, nowMs: number): Promise<void> {
  for (const { epoch, createdAtMs, state } of await mixerKeyStates(pool)) {
    if (state !== 'active') continue;
    const isPresent = present.has(epochName(epoch));
    // Nothing more may be sealed to a lost key.
    if (!isPresent) logger.error({ epoch: epochName(epoch) }, 'epoch-key.lost');
    const usable = isWithin(nowMs, createdAtMs, epochRetireMs, epochAheadMsMax);
    if (createdAtMs > nowMs + epochAheadMsMax) {
      logger.error({ epoch: epochName(epoch), aheadMs: createdAtMs - nowMs }, 'epoch-key.from-the-future');
    }
    if (!isPresent || !usable) await retireMixerKey(pool, epoch);
  }
}

/** Returns how many copies of a due key are missing, which is then not published. The next call tries the same key again. */
async function renew(options: EpochKeysOptions, present: LocalKeys, nowMs: number): Promise<number> {
  const { pool, directory, identity, copying, logger } = options;
  const states: readonly MixerKeyState[] = await mixerKeyStates(pool);
  // A key that another identity signed does not count: after a drop of that identity `ballots` refuses it.
  const own = (await activeMixerKeys(pool)).keys.filter(({ kid }) => kid === identity.kid);
  const inUse = new Set(own.map(({ epoch }) => epochName(epoch)));
  const fresh = [...present].filter(([, key]) => isWithin(nowMs, key.createdAtMs, epochMs, epochAheadMsMax));
  if (fresh.some(([name]) => inUse.has(name))) return 0;
  // A file without a public half in the database is from a run that was killed in between, or lacked copies. It is used now.
  const publicEpochs = new Set(states.map(({ epoch }) => epochName(epoch)));
  const [unpublished] = fresh.filter(([name]) => !publicEpochs.has(name));
  const { key, createdAtMs } = unpublished?.[1] ?? makeEpochFile(directory, nowMs);
  const copies = await copying.spread(copyNames([key.epoch]));
  if (copies < copying.needed) return copying.needed - copies;
  const signature = sign(null, epochSigningBytes(key.epoch, createdAtMs, key.publicKey), identity.key);
  await addMixerKey(pool, { epoch: key.epoch, publicKey: key.publicKey, createdAtMs, kid: identity.kid, signature });
  logger.info({ epoch: epochName(key.epoch) }, 'epoch-key.made');
  return 0;
}

async function shred({ pool, directory, steady, logger }: EpochKeysOptions): Promise<void> {
  if (!steady()) return;
  const unneeded = (await mixerKeyStates(pool)).some(({ state, needed }) => state === 'retired' && !needed);
  if (!unneeded) return;
  // A cast in flight may still commit a ballot that was sealed to a key while it was active.
  await waitForCasts(pool);
  for (const { epoch, state, needed } of await mixerKeyStates(pool)) {
    if (state !== 'retired' || needed) continue;
    destroyEpochFile(directory, epoch);
    if (await noteShredded(pool, epoch)) logger.info({ epoch: epochName(epoch) }, 'epoch-key.shredded');
  }
}

/** Destroys files of keys that are destroyed, and of keys that were never published and never will be. */
async function destroyStrangers(
  { pool, directory, steady, logger }: EpochKeysOptions,
  at: { readonly states: readonly MixerKeyState[]; readonly present: LocalKeys; readonly nowMs: number },
): Promise<void> {
  if (!steady()) return;
  const { states, present, nowMs } = at;
  const knownNames = new Set(states.map(({ epoch }) => epochName(epoch)));
  const strangers = [...present].filter(([name]) => !knownNames.has(name));
  if (strangers.length === 0) return;
  const destroyed = await destroyedMixerKeys(
    pool,
    strangers.map(([, { key }]) => key.epoch),
  );
  const names = new Set(destroyed.map(epochName));
  // After lost votes nothing is destroyed that a better backup of the database may need.
  const interrupted = (await interruptedElections(pool)).length > 0;
  for (const [name, { key, createdAtMs }] of strangers) {
    const over = !interrupted && !isWithin(nowMs, createdAtMs, epochUnknownMs, epochAheadMsMax);
    if (!names.has(name) && !over) continue;
    destroyEpochFile(directory, key.epoch);
    logger.info({ epoch: name }, 'epoch-key.copy-destroyed');
  }
}
