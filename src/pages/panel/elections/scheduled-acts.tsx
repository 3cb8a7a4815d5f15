// Acts that are planned for a moment: what is planned, what became of it, and a dialog for a new plan.
import { useState } from 'preact/hooks';
import type { ScheduledAct } from '../../../protocol/control/election-lifecycle-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { SelectField } from '../parts/field.tsx';
import { Moment } from '../parts/moment.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useProposes } from '../proposals/use-proposals.ts';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { DateTimeField } from './draft/date-time-field.tsx';
import { pathOf } from './draft/definition.ts';
import { ElectionRejection } from './election-rejection.tsx';
import { momentOf, typedOf } from './draft/typed-time.ts';

/** Between two polls of the plans, in milliseconds. */
const pollMs = 10_000;

type Act = ScheduledAct['act'];
const actNames: Readonly<Record<Act, string>> = {
  announce: 'Announce the election',
  close: 'Close voting',
  count: 'Count the results',
  publish: 'Publish the results',
};
const stateNames: Readonly<Record<ScheduledAct['state'], string>> = {
  waiting: 'planned',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** The acts that can still happen in a state. */
function actsLeft({ state }: AdministeredElection): readonly Act[] {
  if (state === 'published') return [];
  if (state === 'counted') return ['publish'];
  if (state === 'closed') return ['count', 'publish'];
  return state === 'announced' ? ['close', 'count', 'publish'] : ['announce', 'close', 'count', 'publish'];
}

export function PlannedActions({
  election,
  administers,
}: {
  readonly election: AdministeredElection;
  readonly administers: boolean;
}) {
  const [dialog, setDialog] = useState(false);
  const path = `${pathOf(election.id)}/scheduled-acts`;
  const reading = useRemote<{ readonly scheduledActs: readonly ScheduledAct[] }>('elections', path, {
    everyMs: pollMs,
  });
  const plans = reading.data?.scheduledActs ?? [];
  const acts = actsLeft(election).filter((act) => !plans.some((plan) => plan.act === act && plan.state === 'waiting'));
  if (plans.length === 0 && !(administers && acts.length > 0)) return null;
  return (
    <>
      <h2>Planned actions</h2>
      {plans.length > 0 && (
        <ul>
          {plans.map((plan) => (
            <Plan key={plan.id} plan={plan} path={path} administers={administers} />
          ))}
        </ul>
      )}
      {administers && acts.length > 0 && (
        <p>
          <button type="button" onClick={() => setDialog(true)}>
            Plan an action
          </button>
        </p>
      )}
      {dialog && <PlanDialog election={election} acts={acts} path={path} onClose={() => setDialog(false)} />}
    </>
  );
}

function Plan({
  plan,
  path,
  administers,
}: {
  readonly plan: ScheduledAct;
  readonly path: string;
  readonly administers: boolean;
}) {
  const refresh = useRefresh();
  const cancel = useAct(async () => {
    await callPanel('elections', `${path}/${plan.id}`, { method: 'DELETE' });
    await refresh('elections');
  });
  const { act, at, state, problem } = plan;
  return (
    <li>
      <p>
        <strong>{actNames[act]}</strong>: <Moment at={at} /> ({stateNames[state]})
      </p>
      {problem !== null && <p class="note warn">{problem.detail}</p>}
      <RejectionNote rejection={cancel.rejection} />
      {administers && state === 'waiting' && (
        <button type="button" class="small" aria-disabled={cancel.busy} onClick={() => void cancel.run()}>
          Cancel this plan<span class="unseen"> ({actNames[act]})</span>
        </button>
      )}
    </li>
  );
}

function PlanDialog({
  election,
  acts,
  path,
  onClose,
}: {
  readonly election: AdministeredElection;
  readonly acts: readonly Act[];
  readonly path: string;
  readonly onClose: () => void;
}) {
  const { opensAt, closesAt, timeZone, rehearsal } = election.definition;
  const proposes = useProposes(rehearsal);
  const [act, setAct] = useState<Act>(acts[0] ?? 'publish');
  const [typed, setTyped] = useState(() => typedOf(acts[0] === 'announce' ? opensAt : closesAt, timeZone));
  const refresh = useRefresh();
  const plan = useAct(async (reason: string) => {
    const moment = momentOf(typed, timeZone);
    if ('fault' in moment) throw new Refused(422, { title: 'Enter the time of the action', detail: moment.fault });
    await callPanel('elections', path, { method: 'POST', body: { act, at: moment.at, reason } });
    await refresh('elections');
  });
  return (
    <ConfirmDialog
      title="Plan an action"
      act={{ ...plan, rejection: null }}
      actLabel="Plan"
      withReason
      proposes={proposes}
      onClose={onClose}
    >
      <ElectionRejection rejection={plan.rejection} electionId={election.id} />
      <p>
        The service does this at that time. A count waits for the closing, and publishing waits for the count. Each
        waits for half an hour at most.
      </p>
      <SelectField label="Action" value={act} onValue={setAct} options={acts.map((one) => [one, actNames[one]])} />
      <DateTimeField label="Time" verb="happens" id="plan-time" value={typed} timeZone={timeZone} onValue={setTyped} />
    </ConfirmDialog>
  );
}
