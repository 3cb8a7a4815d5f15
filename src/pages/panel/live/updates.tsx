// What ticks, and how to stop it: when it was read last, whether it still comes, and a button that holds everything as it is
// (WCAG 2.2.2). Nothing of it is announced; who wants to hear it presses a button.
import { useEffect, useRef, useState } from 'preact/hooks';
import { durationText } from '../words.ts';

/** Between two readings of what is live, in milliseconds. */
export const liveEveryMs = 5_000;
const secondMs = 1_000;

/** The time now, anew every second while `ticking`. */
export function useNow(ticking = true): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), secondMs);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}

/** What was there when it was paused, until it goes on. */
export function useHeld<T>(value: T, paused: boolean): T {
  const held = useRef(value);
  if (!paused || held.current === undefined) held.current = value;
  return held.current;
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
  /** What happened when it was read. */
  readonly word?: string;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
}) {
  const now = useNow(!paused);
  const state = paused ? 'Paused' : isError || failureCount > 0 ? 'Reconnecting' : 'Live';
  const tone = state === 'Live' ? 'good' : state === 'Paused' ? 'calm' : 'warn';
  return (
    <p class="updates no-print">
      <span class={`tag ${tone}`}>{state}</span>{' '}
      <span aria-live="off">{dataUpdatedAt === 0 ? 'Not read yet' : `${word} ${ageText(now - dataUpdatedAt)}`}</span>{' '}
      <button type="button" class="small" aria-pressed={paused} onClick={() => onPause(!paused)}>
        Pause updates
      </button>
    </p>
  );
}

const ageText = (ms: number): string => (ms < secondMs ? 'just now' : `${durationText(ms)} ago`);

/** Says a sentence to those who listen, at the moment when it is asked for. */
export function ReadAloud({ sentence }: { readonly sentence: string }) {
  const [said, setSaid] = useState('');
  return (
    <>
      <button
        type="button"
        class="small no-print"
        onClick={() => {
          // The same sentence again is heard again.
          setSaid('');
          setTimeout(() => setSaid(sentence));
        }}
      >
        Read aloud now
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}
