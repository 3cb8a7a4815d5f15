// A page whose part of the script is loaded when it is opened.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each page takes the parameters of its own address
type Page = ComponentType<any>;

const pages = new Map<() => Promise<Page>, Page>();

/** Throws what stops the loading, for the boundary around it. */
export function LazyPage({
  load,
  parameters,
}: {
  readonly load: () => Promise<Page>;
  readonly parameters: Readonly<Record<string, string>>;
}) {
  const [failure, setFailure] = useState<Error | null>(null);
  const [, setLoaded] = useState<unknown>(null);
  useEffect(() => {
    let active = true;
    load().then(
      (page) => {
        pages.set(load, page);
        if (active) setLoaded(load);
      },
      (error: unknown) => {
        if (active) setFailure(error instanceof Error ? error : new Error('The page did not load.'));
      },
    );
    return () => (active = false);
  }, [load]);
  if (failure !== null) throw failure;
  const Page = pages.get(load);
  if (Page !== undefined) return <Page {...parameters} />;
  return (
    <p class="skeleton" role="status">
      <span class="unseen">Loading…</span>
    </p>
  );
}
