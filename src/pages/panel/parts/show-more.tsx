// The end of a list that comes page by page: how much of it is there, and the next page.
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
  /** How many are shown; not said where it is not given. */
  readonly count?: number;
  readonly label?: string;
}) {
  if (count === undefined && !hasNextPage) return null;
  return (
    <div class="acts">
      {count !== undefined && (
        <span class="muted" role="status">
          {numberText(count)} shown{hasNextPage ? '' : ', all there are'}
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
