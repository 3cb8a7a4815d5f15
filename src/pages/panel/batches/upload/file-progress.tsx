// A progress bar for checking or uploading a file, with its numbers in words. Screen readers announce each quarter
// only.
import { countText, numberText } from '../../words.ts';

export function FileProgress({
  label,
  done,
  total,
  text,
}: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Such as "2,400 of 4,790 rows". */
  readonly text: string;
}) {
  const percent = total === 0 ? 0 : Math.min(100, Math.floor((done / total) * 100));
  const quarter = Math.floor(percent / 25) * 25;
  return (
    <div class="batch-file-progress">
      <progress aria-label={label} aria-valuetext={text} value={done} max={Math.max(1, total)} />
      <span aria-hidden="true">
        {text} ({percent} %)
      </span>
      <span class="unseen" role="status">
        {quarter > 0 && `${label}: ${quarter} percent`}
      </span>
    </div>
  );
}

/** The number of rows in these bytes, as an estimate. */
export const rowsText = (bytes: number, bytesTotal: number, rows: number): string =>
  `${numberText(bytesTotal === 0 ? 0 : Math.floor((bytes / bytesTotal) * rows))} of ${countText(rows, 'row')}`;

export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${numberText(Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
