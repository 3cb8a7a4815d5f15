// Requests that watch a batch by server-sent events. Each is told the present state first and every change after it;
// changes come over pub/sub, which may lose some, so that all that are watched are read again from time to time. A stream
// ends with its session, with its token and with the service, and their number is bounded.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { Gauge } from '../../platform/metrics.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Redis } from '../../platform/redis.ts';
import { watchRevocations } from '../../platform/session-status.ts';
import type { SessionStatusLookup } from '../../platform/session-status.ts';
import type { AccessClaims } from '../../protocol/control/access-tokens.ts';
import { batchChangesChannel } from '../../protocol/control/batch-entries.ts';
import type { Batch } from '../../protocol/control/officials-api.ts';
import type { BatchProgress } from './batch-progress.ts';

/** Most streams of a process. */
const streamsMax = 1_000;
/** How often everything that is watched is read again, in milliseconds. */
const readAgainMs = 5_000;
/** How often a stream that has nothing to tell says that it is there, and its session is asked for, in milliseconds. */
const heartbeatMs = 15_000;
/** Shortest pause between two looks at one batch, in milliseconds. */
const pauseMs = 100;
/** Bytes that a client may leave unread before its stream is given up. */
const unreadBytesMax = 65_536;

type Stream = {
  readonly response: ServerResponse;
  readonly claims: AccessClaims;
  readonly batchId: string;
  told: string;
};

export type ProgressStreams = {
  /** Whether no further stream is taken. */
  full(): boolean;
  /** Takes an answer over and tells the state and what changes. */
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
  let revocations: { stop(): void } | undefined;
  observeStreams(parts.metrics, () => streams.size);
  const of = (batchId: string): Stream[] => [...streams].filter((stream) => stream.batchId === batchId);

  const look = createLook(logger, {
    wanted: (batchId) => of(batchId).length > 0,
    async look(batchId) {
      const batch = await progress.find(batchId);
      // Redis may have lost it: the worker writes it again.
      if (batch) for (const stream of of(batchId)) tell(stream, batch);
    },
  });
  const onMessage = (channel: string, batchId: string): void => {
    if (channel === batchChangesChannel) void look(batchId);
  };
  const beat = async (): Promise<void> => {
    for (const stream of streams) {
      const over = clock() >= stream.claims.exp * 1_000 || (await parts.sessionStatus(stream.claims.sid)) === 'ended';
      if (over) end(stream);
      else write(stream, ': held\n\n');
    }
  };
  return {
    full: () => streams.size >= streamsMax,
    hold(response, headers, claims, batch) {
      const stream: Stream = { response, claims, batchId: batch.id, told: '' };
      streams.add(stream);
      response.once('close', () => streams.delete(stream));
      response.on('error', () => undefined);
      // x-accel-buffering: nginx would otherwise collect the events.
      const own = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
      response.writeHead(200, { ...headers, ...own, 'cache-control': 'no-store' });
      tell(stream, batch);
      void look(batch.id);
    },
    start() {
      subscriber.on('message', onMessage);
      subscriber.subscribe(batchChangesChannel).catch(() => undefined);
      revocations = watchRevocations(subscriber, (session) => {
        for (const stream of streams) if (stream.claims.sid === session) end(stream);
      });
      timers.push(
        setInterval(
          () => new Set([...streams].map(({ batchId }) => batchId)).forEach((id) => void look(id)),
          readAgainMs,
        ),
        setInterval(() => void beat(), heartbeatMs),
      );
    },
    stop() {
      for (const timer of timers.splice(0)) clearInterval(timer);
      revocations?.stop();
      subscriber.off('message', onMessage);
      for (const stream of streams) end(stream);
    },
  };
}

/** One look at a time for each batch, however many changes are told meanwhile. */
function createLook(
  logger: Logger,
  { wanted, look }: { wanted(batchId: string): boolean; look(batchId: string): Promise<void> },
): (batchId: string) => Promise<void> {
  const running = new Map<string, { again: boolean }>();
  return async (batchId) => {
    const known = running.get(batchId);
    if (known) {
      known.again = true;
      return;
    }
    const state = { again: true };
    running.set(batchId, state);
    while (state.again && wanted(batchId)) {
      state.again = false;
      await look(batchId).catch((error: unknown) => logger.warn({ err: error }, 'batch.unreadable'));
      await pause(pauseMs);
    }
    running.delete(batchId);
  };
}

function tell(stream: Stream, batch: Batch): void {
  const text = JSON.stringify({ batch });
  if (text === stream.told) return;
  stream.told = text;
  write(stream, `event: batch\ndata: ${text}\n\n`);
  if (batch.state === 'done') end(stream);
}

function write({ response }: Stream, text: string): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.writableLength > unreadBytesMax) response.destroy();
  else response.write(text);
}

// The connection ends with its stream, so that nobody waits for it.
function end({ response }: Stream): void {
  if (!response.writableEnded) response.end(() => response.socket?.destroySoon());
}

function observeStreams(metrics: Metrics, size: () => number): void {
  new Gauge({
    name: 'popvote_officials_streams',
    help: 'Streams of progress that are open.',
    registers: [metrics],
    collect() {
      this.set(size());
    },
  });
}
