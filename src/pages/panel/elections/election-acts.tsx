// What an administrator can do with an election in its present state. Each act that cannot be undone says what it does, in
// numbers where there are any, and takes its reason.
import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { momentText, numberText } from '../words.ts';
import { DateTimeField, momentOf, typedOf } from './draft/date-time-field.tsx';
import { addressOf, pathOf } from './draft/definition.ts';
import { ElectionRejection } from './election-rejection.tsx';
import { lengthText } from './draft/zoned-time.ts';

type Asked = 'extend' | 'close' | 'delete' | null;

export function ElectionActs({ election }: { readonly election: AdministeredElection }) {
  const [asked, setAsked] = useState<Asked>(null);
  const { id, phase, state } = election;
  const at = addressOf(id);
  const close = (): void => setAsked(null);
  return (
    <div class="acts">
      {phase === 'draft' && (
        <>
          <Link class="button primary" href={`${at}/edit`}>
            Go on writing
          </Link>
          <Link class="button" href={`${at}/edit/check`}>
            Check and announce
          </Link>
          <button type="button" class="danger" onClick={() => setAsked('delete')}>
            Delete the draft
          </button>
        </>
      )}
      {phase === 'scheduled' && (
        <Link class="button primary" href={`${at}/edit`}>
          Change it
        </Link>
      )}
      {phase === 'open' && (
        <button type="button" onClick={() => setAsked('extend')}>
          Extend
        </button>
      )}
      {state === 'announced' && phase === 'open' && (
        <button type="button" class="danger" onClick={() => setAsked('close')}>
          Close now
        </button>
      )}
      {asked === 'extend' && <Extend election={election} onClose={close} />}
      {asked === 'close' && <Close election={election} onClose={close} />}
      {asked === 'delete' && <Delete election={election} onClose={close} />}
    </div>
  );
}

type DialogProps = { readonly election: AdministeredElection; readonly onClose: () => void };

/** As the page itself refuses: of the same form as the service. */
const refuse = (title: string, detail: string): Refused => new Refused(422, { title, detail });

function Extend({ election, onClose }: DialogProps) {
  const { closesAt, timeZone } = election.definition;
  const [typed, setTyped] = useState(() => typedOf(closesAt, timeZone));
  const refresh = useRefresh();
  const moment = momentOf(typed, timeZone);
  const act = useAct(async (reason: string) => {
    if ('fault' in moment) throw refuse('Enter the new end', moment.fault);
    if (moment.at <= closesAt) throw refuse('The new end is not later', 'Enter an end after the present one.');
    const body = { closesAt: moment.at, reason };
    await callPanel('elections', `${pathOf(election.id)}/extend`, { method: 'POST', body });
    await refresh('elections');
  });
  return (
    <ConfirmDialog title="Extend voting" act={quiet(act)} actLabel="Extend" withReason onClose={onClose}>
      <ElectionRejection rejection={act.rejection} electionId={election.id} />
      <p>Voting closes on {momentText(closesAt, timeZone)}. Everybody sees the new end at once.</p>
      <DateTimeField label="New end" verb="closes" id="new-end" value={typed} timeZone={timeZone} onValue={setTyped} />
      {'at' in moment && moment.at > closesAt && (
        <p class="note">People can vote for {lengthText(Date.parse(moment.at) - Date.parse(closesAt))} longer.</p>
      )}
    </ConfirmDialog>
  );
}

function Close({ election, onClose }: DialogProps) {
  const { definition, id } = election;
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
      onClose={onClose}
    >
      <ElectionRejection rejection={act.rejection} electionId={id} />
      <p>
        {turnout.data === undefined ? 'How many have voted cannot be told at the moment.' : effectOf(turnout.data)}{' '}
        Voting would end on {momentText(definition.closesAt, definition.timeZone)} by itself, in{' '}
        {lengthText(Date.parse(definition.closesAt) - Date.now())}.
      </p>
      <p>
        Who has verified a phone before this moment may still cast for {definition.graceSeconds} seconds. An end that
        has come stays: this cannot be undone.
      </p>
    </ConfirmDialog>
  );
}

function effectOf({ eligible, channels: { online, batches }, step }: ShownTurnout): string {
  const about = step > 1 ? 'at least ' : '';
  const received = `${about}${numberText(online)} ballots were cast by voters and ${numberText(batches)} rows of paper ballots received.`;
  if (eligible === null) return `Nobody can vote any more. So far ${received}`;
  const left = Math.max(0, eligible - online);
  return (
    `Closes voting for ${step > 1 ? 'about ' : ''}${numberText(left)} of ${numberText(eligible)} people on the roll ` +
    `who have not voted. So far ${received}`
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
        {numberText(definition.contests.length)} contests with {numberText(options)} options are deleted. Nobody but
        administrators and auditors has seen them; participants stay. The audit log keeps what was written.
      </p>
    </ConfirmDialog>
  );
}

/** Its rejection is shown with links, and not twice. */
const quiet = <Work extends { readonly rejection: Refused | null }>(act: Work): Work => ({ ...act, rejection: null });
