// Several readings of one kind at once: for a page about all open elections.
import { useQueries } from '@tanstack/preact-query';
import type { UseQueryOptions } from '@tanstack/preact-query';
import { callPanel } from '../calls.ts';
import type { Refused, Service } from '../calls.ts';

export type LiveReading<T> = {
  readonly data: T | undefined;
  readonly error: Refused | null;
  readonly dataUpdatedAt: number;
};

/** Reads each address repeatedly while the page is in front; `everyMs` null stops. Same keys as `useRemote`. */
export function useRemotes<T>(
  service: Service,
  paths: readonly string[],
  everyMs: number | null,
): readonly LiveReading<T>[] {
  const queries: UseQueryOptions<T, Refused>[] = paths.map((path) => ({
    queryKey: [service, path],
    queryFn: async ({ signal }) => (await callPanel<T>(service, path, { signal })).data,
    refetchInterval: everyMs ?? false,
  }));
  return useQueries({ queries });
}
