// Writes what the ledger says of batches to the control Redis, for officials to see: counts of one moment that never go
// back, and the rows that do not count. All of it can be written again at any time, and is when Redis was emptied.
import type { Logger } from '../../platform/logger.ts';
import type { Redis } from '../../platform/redis.ts';
import {
  batchChangesChannel,
  batchEpochKey,
  batchIndexKeys,
  batchIndexMax,
  batchInvalidKey,
  batchInvalidSeconds,
  batchViewKey,
  batchViewSeconds,
  invalidRowsMax,
} from '../../protocol/control/batch-entries.ts';
import type { BatchView, InvalidRow, SetApartReason } from '../../protocol/control/batch-entries.ts';
import { invalidRowsOf, recentBatches } from '../../store/batches.ts';
import type { LedgerBatch } from '../../store/batches.ts';
import type { Pool } from '../../store/database.ts';

/** Finished batches that are written again after a loss, most; unfinished ones all are. */
const recentMax = 2_000;
/** Batches that are read of the ledger at once. */
const batchesPage = 200;
/** Invalid rows that are copied at once. */
const invalidPage = 1_000;
/** After this long another worker takes over writing everything again, in seconds. */
const restoreSeconds = 60;
/** What the mark of an epoch says when everything is there. */
const whole = 'whole';

export type LedgerViews = {
  /** Writes a batch unless Redis knows more, and tells whoever watches it. */
  write(batch: LedgerBatch, setApart?: SetApartReason | null): Promise<void>;
  /** Says why a batch that is not in the ledger was not taken, to whoever sent it. */
  refuse(batchId: string, setApart: SetApartReason): Promise<void>;
  /** Copies the invalid rows from a row on, as far as there is room. */
  copyInvalidRows(batchId: string, afterRow: number, throughRow: number): Promise<void>;
  /** Copies all of them where some are missing. */
  mendInvalidRows(batch: LedgerBatch): Promise<void>;
  /** Writes everything again if Redis was emptied since it was last written; whether it did. */
  restoreIfLost(): Promise<boolean>;
};

// What Redis knows of more rows stays: a worker that was held up may come with an older view.
const writeScript = `
local known = redis.call('GET', KEYS[1])
if known then
  local read, value = pcall(cjson.decode, known)
  if read and type(value) == 'table' and type(value.checked) == 'number' and value.checked > tonumber(ARGV[2]) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
for index = 2, #KEYS do
  redis.call('ZADD', KEYS[index], 'NX', ARGV[4], ARGV[5])
  redis.call('ZREMRANGEBYRANK', KEYS[index], 0, -1 - ARGV[6])
end
redis.call('PUBLISH', ARGV[7], ARGV[5])
return 1`;
const refuseScript = `
local known = redis.call('GET', KEYS[1])
local read, value = pcall(cjson.decode, known or '')
if not read or type(value) ~= 'table' then return 0 end
value.setApart = ARGV[1]
redis.call('SET', KEYS[1], cjson.encode(value), 'EX', ARGV[2])
return redis.call('PUBLISH', ARGV[3], ARGV[4])`;
const markScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

export function createLedgerViews(parts: {
  readonly redis: Redis;
  readonly pool: Pool;
  readonly logger: Logger;
  /** Names this worker in the mark of an epoch. */
  readonly name: string;
}): LedgerViews {
  const { redis, pool, logger, name } = parts;

  const write: LedgerViews['write'] = async (batch, setApart = null) => {
    const view = viewOf(batch, setApart);
    const keys = [batchViewKey(view.batchId), ...batchIndexKeys(view.official, view.electionId)];
    const values = [
      JSON.stringify(view),
      view.checked,
      batchViewSeconds,
      Date.parse(view.acceptedAt),
      view.batchId,
      batchIndexMax,
      batchChangesChannel,
    ];
    await redis.eval(writeScript, keys.length, ...keys, ...values);
  };
  const copyInvalidRows: LedgerViews['copyInvalidRows'] = async (batchId, afterRow, throughRow) => {
    const key = batchInvalidKey(batchId);
    let room = invalidRowsMax - (await redis.zcard(key));
    for (let after = afterRow; room > 0;) {
      const found = await invalidRowsOf(pool, batchId, after, Math.min(invalidPage, room));
      const rows = found.filter(({ row }) => row <= throughRow);
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
  const mendInvalidRows: LedgerViews['mendInvalidRows'] = async (batch) => {
    const invalid = batch.duplicates + batch.invalidNumbers;
    const kept = await redis.zcard(batchInvalidKey(batch.batchId));
    if (kept === Math.min(invalid, invalidRowsMax)) return;
    await redis.unlink(batchInvalidKey(batch.batchId));
    await copyInvalidRows(batch.batchId, 0, batch.rows);
  };
  return {
    write,
    async refuse(batchId, setApart) {
      const values = [setApart, batchViewSeconds, batchChangesChannel, batchId];
      await redis.eval(refuseScript, 1, batchViewKey(batchId), ...values);
    },
    copyInvalidRows,
    mendInvalidRows,
    async restoreIfLost() {
      // The mark comes before the work: what is lost during it is noticed, because the mark is lost too.
      const mark = `${name}:${performance.now()}`;
      if ((await redis.set(batchEpochKey, mark, 'EX', restoreSeconds, 'NX')) === null) return false;
      const batches = await restore(pool, async (batch) => {
        await write(batch);
        await mendInvalidRows(batch);
      });
      const marked = await redis.eval(markScript, 1, batchEpochKey, mark, whole);
      logger.warn({ batches, whole: marked === 1 }, 'redis.restored');
      return true;
    },
  };
}

/** Every unfinished batch and the newest others; returns how many. */
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

function viewOf(batch: LedgerBatch, setApart: SetApartReason | null): BatchView {
  const { batchId, electionId, official, acceptedAt, rows, checked, valid, duplicates, invalidNumbers } = batch;
  return {
    batchId,
    electionId,
    official,
    acceptedAt: acceptedAt.toISOString(),
    rows,
    checked,
    valid,
    invalid: duplicates + invalidNumbers,
    duplicates,
    setApart,
  };
}
