// How far the reading or the sending of a file is: a bar with its numbers in words, said aloud at each quarter and not more
// often.
import { numberText } from '../../words.ts';

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

/** How many rows these bytes are, as far as bytes tell. */
export const rowsText = (bytes: number, bytesTotal: number, rows: number): string =>
  `${numberText(bytesTotal === 0 ? 0 : Math.floor((bytes / bytesTotal) * rows))} of ${numberText(rows)} rows`;

export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${numberText(Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
