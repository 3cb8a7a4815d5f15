// What a separate part of the script gives, which is loaded when it is needed.
import { useEffect, useState } from 'preact/hooks';

type Part<Value> = { readonly value: Value } | { readonly failure: Error };

/**
 * Null until it is loaded. It is loaded again when `key` changes, and a slow answer never replaces that of a later key.
 * Throws what stops the loading, for the boundary around it.
 */
export function usePart<Value>(load: () => Promise<Value>, key: unknown): Value | null {
  const [part, setPart] = useState<Part<Value> | null>(null);
  useEffect(() => {
    let active = true;
    const set = (next: Part<Value>): void => {
      if (active) setPart(next);
    };
    load().then(
      (value) => set({ value }),
      (error: unknown) =>
        set({ failure: error instanceof Error ? error : new Error('A part of the page did not load.') }),
    );
    return () => {
      active = false;
    };
  }, [key]);
  if (part === null) return null;
  if ('failure' in part) throw part.failure;
  return part.value;
}
