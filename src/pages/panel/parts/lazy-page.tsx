// A page whose part of the script is loaded when it is opened.
import type { ComponentType } from 'preact';
import { usePart } from './use-part.ts';

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
  usePart(async () => void pages.set(load, await load()), load);
  const Page = pages.get(load);
  if (Page !== undefined) return <Page {...parameters} />;
  return (
    <p class="skeleton" role="status">
      <span class="unseen">Loading…</span>
    </p>
  );
}
