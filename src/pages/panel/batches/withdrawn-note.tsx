// What a withdrawal means for a batch: why, by whom and when, and how its ballots can still count.
import { Link } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { PersonName } from '../people/person-name.tsx';
import { Moment } from '../parts/moment.tsx';
import { hasRole, useMe } from '../session/session.tsx';

export function WithdrawnNote({
  batch: { electionId },
  election,
  withdrawn: { reason, by, at },
}: {
  readonly batch: Batch;
  readonly election: PublicElection | undefined;
  readonly withdrawn: NonNullable<Batch['withdrawn']>;
}) {
  const me = useMe();
  return (
    <div class="note warn" role="status">
      <p>
        <strong>This batch was withdrawn.</strong> None of its rows counts.
      </p>
      <p>
        Withdrawn by <PersonName userId={by} /> on <Moment at={at} />. Reason: {reason}
      </p>
      {hasRole(me, 'official') && election?.phase === 'open' && (
        <p>
          If its ballots are to count, <Link href={`/batches/new?election=${electionId}`}>upload the right file</Link>.
          It may have the same ballot IDs.
        </p>
      )}
    </div>
  );
}
