// A list that the browser sorts or searches has to be read to its end first: a part of it in order would look like all.
import { useEffect } from 'preact/hooks';
import { numberText } from '../words.ts';

/** Most rows of a list that are read to sort or search it. */
const wholeListRowsMax = 5_000;

type PagedList = {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
};

/** `whole`: all is there, or nothing needs it. `cut`: the list has more rows than are read. */
type WholeState = 'whole' | 'reading' | 'cut' | 'failed';

/** Reads every page while it is needed. `rows`: those that are there. */
export function useWholeList(list: PagedList, needed: boolean, rows: number): WholeState {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const reads = needed && hasNextPage && rows < wholeListRowsMax && !isFetchNextPageError;
  useEffect(() => {
    if (reads && !isFetchingNextPage) void fetchNextPage();
  }, [reads, isFetchingNextPage, rows]);
  if (!needed || !hasNextPage) return 'whole';
  if (reads) return 'reading';
  return isFetchNextPageError ? 'failed' : 'cut';
}

export function WholeListNote({ state }: { readonly state: WholeState }) {
  if (state === 'whole') return null;
  if (state === 'reading') return <p role="status">Loading the whole list…</p>;
  return (
    <p class="note warn" role="status">
      {state === 'cut'
        ? `The list has more than ${numberText(wholeListRowsMax)} rows. Only the first ones are sorted and searched.`
        : 'The rest of the list is not available. Only the part that was loaded is sorted and searched.'}
    </p>
  );
}
