// The mixer's hourly keys. The private half is a file that only the mixer reads. It is durable before the public half
// is published. It is destroyed when no ballot can be sealed to it any more and no ballot sealed to it is waiting.
// Destroying it too early would lose ballots, so the database decides both. Its clock is the only one that dates keys: a
// key from the future of a wrong clock would otherwise be the newest until that future comes.
import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes, sign } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { isWithin } from '../../platform/clock.ts';
import { makeFolder } from '../../platform/files.ts';
import { replaceFile, syncDirectory } from '../../platform/keys/key-directory.ts';
import type { Logger } from '../../platform/logger.ts';
import { createOpener, epochBytes, epochKeyOf, newEpochKey } from '../../platform/keys/sealed-boxes.ts';
import type { EpochPrivateKey } from '../../platform/keys/sealed-boxes.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import { epochAheadMsMax, epochSealMsMax, epochSigningBytes } from '../../protocol/sealed-ballot.ts';
import type { Pool } from '../../store/database.ts';
import { addMixerKey, mixerKeyStates, noteShredded, retireMixerKey, waitForCasts } from '../../store/mixer-keys.ts';
import type { MixerKeyState } from '../../store/mixer-keys.ts';

/** A new key is made when the newest is at least this old, in milliseconds. */
export const epochMs = 3_600_000;
/** A key is retired at this age, in milliseconds. `ballots` stopped sealing to it ten minutes before. */
export const epochRetireMs = epochSealMsMax + 600_000;

type LocalKey = { readonly key: EpochPrivateKey; readonly createdAtMs: number; readonly open: Opener };
type Opener = ReturnType<typeof createOpener>;

export type EpochKeys = {
  /**
   * Makes the hourly key if it is due, retires old keys and destroys unneeded ones. Throws errors of the database or
   * file.
   */
  maintain(): Promise<void>;
  /** The opener of ballots sealed to this epoch's key, or null if there is no such private key here. */
  openerOf(epoch: Buffer): Opener | null;
};

export function createEpochKeys(options: {
  readonly pool: Pool;
  readonly directory: string;
  readonly identity: SigningKey;
  /** The clock of the database, in milliseconds since the epoch. */
  readonly now: () => Promise<number>;
  /** Whether this clock and our own agree, and neither has jumped. Until then no key is destroyed. */
  readonly steady: () => boolean;
  readonly logger: Logger;
}): EpochKeys {
  const { pool, directory, identity, now, steady, logger } = options;
  makeFolder(directory);
  let keysByEpoch: ReadonlyMap<string, LocalKey> = readKeys(directory, logger);

  const retire = async (states: readonly MixerKeyState[], nowMs: number): Promise<void> => {
    for (const { epoch, createdAtMs, state } of states) {
      if (state !== 'active') continue;
      const present = keysByEpoch.has(epoch.toString('hex'));
      // Nothing more may be sealed to a lost key.
      if (!present) logger.error({ epoch: epoch.toString('hex') }, 'epoch-key.lost');
      const usable = isWithin(nowMs, createdAtMs, epochRetireMs, epochAheadMsMax);
      if (createdAtMs > nowMs + epochAheadMsMax) {
        logger.error({ epoch: epoch.toString('hex'), aheadMs: createdAtMs - nowMs }, 'epoch-key.from-the-future');
      }
      if (!present || !usable) await retireMixerKey(pool, epoch);
    }
  };

  const renew = async (states: readonly MixerKeyState[], nowMs: number): Promise<void> => {
    const active = new Set(states.filter(({ state }) => state === 'active').map(({ epoch }) => epoch.toString('hex')));
    const fresh = [...keysByEpoch].filter(([, key]) => isWithin(nowMs, key.createdAtMs, epochMs, epochAheadMsMax));
    if (fresh.some(([name]) => active.has(name))) return;
    // A file without a public half in the database is from a run that was killed in between. It is used now.
    const publicEpochs = new Set(states.map(({ epoch }) => epoch.toString('hex')));
    const [unpublished] = fresh.filter(([name]) => !publicEpochs.has(name));
    const { key, createdAtMs } = unpublished?.[1] ?? writeKey(directory, nowMs);
    const signature = sign(null, epochSigningBytes(key.epoch, createdAtMs, key.publicKey), identity.key);
    await addMixerKey(pool, { epoch: key.epoch, publicKey: key.publicKey, createdAtMs, kid: identity.kid, signature });
    logger.info({ epoch: key.epoch.toString('hex') }, 'epoch-key.made');
  };

  const shred = async (): Promise<void> => {
    if (!steady()) return;
    const unneeded = (await mixerKeyStates(pool)).some(({ state, needed }) => state === 'retired' && !needed);
    if (!unneeded) return;
    // A cast in flight may still commit a ballot that was sealed to a key while it was active.
    await waitForCasts(pool);
    for (const { epoch, state, needed } of await mixerKeyStates(pool)) {
      if (state !== 'retired' || needed) continue;
      shredFile(directory, epoch);
      if (await noteShredded(pool, epoch)) logger.info({ epoch: epoch.toString('hex') }, 'epoch-key.shredded');
    }
  };

  return {
    async maintain() {
      keysByEpoch = readKeys(directory, logger);
      const nowMs = await now();
      await retire(await mixerKeyStates(pool), nowMs);
      await renew(await mixerKeyStates(pool), nowMs);
      await shred();
      keysByEpoch = readKeys(directory, logger);
    },
    openerOf: (epoch) => keysByEpoch.get(epoch.toString('hex'))?.open ?? null,
  };
}

const keyFile = z.strictObject({
  epoch: z.base64url(),
  createdAtMs: z.int(),
  privateKey: z.base64url().describe('PKCS #8'),
});

const pathOf = (directory: string, epoch: Buffer): string => join(directory, `${epoch.toString('hex')}.json`);

function writeKey(directory: string, createdAtMs: number): { key: EpochPrivateKey; createdAtMs: number } {
  const { privateText, ...key } = newEpochKey();
  const content = { epoch: key.epoch.toString('base64url'), createdAtMs, privateKey: privateText };
  replaceFile(pathOf(directory, key.epoch), `${JSON.stringify(content)}\n`, 0o600);
  return { key, createdAtMs };
}

function readKeys(directory: string, logger: Logger): Map<string, LocalKey> {
  const keys = new Map<string, LocalKey>();
  for (const name of readdirSync(directory)) {
    if (!/^[0-9a-f]{32}\.json$/.test(name)) continue;
    const key = readKey(join(directory, name));
    if (key) keys.set(key.key.epoch.toString('hex'), key);
    else logger.warn({ file: name }, 'epoch-key.unreadable');
  }
  return keys;
}

function readKey(path: string): LocalKey | null {
  try {
    const content = keyFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    const epoch = Buffer.from(content.epoch, 'base64url');
    if (epoch.length !== epochBytes) return null;
    const key = epochKeyOf(epoch, content.privateKey);
    return { key, createdAtMs: content.createdAtMs, open: createOpener(key) };
  } catch {
    return null;
  }
}

/** Overwrites and syncs the file, then removes it. Other copies on a disk are the operator's duty (docs/threat-model.md). */
function shredFile(directory: string, epoch: Buffer): void {
  const path = pathOf(directory, epoch);
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    writeSync(file, randomBytes(statSync(path).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  unlinkSync(path);
  syncDirectory(directory);
}
