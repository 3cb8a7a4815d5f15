// Writes the ledger's view of batches to the control Redis, for officials: counts of one moment that never go back, and
// the invalid rows. All of it can be written again at any time, and is after Redis was emptied or restarted.
import type { Logger } from '../../platform/logger.ts';
import { serverRunOf } from '../../platform/redis.ts';
import type { Redis } from '../../platform/redis.ts';
import {
  batchChangesChannel,
  batchEpochKey,
  batchInvalidKey,
  batchInvalidSeconds,
  batchPhase,
  batchViewKey,
  batchViewSeconds,
  invalidRowsMax,
} from '../../protocol/control/batch-entries.ts';
import type { BatchView, InvalidRow, SetApartReason } from '../../protocol/control/batch-entries.ts';
import { batchViewScript, batchViewStep } from '../../protocol/control/batch-view-script.ts';
import { decidedBatches, invalidRowsOf, recentBatches } from '../../store/batches.ts';
import type { LedgerBatch } from '../../store/batches.ts';
import type { Pool } from '../../store/database.ts';

/** Most finished batches that are written again after a loss. All unfinished ones are. */
const recentMax = 2_000;
/** Batches of one read of the ledger. */
const batchesPage = 200;
/** Invalid rows of one copy. */
const invalidPage = 1_000;
/** Confirmed and withdrawn batches that are compared with what was shown, the last decided ones. */
const decidedMax = 200;
/** Time after which another worker takes over writing everything again, in seconds. */
const restoreSeconds = 60;

export type LedgerViews = {
  /** Writes a batch unless Redis has a newer view, and notifies its watchers. */
  write(batch: LedgerBatch, reason?: SetApartReason | null): Promise<void>;
  /** Reports to the official why a batch that is not in the ledger was rejected. */
  reject(batchId: string, reason: SetApartReason): Promise<void>;
  /** Copies the invalid rows after `afterRow` up to `throughRow`, as far as there is room. */
  copyInvalidRows(batchId: string, afterRow: number, throughRow: number): Promise<void>;
  /** Copies all invalid rows again if some are missing. */
  repairInvalidRows(batch: LedgerBatch): Promise<void>;
  /** Writes the batches that were confirmed or withdrawn since the last call, with their rows. */
  showDecisions(): Promise<void>;
  /** Writes everything again if Redis was emptied or restarted since it was last written. Returns whether it did. */
  restoreIfLost(): Promise<boolean>;
};

const rejectScript = `
local known = redis.call('GET', KEYS[1])
local read, value = pcall(cjson.decode, known or '')
if not read or type(value) ~= 'table' then return 0 end
value.setApart = ARGV[1]
redis.call('SET', KEYS[1], cjson.encode(value), 'EX', ARGV[2])
return redis.call('PUBLISH', ARGV[3], ARGV[4])`;
const markScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[3] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1`;

export function createLedgerViews(parts: {
  readonly redis: Redis;
  readonly pool: Pool;
  readonly logger: Logger;
  /** Identifies this worker in the epoch mark. */
  readonly name: string;
}): LedgerViews {
  const { redis, pool } = parts;
  const write: LedgerViews['write'] = async (batch, reason = null) => {
    const { keys, values } = batchViewStep(viewOf(batch, reason), 'in-lists');
    await redis.eval(batchViewScript, keys.length, ...keys, ...values);
  };
  const copyInvalidRows: LedgerViews['copyInvalidRows'] = async (batchId, afterRow, throughRow) => {
    const key = batchInvalidKey(batchId);
    let room = invalidRowsMax - (await redis.zcard(key));
    for (let after = afterRow; room > 0;) {
      const page = await invalidRowsOf(pool, batchId, after, Math.min(invalidPage, room));
      const rows = page.filter(({ row }) => row <= throughRow);
      const members = rows.flatMap((row) => [row.row, JSON.stringify(row satisfies InvalidRow)]);
      if (rows.length > 0)
        await redis
          .multi()
          .zadd(key, ...members)
          .expire(key, batchInvalidSeconds)
          .exec();
      if (rows.length < invalidPage) return;
      after = rows.at(-1)?.row ?? throughRow;
      room -= rows.length;
    }
  };
  const copyAgain = async (batch: LedgerBatch): Promise<void> => {
    await redis.unlink(batchInvalidKey(batch.batchId));
    await copyInvalidRows(batch.batchId, 0, batch.rows);
  };
  const repairInvalidRows: LedgerViews['repairInvalidRows'] = async (batch) => {
    const invalid = invalidIn(batch);
    const copies = await redis.zcard(batchInvalidKey(batch.batchId));
    if (copies === Math.min(invalid, invalidRowsMax)) return;
    await copyAgain(batch);
  };
  let lastDecided: ReadonlySet<string> = new Set();
  return {
    write,
    async reject(batchId, reason) {
      const values = [reason, batchViewSeconds, batchChangesChannel, batchId];
      await redis.eval(rejectScript, 1, batchViewKey(batchId), ...values);
    },
    copyInvalidRows,
    repairInvalidRows,
    async showDecisions() {
      const decided = await decidedBatches(pool, decidedMax);
      for (const batch of decided) {
        if (lastDecided.has(decisionOf(batch))) continue;
        await write(batch);
        await copyAgain(batch);
      }
      lastDecided = new Set(decided.map(decisionOf));
    },
    restoreIfLost: () =>
      restoreIfLost(parts, async (batch) => {
        await write(batch);
        await repairInvalidRows(batch);
      }),
  };
}

type Restoring = { readonly redis: Redis; readonly pool: Pool; readonly logger: Logger; readonly name: string };

async function restoreIfLost(
  { redis, pool, logger, name }: Restoring,
  write: (batch: LedgerBatch) => Promise<void>,
): Promise<boolean> {
  // A server that restarted may have lost its last writes: the mark names its run.
  const run = serverRunOf(await redis.info('server'));
  const whole = `whole:${run}`;
  const present = (await redis.get(batchEpochKey)) ?? '';
  if (present === whole || present.startsWith(`restoring:${run}:`)) return false;
  // The mark is set before the work. A loss during the work is noticed, because it loses the mark too.
  const mark = `restoring:${run}:${name}:${performance.now()}`;
  if ((await replaceMark(redis, present, mark, restoreSeconds)) !== 1) return false;
  const batches = await restore(pool, write);
  const marked = await replaceMark(redis, mark, whole, 0);
  logger.warn({ batches, whole: marked === 1 }, 'redis.restored');
  return true;
}

/** `seconds`: after which the mark expires; 0 for never. Returns 1 if the mark was still `from`. */
const replaceMark = (redis: Redis, from: string, to: string, seconds: number): Promise<unknown> =>
  redis.eval(markScript, 1, batchEpochKey, from, to, seconds);

/** Writes every unfinished batch and the newest others. Returns how many. */
async function restore(pool: Pool, write: (batch: LedgerBatch) => Promise<void>): Promise<number> {
  let restored = 0;
  for (let after = 0; ;) {
    const page = await recentBatches(pool, { newest: recentMax, after, limit: batchesPage });
    for (const batch of page) await write(batch);
    restored += page.length;
    if (page.length < batchesPage) return restored;
    after = page.at(-1)?.batchNo ?? after;
  }
}

const decisionOf = ({ batchNo, withdrawnAt }: LedgerBatch): string =>
  `${batchNo}/${withdrawnAt === null ? 'confirmed' : 'withdrawn'}`;
const invalidIn = ({ duplicates, invalidNumbers, withdrawn }: LedgerBatch): number =>
  duplicates + invalidNumbers + withdrawn;

function viewOf(batch: LedgerBatch, reason: SetApartReason | null): BatchView {
  const { batchId, electionId, official, acceptedAt, rows, checked, valid, duplicates } = batch;
  const { withdrawnReason, withdrawnBy: by, withdrawnAt: at, station, needsConfirmation } = batch;
  const { confirmedBy, confirmedAt } = batch;
  const isWithdrawn = withdrawnReason !== null && by !== null && at !== null;
  return {
    batchId,
    electionId,
    official,
    acceptedAt: acceptedAt.toISOString(),
    rows,
    checked,
    valid,
    invalid: invalidIn(batch),
    duplicates,
    setApart: reason,
    inLedger: true,
    phase: batchPhase(batch.again, isWithdrawn),
    withdrawal: isWithdrawn ? { reason: withdrawnReason, by, at: at.toISOString() } : null,
    station,
    needsConfirmation,
    confirmation:
      confirmedBy === null || confirmedAt === null ? null : { by: confirmedBy, at: confirmedAt.toISOString() },
  };
}
