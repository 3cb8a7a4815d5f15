// The columns of a list of elections, and what each row offers by its state and the roles of the reader.
import { Link } from 'wouter-preact';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import type { Column } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { hasRole } from '../session/session.tsx';
import type { Me } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { addressOf } from './draft/definition.ts';

export function electionColumns(me: Me): readonly Column<ElectionSummary>[] {
  const reads = hasRole(me, 'administrator', 'auditor');
  return [
    {
      head: 'Election',
      cell: ({ id, title, rehearsal }) => (
        <>
          {reads ? (
            <Link href={addressOf(id)}>
              <bdi>{titleInEnglish(title)}</bdi>
            </Link>
          ) : (
            <bdi>{titleInEnglish(title)}</bdi>
          )}{' '}
          {rehearsal && <RehearsalMark />}
          <br />
          <span class="muted">{id}</span>
        </>
      ),
    },
    { head: 'State', cell: ({ phase }) => <StateTag state={phase} /> },
    { head: 'Opens', cell: ({ opensAt }) => <Moment at={opensAt} form="short" /> },
    { head: 'Closes', cell: ({ closesAt }) => <Moment at={closesAt} form="short" /> },
    { head: 'Contests', number: true, cell: ({ contests }) => contests },
    { head: 'Actions', cell: (election) => <RowActions election={election} me={me} /> },
  ];
}

const RehearsalMark = () => (
  <span class="tag warn">
    <span aria-hidden="true">◇</span> Rehearsal
  </span>
);

function RowActions({
  election: { id, phase, state, title, channels },
  me,
}: {
  readonly election: ElectionSummary;
  readonly me: Me;
}) {
  const at = addressOf(id);
  const takesPaper = channels.includes('batches');
  const acts: (readonly [string, string])[] = [];
  if (hasRole(me, 'administrator') && (phase === 'draft' || phase === 'scheduled')) {
    acts.push([`${at}/edit`, phase === 'draft' ? 'Continue editing' : 'Edit']);
  }
  if (hasRole(me, 'administrator', 'auditor')) {
    if (phase === 'open') acts.push([`${at}/live`, 'Live']);
    if (phase === 'closed' || phase === 'published') acts.push([`${at}/results`, 'Results']);
  }
  if (hasRole(me, 'official') && phase === 'open' && takesPaper) {
    acts.push([`/batches/new?election=${encodeURIComponent(id)}`, 'Upload a file']);
  }
  if (phase === 'draft' || phase === 'scheduled') acts.push([`${at}/preview`, 'Preview']);
  if (takesPaper && state !== 'published' && phase !== 'closed') acts.push([`${at}/paper`, 'Paper']);
  return (
    <ul class="row-acts">
      {acts.map(([address, text]) => (
        <li key={text}>
          <Link href={address}>
            {text}
            <span class="unseen"> for {titleInEnglish(title)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
