// The end of a paged list: the number of rows, and a button for the next page.
import { numberText } from '../words.ts';

export function ShowMore({
  of: { hasNextPage, isFetchingNextPage, fetchNextPage },
  count,
  label = 'Show more',
}: {
  readonly of: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
  /** The number of rows; omitted from the page where it is not set. */
  readonly count?: number;
  readonly label?: string;
}) {
  if (count === undefined && !hasNextPage) return null;
  return (
    <div class="acts">
      {count !== undefined && (
        <span class="muted" role="status">
          {hasNextPage ? `First ${numberText(count)}` : `${numberText(count)} of ${numberText(count)}`}
        </span>
      )}
      {hasNextPage && (
        <button
          type="button"
          aria-disabled={isFetchingNextPage}
          onClick={() => void (isFetchingNextPage ? undefined : fetchNextPage())}
        >
          {label}
        </button>
      )}
    </div>
  );
}
