// What is typed in a search, once no key was pressed for a moment.
import { useEffect, useState } from 'preact/hooks';

/** Pause in typing after which a search is sent, in milliseconds. */
const typingPauseMs = 250;

/** A typed text after a pause: a search sends one request, not one for each key. */
export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
