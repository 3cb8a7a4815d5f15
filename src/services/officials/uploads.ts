// Accepts a file for an election that is open now: whole and with every line well-formed, or not at all. The same file
// is the same batch, so sending it again is always safe. It returns the progress of the batch, or restores lost rows.
// Only after the batch was withdrawn is the same file a new upload.
import { batchIdPrefix } from '../../domain/batch-row.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { Counter } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { queueRowsMax, queueUploadsMax, uploadsAgainMax } from '../../protocol/control/batch-entries.ts';
import type { Manifest } from '../../protocol/control/batch-entries.ts';
import type { Batch, UploadQuery } from '../../protocol/control/officials-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { BatchProgress } from './batch-progress.ts';
import { untilInLedger } from './ledger-wait.ts';
import type { PublishedElection, PublishedElections } from './published-elections.ts';
import { rejectOtherNumber, stationOf } from './protocols.ts';
import type { Arriving, UploadWriter } from './queue-upload.ts';
import { readFile } from './read-file.ts';
import { watchSpools } from './spool-metrics.ts';
import { createSpool } from './spool.ts';
import type { Spool } from './spool.ts';

/** Files that one process reads at once. Each takes a temporary file and a share of the processor. */
const uploadsMax = 16;
/** Files of one official that a process reads at once, so that no one takes the place of all others. */
const officialUploadsMax = 4;
/** Tries to queue a file when Redis loses a part of it. */
const queueTriesMax = 3;
/** Retry-After while the queue is full, in seconds. */
const fullQueueSeconds = 30;

export type Accepted = {
  readonly batch: Batch;
  /** Nothing was queued: every row was checked before. */
  readonly finished: boolean;
};
export type BatchSender = {
  readonly official: string;
  /** Whether they signed in with one. An election that counts requires it. */
  readonly secondFactor: boolean;
};
export type Uploads = {
  /**
   * Throws problems, see `rejections` of the route. After any but `change-unknown`, this call has recorded no row of the
   * file.
   */
  accept(sender: BatchSender, upload: UploadQuery, source: AsyncIterable<Buffer>): Promise<Accepted>;
};

type Parts = {
  readonly elections: PublishedElections;
  readonly progress: BatchProgress;
  readonly queue: UploadWriter;
  readonly spoolDirectory: string;
  /** Longest wait for the ledger before a file is confirmed, in milliseconds. */
  readonly ledgerMsMax: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

export function createUploads(parts: Parts): Uploads {
  const { elections, logger } = parts;
  const outcomes = new Counter({
    name: 'popvote_officials_uploads_total',
    help: 'Uploaded files by outcome: queued, waiting, finished, or the code of the rejection.',
    labelNames: ['outcome'],
    registers: [parts.metrics],
  });
  const opened = watchSpools(parts.metrics);
  const running: string[] = [];
  const accept = async (sender: BatchSender, upload: UploadQuery, source: AsyncIterable<Buffer>): Promise<Accepted> => {
    const { official, secondFactor } = sender;
    const { electionId, stationId = null } = upload;
    if (running.length >= uploadsMax) throw new Problem('busy', retrySoon());
    if (running.filter((each) => each === official).length >= officialUploadsMax) {
      throw new Problem('busy', { ...retrySoon(), detail: ownUploads });
    }
    running.push(official);
    try {
      const published = await elections.required(electionId);
      if (!published.election.rehearsal && !secondFactor) throw new Problem('second-factor-missing');
      const closed = rejectUnlessOpen(published, parts.clock());
      // After the end only a batch that was accepted before may come. Without any, the file need not be read.
      if (closed && !(await redisOr(parts, () => parts.progress.any(electionId)))) throw closed;
      const { contests, paper = {} } = published.election;
      const station = stationOf(paper, upload);
      await using spool = await createSpool(parts.spoolDirectory, batchIdPrefix(electionId, stationId), opened);
      await readFile(source, { contests, station }, spool);
      rejectOtherNumber(paper, upload, spool.rows);
      const batchId = await spool.finish();
      return await acceptRows(parts, { official, electionId, stationId, batchId, spool });
    } finally {
      running.splice(running.indexOf(official), 1);
    }
  };
  return {
    async accept(sender, upload, source) {
      const { official } = sender;
      const { electionId } = upload;
      try {
        const accepted = await accept(sender, upload, source);
        outcomes.inc({ outcome: accepted.finished ? 'finished' : 'queued' });
        logger.info({ official, electionId, batchId: accepted.batch.id }, 'upload.accepted');
        return accepted;
      } catch (error) {
        outcomes.inc({ outcome: error instanceof Problem ? error.code : 'internal' });
        throw error;
      }
    },
  };
}

const ownUploads = `You are sending ${officialUploadsMax} files already. Send this one when one of them is done. Nothing was recorded.`;

/** Throws unless the election takes batches now. Returns the rejection if only an unfinished batch may still come. */
function rejectUnlessOpen({ election, over }: PublishedElection, nowMs: number): Problem | null {
  if (!election.channels.includes('batches')) {
    throw new Problem('not-open', { detail: 'This election takes no batches of paper ballots. Nothing was recorded.' });
  }
  if (nowMs < Date.parse(election.opensAt)) {
    throw new Problem('not-open', { detail: `The election opens at ${election.opensAt}. Nothing was recorded.` });
  }
  if (!over && nowMs < Date.parse(election.closesAt)) return null;
  return new Problem('not-open', {
    detail: `The election has been closed since ${election.closesAt}. No new batch is accepted. Nothing was recorded.`,
  });
}

type ReadFile = {
  readonly official: string;
  readonly electionId: string;
  readonly stationId: string | null;
  readonly batchId: string;
  readonly spool: Spool;
};

async function acceptRows(parts: Parts, file: ReadFile): Promise<Accepted> {
  const { progress, clock } = parts;
  const { official, electionId, stationId, batchId, spool } = file;
  const existing = await redisOr(parts, () => progress.find(batchId));
  const restores = existing?.state === 'incomplete';
  if (existing && !restores && existing.state !== 'withdrawn') {
    await redisOr(parts, () => parts.queue.noteUploader(official, existing));
    return { batch: await confirmed(parts, batchId), finished: existing.rows.waiting === 0 };
  }
  await rejectIfQueueFull(parts, spool.rows);
  const arriving = await redisOr(parts, () => parts.queue.arrive(electionId));
  try {
    // Read again: a large file takes time, and the election may have closed meanwhile.
    const published = await parts.elections.required(electionId);
    // This moment decides. A batch that was accepted in time and then lost may come again later, as its ledger shows.
    const acceptedAtMs = clock();
    const closed = rejectUnlessOpen(published, acceptedAtMs);
    if (closed && !restores) throw closed;
    const again = existing?.withdrawals ?? 0;
    if (again > uploadsAgainMax) throw new Problem('conflict', { detail: withdrawnTooOften });
    const manifest: Manifest = {
      version: 1,
      batchId,
      electionId,
      rows: spool.rows,
      official,
      acceptedAt: new Date(acceptedAtMs).toISOString(),
      ...(stationId !== null && { station: stationId }),
      document: published.document,
      ...(again > 0 && { again }),
    };
    await enqueue(parts, arriving, manifest, spool);
    if (existing) await redisOr(parts, () => parts.queue.noteUploader(official, existing));
    return { batch: await confirmed(parts, batchId), finished: false };
  } finally {
    await parts.queue.leave(arriving);
  }
}

const confirmed = (parts: Parts, batchId: string): Promise<Batch> =>
  untilInLedger(() => redisOr(parts, () => parts.progress.findInLedger(batchId)), parts.ledgerMsMax);

const withdrawnTooOften =
  `This file was withdrawn more than ${uploadsAgainMax} times, so it is not accepted again. Nothing was recorded. Send ` +
  'its rows in another order, which is another batch.';

async function enqueue(parts: Parts, arriving: Arriving, manifest: Manifest, spool: Spool): Promise<void> {
  for (let tries = 0; tries < queueTriesMax; tries += 1) {
    const outcome = await redisOr(parts, () => parts.queue.add(arriving, manifest, spool.chunks()));
    if (outcome === 'queued' || outcome === 'waiting') return;
    if (outcome === 'late') break;
    // Redis lost a part. The spool still has everything.
    parts.logger.warn({ batchId: manifest.batchId }, 'upload.lost-on-its-way');
  }
  throw new Problem('busy', retrySoon());
}

async function rejectIfQueueFull(parts: Parts, rows: number): Promise<void> {
  const waiting = await redisOr(parts, () => parts.progress.queue());
  const waitingRows = waiting.reduce((total, entry) => total + entry.rows, 0);
  if (waiting.length < queueUploadsMax && (waiting.length === 0 || waitingRows + rows <= queueRowsMax)) return;
  throw new Problem('busy', {
    retryAfterSeconds: fullQueueSeconds,
    detail:
      'Too many rows wait to be checked. Send the file again after the time in Retry-After. Nothing was recorded.',
  });
}

/** Runs `work`. Throws `busy` if Redis fails: the client can try again later. */
async function redisOr<Result>({ logger }: Parts, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    logger.error({ err: error }, 'redis.refused');
    throw new Problem('busy', retrySoon());
  }
}
