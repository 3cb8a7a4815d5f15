// An administrator's actions on an election in its current state. Each permanent action shows its effect, in numbers
// where there are any, and takes a reason.
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { graceOf } from '../../../domain/election.ts';
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { useProposes } from '../proposals/use-proposals.ts';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { countText, durationText, momentText, numberText } from '../words.ts';
import { CopyElection } from './copy-election.tsx';
import { DateTimeField } from './draft/date-time-field.tsx';
import { addressOf, pathOf } from './draft/definition.ts';
import { ElectionRejection } from './election-rejection.tsx';
import { momentOf, typedOf } from './draft/typed-time.ts';
import { lengthText } from './draft/zoned-time.ts';

type OpenDialog = 'extend' | 'close' | 'copy' | 'delete' | null;

export function ElectionActions({ election }: { readonly election: AdministeredElection }) {
  const [openDialog, setOpenDialog] = useState<OpenDialog>(null);
  const { id, phase, state } = election;
  const at = addressOf(id);
  const close = (): void => setOpenDialog(null);
  return (
    <div class="acts">
      {phase === 'draft' && (
        <>
          <Link class="button primary" href={`${at}/edit`}>
            Continue editing
          </Link>
          <Link class="button" href={`${at}/edit/check`}>
            Check and announce
          </Link>
          <button type="button" class="danger" onClick={() => setOpenDialog('delete')}>
            Delete draft
          </button>
        </>
      )}
      {phase === 'scheduled' && (
        <Link class="button primary" href={`${at}/edit`}>
          Edit
        </Link>
      )}
      {phase === 'open' && (
        <button type="button" onClick={() => setOpenDialog('extend')}>
          Extend
        </button>
      )}
      {state === 'announced' && phase === 'open' && (
        <button type="button" class="danger" onClick={() => setOpenDialog('close')}>
          Close voting now
        </button>
      )}
      <button type="button" onClick={() => setOpenDialog('copy')}>
        Copy
      </button>
      {openDialog === 'copy' && <CopyElection election={election} onClose={close} />}
      {openDialog === 'extend' && <Extend election={election} onClose={close} />}
      {openDialog === 'close' && <Close election={election} onClose={close} />}
      {openDialog === 'delete' && <Delete election={election} onClose={close} />}
    </div>
  );
}

type DialogProps = { readonly election: AdministeredElection; readonly onClose: () => void };

/** A rejection by the page itself, in the format of the service. */
const refuse = (title: string, detail: string): Refused => new Refused(422, { title, detail });

function Extend({ election, onClose }: DialogProps) {
  const { closesAt, timeZone, rehearsal } = election.definition;
  const proposes = useProposes(rehearsal);
  const [typed, setTyped] = useState(() => typedOf(closesAt, timeZone));
  const refresh = useRefresh();
  const moment = momentOf(typed, timeZone);
  const act = useAct(async (reason: string) => {
    if ('fault' in moment) throw refuse('Enter the new end', moment.fault);
    if (moment.at <= closesAt) throw refuse('The new end is not later', 'Enter a time after the current end.');
    const body = { closesAt: moment.at, reason };
    await callPanel('elections', `${pathOf(election.id)}/extend`, { method: 'POST', body });
    await refresh('elections');
  });
  return (
    <ConfirmDialog
      title="Extend voting"
      act={quiet(act)}
      actLabel="Extend"
      withReason
      proposes={proposes}
      onClose={onClose}
    >
      <ElectionRejection rejection={act.rejection} electionId={election.id} />
      <p>Voting closes on {momentText(closesAt, timeZone)}. The new end becomes public immediately.</p>
      <DateTimeField label="New end" verb="closes" id="new-end" value={typed} timeZone={timeZone} onValue={setTyped} />
      {'at' in moment && moment.at > closesAt && (
        <p class="note">People can vote for {lengthText(Date.parse(moment.at) - Date.parse(closesAt))} longer.</p>
      )}
    </ConfirmDialog>
  );
}

function Close({ election, onClose }: DialogProps) {
  const { definition, id } = election;
  const proposes = useProposes(definition.rehearsal);
  const turnout = useRemote<ShownTurnout>('elections', `${pathOf(id)}/turnout`);
  const refresh = useRefresh();
  const act = useAct(async (reason: string) => {
    await callPanel('elections', `${pathOf(id)}/close`, { method: 'POST', body: { reason } });
    await refresh('elections');
  });
  return (
    <ConfirmDialog
      title="Close voting now"
      act={quiet(act)}
      actLabel="Close voting"
      danger
      withReason
      word={id}
      proposes={proposes}
      onClose={onClose}
    >
      <ElectionRejection rejection={act.rejection} electionId={id} />
      <p>
        {turnout.data === undefined ? 'The number of votes is not available now.' : effectOf(turnout.data)} Voting is
        scheduled to close on {momentText(definition.closesAt, definition.timeZone)}, in{' '}
        {lengthText(Date.parse(definition.closesAt) - Date.now())}.
      </p>
      <p>
        {graceOf(definition) > 0 &&
          `Voters who already confirmed their phone have ${durationText(graceOf(definition) * 1_000)} more. `}
        Closing cannot be undone.
      </p>
    </ConfirmDialog>
  );
}

function effectOf({ eligible, channels: { online, batches }, step }: ShownTurnout): string {
  const about = step > 1 ? 'at least ' : '';
  const received = `${about}${countText(online, 'online ballot')} and ${countText(batches, 'row')} of paper ballots received.`;
  if (eligible === null) return `No one can start to vote after this. So far, ${received}`;
  const remaining = Math.max(0, eligible - online);
  return (
    `${step > 1 ? 'About ' : ''}${numberText(remaining)} of ${countText(eligible, 'person', 'people')} on the roll ` +
    `cannot start to vote after this. So far, ${received}`
  );
}

function Delete({ election, onClose }: DialogProps) {
  const { id, version, definition } = election;
  const [, go] = useLocation();
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('elections', pathOf(id), { method: 'DELETE', headers: { 'if-match': `"${version}"` } });
    go('/elections');
    await refresh('elections');
  });
  const options = definition.contests.reduce((sum, contest) => sum + contest.options.length, 0);
  return (
    <ConfirmDialog title="Delete this draft" act={quiet(act)} actLabel="Delete" danger word={id} onClose={onClose}>
      <ElectionRejection rejection={act.rejection} electionId={id} />
      <p>
        This deletes {countText(definition.contests.length, 'contest')} with {countText(options, 'option')}. Only
        administrators and auditors have seen them. Participants stay. The audit log keeps a copy.
      </p>
    </ConfirmDialog>
  );
}

/** The rejection is shown with links by the caller, so the dialog must not repeat it. */
const quiet = <Work extends { readonly rejection: Refused | null }>(act: Work): Work => ({ ...act, rejection: null });
