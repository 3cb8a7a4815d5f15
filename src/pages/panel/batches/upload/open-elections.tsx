// The elections that accept paper ballots now, with a link to the upload; if there is none, the reason and the next
// date.
import { Link } from 'wouter-preact';
import type { ElectionSummary } from '../../../../protocol/control/elections-api.ts';
import { RehearsalTag } from '../rehearsal-tag.tsx';
import { momentText, titleInEnglish } from '../../words.ts';

export function OpenElections({
  open,
  next,
  mayUpload,
}: {
  readonly open: readonly ElectionSummary[];
  readonly next: ElectionSummary | null;
  readonly mayUpload: boolean;
}) {
  if (open.length === 0) return <NothingOpen next={next} withButton={mayUpload} />;
  return (
    <ul class="batch-open-elections">
      {open.map(({ id, title, closesAt, timeZone, rehearsal }) => (
        <li key={id}>
          <span>
            <strong>{titleInEnglish(title)}</strong> {rehearsal && <RehearsalTag />} takes paper ballots until{' '}
            {momentText(closesAt, timeZone)}.
          </span>
          {mayUpload && (
            <Link class="button primary" href={`/batches/new?election=${id}`}>
              Upload a file<span class="unseen"> for {titleInEnglish(title)}</span>
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

export function NothingOpen({
  next,
  withButton = false,
}: {
  readonly next: ElectionSummary | null;
  readonly withButton?: boolean;
}) {
  return (
    <div class="note">
      <p id="nothing-open">
        <strong>No election takes paper ballots now.</strong>{' '}
        {next
          ? `The next one, ${titleInEnglish(next.title)}, opens on ${momentText(next.opensAt, next.timeZone)}.`
          : 'None is announced. An administrator announces elections and chooses which ones take paper ballots.'}
      </p>
      {withButton && (
        <button type="button" aria-disabled="true" aria-describedby="nothing-open">
          Upload a file
        </button>
      )}
    </div>
  );
}
