// Readings from the control API, cached in memory while they are shown, and actions that change it. An action that is
// running cannot start twice.
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/preact-query';
import { useRef, useState } from 'preact/hooks';
import { callPanel, noteProposed, Proposed, Refused } from './calls.ts';
import type { Service } from './calls.ts';

/** Reads one address; `everyMs` repeats the reading while the page is in front. A null path waits. */
export function useRemote<T>(service: Service, path: string | null, options: { readonly everyMs?: number } = {}) {
  return useQuery<T, Refused>({
    queryKey: [service, path],
    queryFn: async ({ signal }) => (await callPanel<T>(service, path ?? '', { signal })).data,
    enabled: path !== null,
    ...(options.everyMs !== undefined && { refetchInterval: options.everyMs }),
  });
}

/**
 * Reads a list page by page. `cursor` is the name of the parameter that takes `next`. `keep`: the list of the address
 * before is shown until the next is there.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what it reads
export function usePages<Page extends { readonly next: string | null }>(
  service: Service,
  path: string,
  cursor: 'after' | 'before',
  { keep = false }: { readonly keep?: boolean } = {},
) {
  const join = path.includes('?') ? '&' : '?';
  return useInfiniteQuery<Page, Refused, { pages: Page[] }, readonly string[], string | null>({
    queryKey: [service, path, 'pages'],
    queryFn: async ({ pageParam, signal }) => {
      const more = pageParam === null ? '' : `${join}${cursor}=${encodeURIComponent(pageParam)}`;
      return (await callPanel<Page>(service, path + more, { signal })).data;
    },
    initialPageParam: null,
    getNextPageParam: ({ next }) => next,
    ...(keep && { placeholderData: keepPreviousData }),
  });
}

/** Drops the readings from a service, so that pages in front read them again. */
export function useRefresh(): (service: Service) => Promise<void> {
  const client = useQueryClient();
  return (service) => client.invalidateQueries({ queryKey: [service] });
}

export type RemoteAction<Arguments extends readonly unknown[]> = {
  readonly run: (...parameters: Arguments) => Promise<boolean>;
  readonly busy: boolean;
  readonly rejection: Refused | null;
  readonly clear: () => void;
};

/** An action with its state. `run` returns whether it succeeded or was proposed; a rejection is kept for the page. */
export function useAct<Arguments extends readonly unknown[]>(
  work: (...parameters: Arguments) => Promise<unknown>,
): RemoteAction<Arguments> {
  const [state, setState] = useState<{ readonly busy: boolean; readonly rejection: Refused | null }>(idle);
  const running = useRef(false);
  const refresh = useRefresh();
  const run = async (...parameters: Arguments): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setState({ busy: true, rejection: null });
    try {
      await work(...parameters);
      setState(idle);
      return true;
    } catch (error) {
      if (error instanceof Proposed) {
        await Promise.all([refresh('elections'), refresh('access')]);
        setState(idle);
        noteProposed(error);
        return true;
      }
      if (!(error instanceof Refused)) throw error;
      setState({ busy: false, rejection: error });
      return false;
    } finally {
      running.current = false;
    }
  };
  return { ...state, run, clear: () => setState(idle) };
}
const idle = { busy: false, rejection: null };
