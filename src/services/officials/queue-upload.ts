// The second reading of a file. Its rows go to the control Redis in signed chunks, and then one step announces the
// upload in the queue. Before that step no worker reads the upload, and it expires. After it the rows are as durable as
// that Redis makes them: the writer waits for its disk.
import { createHash, randomUUID, sign } from 'node:crypto';
import { isWithin } from '../../platform/clock.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { Counter } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { resultsOf } from '../../platform/redis.ts';
import type { Redis } from '../../platform/redis.ts';
import { signValue } from '../../platform/keys/signatures.ts';
import type { SigningKey } from '../../platform/keys/signatures.ts';
import {
  arrivingMember,
  arrivingMsMax,
  batchArrivingKey,
  batchIndexKey,
  batchIndexKeys,
  batchIndexMax,
  batchPhase,
  batchQueueKey,
  batchViewKey,
  batchViewSeconds,
  chunkSigningText,
  queueUploadsMax,
  uploadKey,
} from '../../protocol/control/batch-entries.ts';
import type { BatchView, Manifest } from '../../protocol/control/batch-entries.ts';
import type { Batch } from '../../protocol/control/officials-api.ts';
import type { RowChunk } from './spool.ts';

/** Chunks that are sent before waiting for a reply: half a megabyte. */
const chunksAtOnce = 24;
/** How long an upload that is not announced is kept, in seconds: longer than sending the largest file takes. */
const unannouncedSeconds = 900;
/** Longest wait for the disk of Redis, in milliseconds. It is below the time limit of every command. */
const durableMsMax = 900;

/** `lost`: Redis lost a part meanwhile. `late`: it took too long. `waiting`: the same batch is already waiting. */
export type QueueOutcome = 'queued' | 'waiting' | 'lost' | 'late';

/** An upload in transit, with the time after which it is too late, in milliseconds. */
export type Arriving = { readonly upload: string; readonly electionId: string; readonly untilMs: number };

export type UploadWriter = {
  /** Records that an upload of the election is in transit. Call it before checking whether the election is open. */
  arrive(electionId: string): Promise<Arriving>;
  /** Sends all chunks and announces the upload. Rejects if Redis does not accept it. */
  add(arriving: Arriving, manifest: Manifest, chunks: AsyncIterable<RowChunk>): Promise<QueueOutcome>;
  /** Removes the record of an upload that does not come. Never fails: the record expires. */
  leave(arriving: Arriving): Promise<void>;
  /** Adds a batch that another official uploaded first to the batches of this official, who uploaded it too. */
  noteUploader(official: string, batch: Pick<Batch, 'id' | 'electionId' | 'acceptedAt'>): Promise<void>;
};

// One step: either all rows are there and the upload is announced, or nothing changes. An existing view is kept,
// because it may be newer. Only the reason why an earlier upload was dead-lettered is cleared. The view of a withdrawn
// upload is replaced.
const announceScript = `
if redis.call('XLEN', KEYS[1]) ~= tonumber(ARGV[4]) then redis.call('UNLINK', KEYS[1]) return 'lost' end
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[9])) do
  if entry[2][2] == ARGV[1] and (entry[2][10] or '0') == ARGV[11] then
    redis.call('UNLINK', KEYS[1])
    return 'waiting'
  end
end
redis.call('PERSIST', KEYS[1])
redis.call('XADD', KEYS[2], '*', 'batch', ARGV[1], 'upload', ARGV[2], 'rows', ARGV[3], 'election', ARGV[10], 'again', ARGV[11])
local view = ARGV[5]
local replaced = true
local known = redis.call('GET', KEYS[3])
if known then
  local read, value = pcall(cjson.decode, known)
  if read and type(value) == 'table' then
    local phase = type(value.phase) == 'number' and value.phase or 0
    if phase >= tonumber(ARGV[12]) then
      replaced = false
      value.setApart = cjson.null
      view = cjson.encode(value)
    end
  end
end
redis.call('SET', KEYS[3], view, 'EX', ARGV[6])
for index = 4, #KEYS do
  if replaced then redis.call('ZADD', KEYS[index], ARGV[7], ARGV[1])
  else redis.call('ZADD', KEYS[index], 'NX', ARGV[7], ARGV[1]) end
  redis.call('ZREMRANGEBYRANK', KEYS[index], 0, -1 - ARGV[8])
end
return 'queued'`;

export function createUploadWriter(parts: {
  readonly redis: Redis;
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): UploadWriter {
  const { redis, key, clock, logger } = parts;
  const durability = createDurability(redis, logger);
  const queuedRows = new Counter({
    name: 'popvote_officials_rows_queued_total',
    help: 'Rows that were queued.',
    registers: [parts.metrics],
  });
  return {
    async arrive(electionId) {
      const upload = randomUUID();
      const nowMs = clock();
      const untilMs = nowMs + arrivingMsMax;
      const noted = redis.multi().zremrangebyscore(batchArrivingKey, 0, nowMs - arrivingMsMax);
      resultsOf(await noted.zadd(batchArrivingKey, untilMs, arrivingMember(electionId, upload)).exec());
      return { upload, electionId, untilMs };
    },
    async leave({ electionId, upload }) {
      await redis.zrem(batchArrivingKey, arrivingMember(electionId, upload)).catch(() => undefined);
    },
    async add({ upload, untilMs }, manifest, chunks) {
      const name = uploadKey(upload);
      const entries = await sendChunks(redis, name, key, manifest, chunks).catch(async (error: unknown) => {
        await redis.unlink(name).catch(() => undefined);
        throw error;
      });
      // Also after the clock was set back: the count no longer waits for this upload then.
      if (!isWithin(clock(), untilMs - arrivingMsMax, arrivingMsMax + 1)) {
        await redis.unlink(name);
        return 'late';
      }
      // From here on the upload may be announced, whatever the reply. So nothing may be removed any more.
      const outcome = await announce(redis, manifest, upload, entries);
      await durability.wait();
      if (outcome === 'queued') queuedRows.inc(manifest.rows);
      return outcome;
    },
    async noteUploader(official, { id, electionId, acceptedAt }) {
      const commands = redis.multi();
      for (const index of [batchIndexKey(official, null), batchIndexKey(official, electionId)]) {
        commands.zadd(index, 'NX', Date.parse(acceptedAt), id).zremrangebyrank(index, 0, -1 - batchIndexMax);
      }
      resultsOf(await commands.exec());
    },
  };
}

/** Returns the number of entries that the stream should have. */
async function sendChunks(
  redis: Redis,
  name: string,
  key: SigningKey,
  manifest: Manifest,
  chunks: AsyncIterable<RowChunk>,
): Promise<number> {
  let entries = 1;
  let waiting = redis.pipeline();
  const signed = JSON.stringify({ manifest, signature: signValue(key, manifest) });
  waiting.xadd(name, '*', 'manifest', signed).expire(name, unannouncedSeconds);
  const send = async (): Promise<void> => {
    resultsOf(await waiting.exec());
    waiting = redis.pipeline();
  };
  for await (const { firstRow, text } of chunks) {
    const digest = createHash('sha256').update(text).digest('base64url');
    const bytes = Buffer.from(chunkSigningText(manifest.batchId, firstRow, digest));
    const signature = sign(null, bytes, key.key).toString('base64url');
    waiting.xadd(name, '*', 'row', firstRow, 'text', text, 'kid', key.kid, 'signature', signature);
    entries += 1;
    if (entries % chunksAtOnce === 0) await send();
  }
  await send();
  return entries;
}

/** The view of a file that was accepted now. */
export const newBatchView = ({
  batchId,
  electionId,
  official,
  acceptedAt,
  rows,
  again = 0,
  station,
  document,
}: Manifest): BatchView => ({
  batchId,
  electionId,
  official,
  acceptedAt,
  rows,
  checked: 0,
  valid: 0,
  invalid: 0,
  duplicates: 0,
  setApart: null,
  inLedger: false,
  phase: batchPhase(again, false),
  withdrawal: null,
  station: station ?? null,
  needsConfirmation: document.election.paper?.confirmation === true,
  confirmation: null,
});

async function announce(redis: Redis, manifest: Manifest, upload: string, entries: number): Promise<QueueOutcome> {
  const { batchId, electionId, acceptedAt, rows, official, again = 0 } = manifest;
  const view = newBatchView(manifest);
  const keys = [uploadKey(upload), batchQueueKey, batchViewKey(batchId), ...batchIndexKeys(official, electionId)];
  const values = [
    batchId,
    upload,
    rows,
    entries,
    JSON.stringify(view),
    batchViewSeconds,
    Date.parse(acceptedAt),
    batchIndexMax,
    queueUploadsMax,
    electionId,
    again,
    view.phase,
  ];
  return (await redis.eval(announceScript, keys.length, ...keys, ...values)) as QueueOutcome;
}

/** Waits until the writes are on the disk of Redis, if the server supports this (Redis 7.2 and later). */
function createDurability(redis: Redis, logger: Logger): { wait(): Promise<void> } {
  let state: 'unknown' | 'offered' | 'absent' = 'unknown';
  return {
    async wait() {
      if (state === 'absent') return;
      try {
        const [onDisk] = (await redis.call('WAITAOF', 1, 0, durableMsMax)) as [number, number];
        if (onDisk < 1) throw new Error('the disk of Redis was too slow');
        state = 'offered';
      } catch (error) {
        // The server is older, or it keeps no append-only file. Then its settings decide (docs/batches.md).
        if (!(error instanceof Error) || !/unknown command|appendonly|NOPERM/i.test(error.message)) throw error;
        state = 'absent';
        logger.warn('redis.durability-not-offered');
      }
    },
  };
}
