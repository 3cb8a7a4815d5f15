// Whether the page updates itself, the age of its data, and a button that pauses the updates. Screen readers do not
// announce the changes.
import { useEffect, useState } from 'preact/hooks';
import { durationText } from '../words.ts';
import type { LiveState } from './use-batch.ts';

const secondMs = 1_000;
const tags = {
  live: ['●', 'Live', 'good'],
  reconnecting: ['◐', 'Reconnecting', 'warn'],
  paused: ['‖', 'Paused', 'calm'],
} as const;

export function LiveLine({
  state,
  updatedAt,
  onPause,
}: {
  readonly state: LiveState;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
  readonly onPause: (paused: boolean) => void;
}) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (state === 'still') return;
    const timer = setInterval(() => setNow(Date.now()), secondMs);
    return () => clearInterval(timer);
  }, [state]);
  if (state === 'still') return null;
  const [shape, word, tone] = tags[state];
  const ageMs = now - updatedAt;
  return (
    <p class="batch-live-line no-print">
      <span class={`tag ${tone}`}>
        <span aria-hidden="true">{shape}</span> {word}
      </span>{' '}
      <span class="muted" aria-live="off">
        Updated {ageMs < secondMs ? 'just now' : `${durationText(ageMs)} ago`}
      </span>{' '}
      <button type="button" class="small" aria-pressed={state === 'paused'} onClick={() => onPause(state !== 'paused')}>
        Pause updates
      </button>
    </p>
  );
}
