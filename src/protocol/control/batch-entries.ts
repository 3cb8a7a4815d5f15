// How a batch of paper ballots travels from `officials` to `worker` through the control Redis, and how its progress
// comes back. Redis is not trusted: rows are signed by `officials`, and counts are in the ledger of the box. An
// attacker who reaches Redis can at worst lose a file, which is noticed, and the file is sent again.
import { z } from 'zod';
import { batchRowsMax } from '../../domain/batch-file.ts';
import { userId } from './access-tokens.ts';
import { stationId } from '../paper-rules.ts';
import { electionDocument } from '../public-document.ts';
import { count, electionId, instant, signature } from '../public-values.ts';

/** Most rows of a chunk, and most characters of its text unless it is a single row. */
export const chunkRowsMax = 500;
export const chunkCharactersMax = 65_536;

/** SHA-256 over the ids of the election and the station and the normalised rows: the same file is the same batch. */
export const batchId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/)
  .describe('Made from the rows: the same file has the same id.');

/** How often a file may be uploaded again after it was withdrawn. */
export const uploadsAgainMax = 100;

/** The signed description of a file (over its RFC 8785 form), stored in the ledger. */
export const manifest = z.strictObject({
  version: z.literal(1),
  batchId,
  electionId,
  rows: z.int().min(1).max(batchRowsMax),
  official: userId.describe('Who uploaded it.'),
  acceptedAt: instant.describe('Decides whether the election was open.'),
  station: stationId.optional(),
  document: electionDocument.describe('The signed public document by which it was accepted.'),
  again: z
    .int()
    .min(1)
    .max(uploadsAgainMax)
    .optional()
    .describe('How often the file was withdrawn before. An upload from before a withdrawal is known by it.'),
});
export type Manifest = z.infer<typeof manifest>;
export const signedManifest = z.strictObject({ manifest, signature });

/** The signed description of a chunk; `digest` is SHA-256 of its text in base64url. Rows are numbered from 1. */
export const chunkSigningText = (batch: string, firstRow: number, digest: string): string =>
  `popvote/batch-chunk/v1|${batch}|${firstRow}|${digest}`;

/** The SHA-256 of this is a paper ballot's key in the box: the key does not show the ballot's file. */
export const paperTrackerText = (election: string, guid: string): string =>
  `popvote/batch-ballot/v1|${election}|${guid}`;

/**
 * A stream for each upload, with a separate name: first the entry {manifest: JSON of `signedManifest`}, then the
 * chunks in order as {row, text, kid, signature}. It expires unless the upload is announced in the queue.
 */
export const uploadKey = (upload: string): string => `batch:upload:${upload}`;
export const uploadId = z.uuid();
/** The stream of uploads to process: {batch, upload, rows, election, again}. An entry stays until its rows are done. */
export const batchQueueKey = 'batch:queue';
/** Its consumer groups: one checks rows and stores them; the other only adds manifests to the ledger, at once. */
export const batchGroups = { check: 'check', register: 'register' } as const;
export const queueEntry = z.object({
  batch: batchId,
  upload: uploadId,
  rows: z.coerce.number().int().min(1),
  election: electionId,
  again: z.coerce.number().int().min(0).default(0),
});
export type QueueEntry = z.infer<typeof queueEntry>;
/**
 * A sorted set of uploads on their way into the queue, `<election>/<upload>` by the time (milliseconds) at which they
 * expire. An upload is added before its election's state is checked, so an empty set after an election closed means
 * that no further upload will come.
 */
export const batchArrivingKey = 'batch:arriving';
export const arrivingMember = (election: string, upload: string): string => `${election}/${upload}`;
/** Longest time from the note to the announcement, in milliseconds. */
export const arrivingMsMax = 60_000;

/** Most uploads that wait in the queue, and most rows of them all. */
export const queueUploadsMax = 500;
export const queueRowsMax = 6_000_000;

/** How often an upload is delivered to a worker before it is dead-lettered. */
export const queueDeliveriesMax = 5;

/** The stream of dead letters: {batch, upload, row, reason}, kept for inspection. */
export const batchDeadKey = 'batch:dead';
export const deadEntriesMax = 10_000;

/** Whether the whole ledger was written to Redis since Redis was last empty or restarted. */
export const batchEpochKey = 'batch:epoch';
/** Each change of a batch is published here with the batch's id. */
export const batchChangesChannel = 'batch:changes';

/** JSON of `batchView`. */
export const batchViewKey = (batch: string): string => `batch:view:${batch}`;
/** How long a view is kept after its last change, in seconds. */
export const batchViewSeconds = 90 * 86_400;
/** A sorted set of batch ids by the time of acceptance (milliseconds), for each official and election and for all. */
export const batchIndexKey = (official: string | null, election: string | null): string =>
  `batch:index:${official ?? 'all'}:${election ?? 'all'}`;
/** The indexes that contain a batch. */
export const batchIndexKeys = (official: string, election: string): string[] =>
  [null, official].flatMap((of) => [batchIndexKey(of, null), batchIndexKey(of, election)]);
/** Most batches of one index; older ones are in the ledger only. */
export const batchIndexMax = 10_000;
/** A sorted set of JSON of `invalidRow` by row number. */
export const batchInvalidKey = (batch: string): string => `batch:invalid:${batch}`;
/** Most invalid rows of a batch that are copied to Redis; all of them are in the ledger. */
export const invalidRowsMax = 50_000;
/** How long they are kept after the last change, in seconds. */
export const batchInvalidSeconds = 14 * 86_400;

/** Why an upload or a part of it was dead-lettered, in words for officials. */
export const setApartReasons = {
  manifest: 'The file did not come from the officials’ service, or was changed on its way.',
  election: 'The election did not take batches when the file was accepted.',
  chunk: 'Rows did not come from the officials’ service, or were changed on their way.',
  closed: 'The ballot box of the election was closed before these rows were stored.',
  tries: 'Storing the rows failed again and again.',
} as const;
export type SetApartReason = keyof typeof setApartReasons;
const setApartReason = z.enum(Object.keys(setApartReasons) as [SetApartReason, ...SetApartReason[]]);

/** A withdrawal, as the ledger has it. */
export const withdrawal = z.object({
  reason: z.string(),
  by: z.string().describe('Id of a user.'),
  at: instant,
});
/** How far the uploads and withdrawals of a file are: 0 is its first upload, 1 its withdrawal, 2 the next upload. */
export const batchPhase = (again: number, isWithdrawn: boolean): number => 2 * again + (isWithdrawn ? 1 : 0);
/** How often the file was withdrawn, in a phase. */
export const withdrawalsIn = (phase: number): number => Math.ceil(phase / 2);

/** A confirmation, as the ledger has it. */
export const confirmation = z.object({ by: userId, at: instant });

/** The ledger's view of a batch. checked = valid + invalid, once a batch that needs a confirmation has one. */
export const batchView = z.object({
  batchId,
  electionId,
  official: userId,
  acceptedAt: instant,
  rows: count,
  checked: count,
  valid: count,
  invalid: count,
  duplicates: count,
  setApart: setApartReason.nullable().describe('Why rows of the last upload were not stored.'),
  inLedger: z.boolean().default(false).describe('The ledger has the batch, so that a loss of its rows is noticed.'),
  phase: count.default(0),
  withdrawal: withdrawal.nullable().default(null).describe('While the last upload is withdrawn.'),
  station: stationId.nullable().default(null),
  needsConfirmation: z.boolean().default(false),
  confirmation: confirmation.nullable().default(null),
});
export type BatchView = z.infer<typeof batchView>;

/** A row that does not count. */
export const invalidRow = z.object({
  row: z.int().min(1),
  guid: z.string(),
  cells: z.string().describe('As sent, columns separated by commas.'),
  reason: z.string(),
  contestId: z.string().nullable(),
  firstBatchId: z.string().nullable(),
  firstRow: z.int().nullable(),
});
export type InvalidRow = z.infer<typeof invalidRow>;

const scripts = ['+eval', '+evalsha', '+script|load'];

export const officialsBatchRules: readonly string[] = [
  // WAITAOF is not known to older servers, which reject its name. Its category has no other command left to allow.
  '+@blocking',
  '-@list',
  '-@sortedset',
  '-xread',
  '-xreadgroup',
  '-wait',
  '~batch:upload:*',
  `~${batchQueueKey}`,
  `~${batchArrivingKey}`,
  '~batch:view:*',
  '~batch:index:*',
  '%R~batch:invalid:*',
  '+xadd',
  '+xlen',
  '+xrange',
  '+expire',
  '+persist',
  '+unlink',
  '+get',
  '+set',
  '+mget',
  '+zadd',
  '+zrem',
  '+zremrangebyscore',
  '+zrevrank',
  '+zrevrange',
  '+zrange',
  '+zcard',
  '+zremrangebyrank',
  '+multi',
  '+exec',
  ...scripts,
  // It subscribes to changes and publishes none: the right to publish would cover every channel that it subscribes to.
  `&${batchChangesChannel}`,
];
export const workerBatchRules: readonly string[] = [
  '~batch:*',
  `&${batchChangesChannel}`,
  '+publish',
  ...scripts,
  '+multi',
  '+exec',
  '+get',
  '+set',
  '+expire',
  '+unlink',
  '+xgroup|create',
  '+xreadgroup',
  '+xautoclaim',
  '+xclaim',
  '+xpending',
  '+xack',
  '+xadd',
  '+xdel',
  '+xlen',
  '+xrange',
  '+xtrim',
  '+zadd',
  '+zcard',
  '+zremrangebyrank',
];
/** Of `elections`: sees whether rows still wait, before it closes a box. */
export const queueReaderRules: readonly string[] = [
  `%R~${batchQueueKey}`,
  `%R~${batchArrivingKey}`,
  '+xrange',
  '+zrange',
];
/**
 * Of `elections`: shows a withdrawal before it answers. It publishes no change: the right to publish would cover every
 * channel that it subscribes to. `worker` does.
 */
export const withdrawalWriterRules: readonly string[] = ['~batch:view:*', '+eval', '+get', '+set'];
