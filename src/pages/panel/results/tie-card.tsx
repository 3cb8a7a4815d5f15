// A tie. While it is open an administrator records how lots were drawn; afterwards the card says how they were drawn and who
// recorded it.
import { useState } from 'preact/hooks';
import type { TieFacts } from '../../../domain/results/tie-facts.ts';
import type { AuditLogPage } from '../../../protocol/control/audit-log-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { AdministeredResults } from '../../../protocol/control/results-api.ts';
import { Moment } from '../parts/moment.tsx';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { counted } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';
import { LotForm } from './lot-form.tsx';
import { PersonName } from '../people/person-name.tsx';

export type ResultsAndElection = { readonly election: AdministeredElection; readonly current: AdministeredResults };

export function TieCard({
  of: { election, current },
  view,
  contestId,
  places: prizes,
  tie,
}: {
  readonly of: ResultsAndElection;
  readonly view: PanelContestView;
  readonly contestId: string;
  /** What the tied compete for. */
  readonly places: 'seats' | 'first';
  readonly tie: TieFacts;
}) {
  const me = useMe();
  const [again, setAgain] = useState(false);
  const { tied, places, decision } = tie;
  const names = view.namesOf(tied);
  const mayDecide = hasRole(me, 'administrator');
  const prize = prizes === 'seats' ? counted(places, 'seat') : 'first place';
  const form = <LotForm {...{ election, contestId, view, tie, prize }} onDone={() => setAgain(false)} />;
  if (decision === null) {
    return (
      <div class="note warn tie">
        <h3>A tie to decide</h3>
        <p>
          {names} are tied for {prize}. Draw lots as your rules require, then record the draw here.
        </p>
        {mayDecide ? form : <p>An administrator records the draw.</p>}
      </div>
    );
  }
  return (
    <div class="note tie">
      <h3>A tie, decided by drawing lots</h3>
      <p>
        {names} were tied for {prize}.
      </p>
      <p>Drawn in this order: {decision.lot.order.map(view.nameOf).join(', ')}.</p>
      <p>Won by the draw: {view.namesOf(decision.winners)}.</p>
      <blockquote>{decision.lot.note}</blockquote>
      <RecordedBy electionId={election.id} contestId={contestId} />
      {mayDecide && current.state === 'provisional' && !again && (
        <p class="no-print">
          <button type="button" class="small" onClick={() => setAgain(true)}>
            Replace this draw
          </button>{' '}
          <span class="muted">You can replace it until it is published. The activity log keeps every draw.</span>
        </p>
      )}
      {again && form}
    </div>
  );
}

/** Who recorded the current draw, from the audit log. */
function RecordedBy(props: { readonly electionId: string; readonly contestId: string }) {
  const query = new URLSearchParams({ objectKind: 'election', objectId: props.electionId, limit: '200' });
  query.set('act', 'election.decide-by-lot');
  const log = useRemote<AuditLogPage>('elections', `/v1/audit-log?${query.toString()}`);
  const match = log.data?.entries.find(
    ({ entry }) => entry.outcome === 'done' && entry.changed !== null && `lots/${props.contestId}` in entry.changed,
  )?.entry;
  if (!match) return null;
  const { actor, at } = match;
  return (
    <p class="muted">
      Recorded by <PersonName userId={actor.kind === 'user' ? actor.userId : 'operator'} />, <Moment at={at} />.
    </p>
  );
}
