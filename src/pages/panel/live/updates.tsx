// The age of live data, and a button that pauses the updates (WCAG 2.2.2). Screen readers announce the numbers only on
// request.
import { useEffect, useRef, useState } from 'preact/hooks';
import { durationText } from '../words.ts';

/** Time between two readings of live data, in milliseconds. */
export const liveEveryMs = 5_000;
const secondMs = 1_000;

/** The current time, updated every second or in another rhythm; null stops it. */
export function useNow(everyMs: number | null = secondMs): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** The value at the pause, until the updates continue. */
export function usePaused<T>(value: T, paused: boolean): T {
  const snapshot = useRef(value);
  if (!paused || snapshot.current === undefined) snapshot.current = value;
  return snapshot.current;
}

type Reading = { readonly dataUpdatedAt: number; readonly failureCount: number; readonly isError: boolean };

/** Such as "Updated 5 seconds ago · Live". */
export function UpdatesLine({
  of: { dataUpdatedAt, failureCount, isError },
  word = 'Updated',
  paused,
  onPause,
}: {
  readonly of: Reading;
  /** The verb for a reading. */
  readonly word?: string;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
}) {
  const now = useNow(paused ? null : secondMs);
  const state = paused ? 'Paused' : isError || failureCount > 0 ? 'Reconnecting' : 'Live';
  const tone = state === 'Live' ? 'good' : state === 'Paused' ? 'calm' : 'warn';
  return (
    <p class="updates no-print">
      <span class={`tag ${tone}`}>{state}</span>{' '}
      <span aria-live="off">{dataUpdatedAt === 0 ? 'No data yet' : `${word} ${ageText(now - dataUpdatedAt)}`}</span>{' '}
      <button type="button" class="small" aria-pressed={paused} onClick={() => onPause(!paused)}>
        Pause updates
      </button>
    </p>
  );
}

const ageText = (ms: number): string => (ms < secondMs ? 'just now' : `${durationText(ms)} ago`);

/** Announces a sentence to screen readers on request. */
export function ReadAloud({ sentence }: { readonly sentence: string }) {
  const [announcement, setAnnouncement] = useState('');
  return (
    <>
      <button
        type="button"
        class="small no-print"
        onClick={() => {
          // A change is needed for the same sentence to be announced again.
          setAnnouncement('');
          setTimeout(() => setAnnouncement(sentence));
        }}
      >
        Read aloud
      </button>
      <span class="unseen" role="status">
        {announcement}
      </span>
    </>
  );
}
