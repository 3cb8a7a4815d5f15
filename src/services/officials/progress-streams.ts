// Streams of server-sent events about the progress of a batch. Each first sends the present state and then every
// change. Changes come over pub/sub, which may lose messages, so all watched batches are read again at intervals. A
// stream ends with its session, its token or the service, and the number of streams is limited.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { isWithin } from '../../platform/clock.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { keepSubscribed } from '../../platform/redis.ts';
import type { Redis } from '../../platform/redis.ts';
import { watchRevocations } from '../../platform/session-status.ts';
import type { SessionStatusLookup } from '../../platform/session-status.ts';
import type { AccessClaims } from '../../protocol/control/access-tokens.ts';
import { batchChangesChannel } from '../../protocol/control/batch-entries.ts';
import type { Batch } from '../../protocol/control/officials-api.ts';
import { clockSkewSeconds } from '../../protocol/private-calls.ts';
import type { BatchProgress } from './batch-progress.ts';

/** Most streams of a process. */
const streamsMax = 1_000;
/** How often all watched batches are read again, in milliseconds. */
const readAgainMs = 5_000;
/** How often each stream sends a sign of life and its session is checked, in milliseconds. */
const heartbeatMs = 15_000;
/** Shortest pause between two reads of one batch, in milliseconds. */
const pauseMs = 100;
/** Unread bytes of a client beyond which its stream is closed. */
const unreadBytesMax = 65_536;

type Stream = {
  readonly response: ServerResponse;
  readonly claims: AccessClaims;
  readonly batchId: string;
  lastText: string;
};

export type ProgressStreams = {
  /** Whether the limit of streams is reached. */
  full(): boolean;
  /** Takes over an answer and sends the state and its changes. */
  hold(response: ServerResponse, headers: OutgoingHttpHeaders, claims: AccessClaims, batch: Batch): void;
  start(): void;
  /** Ends all streams. */
  stop(): void;
};

export function createProgressStreams(parts: {
  readonly progress: BatchProgress;
  /** A connection of its own that only subscribes. */
  readonly subscriber: Redis;
  readonly sessionStatus: SessionStatusLookup;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): ProgressStreams {
  const { progress, subscriber, clock, logger } = parts;
  const streams = new Set<Stream>();
  const timers: NodeJS.Timeout[] = [];
  let changes: { stop(): void } | undefined;
  let revocations: { stop(): void } | undefined;
  observeStreams(parts.metrics, () => streams.size);
  const streamsOf = (batchId: string): Stream[] => [...streams].filter((stream) => stream.batchId === batchId);

  const refresh = createRefresher(logger, {
    isWatched: (batchId) => streamsOf(batchId).length > 0,
    async read(batchId) {
      const batch = await progress.find(batchId);
      // Redis may have lost the batch. The worker writes it again.
      if (batch) for (const stream of streamsOf(batchId)) sendState(stream, batch);
    },
  });
  const onMessage = (channel: string, batchId: string): void => {
    if (channel === batchChangesChannel) void refresh(batchId);
  };
  const beat = async (): Promise<void> => {
    for (const stream of streams) {
      const { iat, exp, sid } = stream.claims;
      const valid = isWithin(clock(), iat * 1_000, (exp - iat) * 1_000, clockSkewSeconds * 1_000);
      const over = !valid || (await parts.sessionStatus(sid)) === 'ended';
      if (over) end(stream);
      else write(stream, ': held\n\n');
    }
  };
  return {
    full: () => streams.size >= streamsMax,
    hold(response, headers, claims, batch) {
      const stream: Stream = { response, claims, batchId: batch.id, lastText: '' };
      streams.add(stream);
      response.once('close', () => streams.delete(stream));
      response.on('error', () => undefined);
      // x-accel-buffering: nginx would otherwise collect the events.
      const own = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
      response.writeHead(200, { ...headers, ...own, 'cache-control': 'no-store' });
      sendState(stream, batch);
      void refresh(batch.id);
    },
    start() {
      subscriber.on('message', onMessage);
      changes = keepSubscribed(subscriber, batchChangesChannel);
      revocations = watchRevocations(subscriber, (session) => {
        for (const stream of streams) if (stream.claims.sid === session) end(stream);
      });
      timers.push(
        setInterval(
          () => new Set([...streams].map(({ batchId }) => batchId)).forEach((id) => void refresh(id)),
          readAgainMs,
        ),
        setInterval(() => void beat(), heartbeatMs),
      );
    },
    stop() {
      for (const timer of timers.splice(0)) clearInterval(timer);
      changes?.stop();
      revocations?.stop();
      subscriber.off('message', onMessage);
      for (const stream of streams) end(stream);
    },
  };
}

/** Reads each batch by one call at a time, however many changes are reported meanwhile. */
function createRefresher(
  logger: Logger,
  { isWatched, read }: { isWatched(batchId: string): boolean; read(batchId: string): Promise<void> },
): (batchId: string) => Promise<void> {
  const running = new Map<string, { again: boolean }>();
  return async (batchId) => {
    const current = running.get(batchId);
    if (current) {
      current.again = true;
      return;
    }
    const state = { again: true };
    running.set(batchId, state);
    while (state.again && isWatched(batchId)) {
      state.again = false;
      await read(batchId).catch((error: unknown) => logger.warn({ err: error }, 'batch.unreadable'));
      await pause(pauseMs);
    }
    running.delete(batchId);
  };
}

function sendState(stream: Stream, batch: Batch): void {
  const text = JSON.stringify({ batch });
  if (text === stream.lastText) return;
  stream.lastText = text;
  write(stream, `event: batch\ndata: ${text}\n\n`);
  if (batch.state === 'done' || batch.state === 'received' || batch.state === 'withdrawn') end(stream);
}

function write({ response }: Stream, text: string): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.writableLength > unreadBytesMax) response.destroy();
  else response.write(text);
}

// Ends the connection with its stream, so that nothing waits for it.
function end({ response }: Stream): void {
  if (!response.writableEnded) response.end(() => response.socket?.destroySoon());
}

function observeStreams(metrics: Metrics, size: () => number): void {
  new Gauge({
    name: 'popvote_officials_streams',
    help: 'Open progress streams.',
    registers: [metrics],
    collect() {
      this.set(size());
    },
  });
}
