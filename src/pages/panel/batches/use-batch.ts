// One batch as it goes, by server-sent events: they come back by themselves after every break, and where the session is over
// the page asks to sign in again. What was read last stays on the page meanwhile.
import { useQueryClient } from '@tanstack/preact-query';
import { useEffect, useState } from 'preact/hooks';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { useRemote } from '../remote.ts';

/** First and longest pause before a stream that was refused is asked for again, in milliseconds. */
const pauseMsMin = 1_000;
const pauseMsMax = 30_000;

export type BatchAnswer = { readonly batch: Batch };
/** `still`: nothing changes any more. */
export type LiveState = 'live' | 'reconnecting' | 'paused' | 'still';

export function useBatch(batchId: string) {
  const client = useQueryClient();
  const path = `/v1/batches/${encodeURIComponent(batchId)}`;
  const read = useRemote<BatchAnswer>('officials', path);
  const [line, setLine] = useState<'live' | 'reconnecting'>('reconnecting');
  const [paused, setPaused] = useState(false);
  const known = read.data !== undefined;
  const still = read.data?.batch.state === 'done';
  const { refetch } = read;
  useEffect(() => {
    if (!known || still || paused) return;
    return watch(`/api/officials${path}/events`, {
      onLine: setLine,
      onBatch: (answer) => client.setQueryData(['officials', path], answer),
      // It tells what is wrong, and waits where somebody has to sign in.
      before: () => refetch(),
    });
  }, [known, still, paused, path, client, refetch]);
  const state: LiveState = still ? 'still' : paused ? 'paused' : line;
  return { read, state, paused, setPaused };
}

type Watcher = {
  readonly onLine: (line: 'live' | 'reconnecting') => void;
  readonly onBatch: (answer: BatchAnswer) => void;
  /** Waited for before a stream that was refused is asked for again. */
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
      // The browser tries again by itself after a break, and never after a rejection.
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
