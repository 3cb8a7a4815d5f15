// What pages read from the control API, kept in memory for as long as it is shown, and acts that change it. An act that is
// under way cannot be begun twice.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/preact-query';
import { useRef, useState } from 'preact/hooks';
import { callPanel, Refused } from './calls.ts';
import type { Service } from './calls.ts';

/** Reads one address; `everyMs` asks again and again while the page is in front. A null path waits. */
export function useRemote<T>(service: Service, path: string | null, options: { readonly everyMs?: number } = {}) {
  return useQuery<T, Refused>({
    queryKey: [service, path],
    queryFn: async ({ signal }) => (await callPanel<T>(service, path ?? '', { signal })).data,
    enabled: path !== null,
    ...(options.everyMs !== undefined && { refetchInterval: options.everyMs }),
  });
}

/** Reads a list page by page. `cursor` is the name of the parameter that takes `next`. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what it reads
export function usePages<Page extends { readonly next: string | null }>(
  service: Service,
  path: string,
  cursor: 'after' | 'before',
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
  });
}

/** Forgets what was read from a service, so that pages in front read it anew. */
export function useRefresh(): (service: Service) => Promise<void> {
  const client = useQueryClient();
  return (service) => client.invalidateQueries({ queryKey: [service] });
}

export type RemoteAction<Arguments extends readonly unknown[]> = {
  readonly run: (...given: Arguments) => Promise<boolean>;
  readonly busy: boolean;
  readonly rejection: Refused | null;
  readonly clear: () => void;
};

/** An act with its state. `run` answers whether it was done; a rejection is kept for the page to show. */
export function useAct<Arguments extends readonly unknown[]>(
  work: (...given: Arguments) => Promise<unknown>,
): RemoteAction<Arguments> {
  const [state, setState] = useState<{ readonly busy: boolean; readonly rejection: Refused | null }>(idle);
  const running = useRef(false);
  const run = async (...given: Arguments): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setState({ busy: true, rejection: null });
    try {
      await work(...given);
      setState(idle);
      return true;
    } catch (error) {
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
