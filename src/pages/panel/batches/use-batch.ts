// One batch, live by server-sent events. The stream reconnects after every break, and asks for a new sign-in when the
// session is over. The last data stays on the page meanwhile.
import { useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { useRemote } from '../remote.ts';

/** First and longest delay before a rejected stream is opened again, in milliseconds. */
const pauseMsMin = 1_000;
const pauseMsMax = 30_000;

const stillStates: readonly Batch['state'][] = ['received', 'done', 'withdrawn'];

export type BatchAnswer = { readonly batch: Batch };
/** `still`: the batch does not change any more, unless people decide about it. */
export type LiveState = 'live' | 'reconnecting' | 'paused' | 'still';

export function useBatch(batchId: string) {
  const client = useQueryClient();
  const path = `/v1/batches/${encodeURIComponent(batchId)}`;
  const read = useRemote<BatchAnswer>('officials', path);
  const [line, setLine] = useState<'live' | 'reconnecting'>('reconnecting');
  const [paused, setPaused] = useState(false);
  const hasBatch = read.data !== undefined;
  const still = stillStates.includes(read.data?.batch.state ?? 'queued');
  const { refetch } = read;
  useEffect(() => {
    if (!hasBatch || still || paused) return;
    return watch(`/api/officials${path}/events`, {
      onLine: setLine,
      onBatch: (answer) => client.setQueryData(['officials', path], answer),
      // This call reports the error, and waits if a new sign-in is needed.
      before: () => refetch(),
    });
  }, [hasBatch, still, paused, path, client, refetch]);
  const state: LiveState = still ? 'still' : paused ? 'paused' : line;
  return { read, state, paused, setPaused };
}

type Watcher = {
  readonly onLine: (line: 'live' | 'reconnecting') => void;
  readonly onBatch: (answer: BatchAnswer) => void;
  /** Delay before a rejected stream is opened again. */
  readonly before: () => Promise<unknown>;
};

function watch(address: string, { onLine, onBatch, before }: Watcher): () => void {
  let source = null as EventSource | null;
  let timer = 0;
  let pauseMs = pauseMsMin;
  let ended = false;
  const open = (): void => {
    if (ended) return;
    source = new EventSource(address);
    source.addEventListener('open', () => onLine('live'));
    source.addEventListener('batch', ({ data }: MessageEvent<string>) => {
      pauseMs = pauseMsMin;
      onLine('live');
      onBatch(JSON.parse(data) as BatchAnswer);
    });
    source.addEventListener('error', () => {
      onLine('reconnecting');
      // The browser reconnects by itself after a break, and never after a rejection.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(() => void before().then(open, open), pauseMs);
      pauseMs = Math.min(pauseMs * 2, pauseMsMax);
    });
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
}
