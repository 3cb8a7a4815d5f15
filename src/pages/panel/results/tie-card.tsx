// A tie as what it is: a decision that the votes cannot make. While it is open an administrator hands in the lot that was
// drawn; afterwards everybody reads how it was drawn and who handed it in.
import { useState } from 'preact/hooks';
import type { AuditLogPage } from '../../../protocol/control/audit-log-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { AdministeredResults } from '../../../protocol/control/results-api.ts';
import { Moment } from '../parts/moment.tsx';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { counted } from './contest-view.ts';
import type { ContestView, Count } from './contest-view.ts';
import { LotForm } from './lot-form.tsx';
import { PersonName } from '../people/person-name.tsx';

export type ResultsAndElection = { readonly election: AdministeredElection; readonly shown: AdministeredResults };
type Tie = NonNullable<Count['tie']>;

export function TieCard({
  of: { election, shown },
  view,
  contestId,
  kind,
  tie,
}: {
  readonly of: ResultsAndElection;
  readonly view: ContestView;
  readonly contestId: string;
  readonly kind: Count['kind'];
  readonly tie: Tie;
}) {
  const me = useMe();
  const [again, setAgain] = useState(false);
  const { tied, seatsLeft, lot } = tie;
  const names = view.namesOf(tied);
  const mayDecide = hasRole(me, 'administrator');
  const prize = kind === 'seats' ? counted(seatsLeft, 'seat') : 'the win';
  const form = <LotForm {...{ election, contestId, view, tie, prize }} onDone={() => setAgain(false)} />;
  if (lot === null) {
    return (
      <div class="note warn tie">
        <h3>A tie to decide</h3>
        <p>
          {names} have exactly the same claim to {prize}. No rule of the method prefers one of them: a lot has to be
          drawn, in the way that the law of the place wants.
        </p>
        {mayDecide ? form : <p>An administrator hands in the lot when it is drawn.</p>}
      </div>
    );
  }
  return (
    <div class="note tie">
      <h3>A tie, decided by lot</h3>
      <p>
        {names} had exactly the same claim to {prize}.
      </p>
      <p>Drawn in this order: {lot.order.map(view.nameOf).join(', ')}.</p>
      <blockquote>{lot.note}</blockquote>
      <HandedIn electionId={election.id} contestId={contestId} zone={election.definition.timeZone} />
      {mayDecide && shown.state === 'provisional' && !again && (
        <p class="no-print">
          <button type="button" class="small" onClick={() => setAgain(true)}>
            Replace this lot
          </button>{' '}
          <span class="muted">It can be replaced until it is published. Every lot stays on record.</span>
        </p>
      )}
      {again && form}
    </div>
  );
}

/** Who handed in the lot that stands: the audit log knows. */
function HandedIn(props: { readonly electionId: string; readonly contestId: string; readonly zone: string }) {
  const query = new URLSearchParams({ objectKind: 'election', objectId: props.electionId, limit: '200' });
  query.set('act', 'election.decide-by-lot');
  const log = useRemote<AuditLogPage>('elections', `/v1/audit-log?${query.toString()}`);
  const found = log.data?.entries.find(
    ({ entry }) => entry.outcome === 'done' && entry.changed !== null && `lots/${props.contestId}` in entry.changed,
  )?.entry;
  if (!found) return null;
  const { actor, at } = found;
  return (
    <p class="muted">
      Handed in by <PersonName userId={actor.kind === 'user' ? actor.userId : 'operator'} />,{' '}
      <Moment at={at} zone={props.zone} />.
    </p>
  );
}
