// Moves through the pages of a long table. The address contains the page.
import { useSearchParams } from 'wouter-preact';
import { numberText } from '../words.ts';

/** The number in the address under a name, from 1 to `pages`. */
export function usePlace(name: string, pages: number): readonly [number, (page: number) => void] {
  const [parameters, setParameters] = useSearchParams();
  const number = Number(parameters.get(name) ?? 1);
  const page = Number.isInteger(number) ? Math.min(Math.max(1, number), Math.max(1, pages)) : 1;
  const go = (to: number): void =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        next.set(name, String(to));
        return next;
      },
      { replace: true },
    );
  return [page, go];
}

export function Pager({
  what,
  page,
  size,
  total,
  onPage,
}: {
  /** Such as "Seats". */
  readonly what: string;
  readonly page: number;
  readonly size: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}) {
  if (total <= size) return null;
  const pages = Math.ceil(total / size);
  const first = (page - 1) * size + 1;
  const last = Math.min(total, page * size);
  const go = (to: number) => () => (to >= 1 && to <= pages ? onPage(to) : undefined);
  return (
    <div class="pager no-print" role="group" aria-label={`Pages of ${what.toLowerCase()}`}>
      <button type="button" class="small" aria-disabled={page === 1} onClick={go(page - 1)}>
        Previous
      </button>
      <span role="status">
        {what} {numberText(first)} to {numberText(last)} of {numberText(total)}
      </span>
      <button type="button" class="small" aria-disabled={page === pages} onClick={go(page + 1)}>
        Next
      </button>
    </div>
  );
}
