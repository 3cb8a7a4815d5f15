// One batch: its live progress with counts that add up, what to do when rows are missing, and the rows that do not
// count.
import { Link, useSearchParams } from 'wouter-preact';
import type { ComponentChildren } from 'preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { PersonName } from '../people/person-name.tsx';
import { CopyId } from '../parts/copy-id.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { hasRole, useMe } from '../session/session.tsx';
import { countText, numberText, titleInEnglish } from '../words.ts';
import { BatchCountList } from './batch-counts.tsx';
import { shortId } from './batch-table.tsx';
import { InvalidRows } from './invalid-rows.tsx';
import { LiveLine } from './live-line.tsx';
import { electionZone, useElection } from './upload/paper-elections.ts';
import { useBatch } from './use-batch.ts';
import { WithdrawAct } from './withdraw-act.tsx';
import { WithdrawnNote } from './withdrawn-note.tsx';

export function BatchPage({ batchId }: { readonly batchId: string }) {
  const { read, state, setPaused } = useBatch(batchId);
  const batch = read.data?.batch;
  const reading = useElection(batch?.electionId ?? null);
  const election = reading.data;
  return (
    <PageShell
      title={`Batch ${shortId(batchId)}`}
      rehearsal={election?.rehearsal ?? false}
      zone={electionZone(reading)}
      tag={batch && <StateTag state={batch.state} />}
      acts={
        batch && (
          <>
            <Link class="button" href={`/batches/${batchId}/summary`}>
              Summary sheet
            </Link>
            <WithdrawAct batch={batch} election={election} />
          </>
        )
      }
    >
      {election?.rehearsal && <RehearsalBand />}
      {read.error?.is('batch-not-found', 'invalid-request') ? (
        <NoBatch />
      ) : (
        <Loaded of={read}>
          {({ batch: current }) => (
            <>
              <Arrival batch={current} />
              <LiveLine state={state} updatedAt={read.dataUpdatedAt} onPause={setPaused} />
              <BatchCountList rows={current.rows} />
              {current.withdrawn ? (
                <WithdrawnNote batch={current} election={election} withdrawn={current.withdrawn} />
              ) : (
                <Stages batch={current} />
              )}
              <Facts batch={current} election={election} />
              <InvalidRows batch={current} election={election} />
            </>
          )}
        </Loaded>
      )}
    </PageShell>
  );
}

function NoBatch() {
  const me = useMe();
  return (
    <div class="note warn">
      <p>
        <strong>There is no such batch{hasRole(me, 'official') ? ' among yours' : ''}.</strong>
      </p>
      <p>
        {hasRole(me, 'official') && 'If a colleague uploaded it, ask them or an administrator. '}If you uploaded the
        file, send it again. No ballot counts twice.
      </p>
      <p>
        <Link href="/batches">Go to batches</Link>
      </p>
    </div>
  );
}

// The address has the origin, so that a reload shows the same note.
function Arrival({ batch }: { readonly batch: Batch }) {
  const me = useMe();
  const [parameters] = useSearchParams();
  const arrival = parameters.get('sent');
  const row = Number(parameters.get('row') ?? 0);
  const notes: ComponentChildren[] = [];
  if (arrival === 'before') {
    notes.push(
      <p class="note" key="before">
        <strong>This file was already uploaded</strong>
        {batch.official !== me.user.id && ' by a colleague'}, on <Moment at={batch.acceptedAt} />. We did not accept it
        a second time. No ballot counts twice.
      </p>,
    );
  }
  if (arrival === 'now') {
    notes.push(
      <p class="note ok" key="now" role="status">
        <strong>Upload complete.</strong> {countText(batch.rows.received, 'row')} received. You can leave this page.
      </p>,
    );
  }
  if (Number.isInteger(row) && row >= 1 && row <= batch.rows.received) {
    notes.push(
      <p class="note" key="row">
        You followed a link to row {numberText(row)} of this batch. That row counts. Later rows with its ballot ID do
        not.
      </p>,
    );
  }
  return notes;
}

/** Announced when the state changes, not when the numbers change. */
function Stages({ batch: { state, advice, electionId } }: { readonly batch: Batch }) {
  const me = useMe();
  const words = {
    queued: 'The rows are stored and waiting to be checked. You can leave this page.',
    checking: 'The rows are being checked and put into the ballot box.',
    received: 'Every row arrived. The batch counts when another official has confirmed it against the protocol.',
    done: 'Every row is counted or invalid. There is nothing left to do.',
    withdrawn: '',
    incomplete: advice ?? 'Rows are missing. Send the same file again. No ballot counts twice.',
  };
  return (
    <div class={state === 'incomplete' ? 'note bad' : state === 'done' ? 'note ok' : 'note'} role="status">
      <p>{words[state]}</p>
      {state === 'incomplete' && hasRole(me, 'official') && (
        <p>
          <Link href={`/batches/new?election=${electionId}`}>Send the same file again</Link>
        </p>
      )}
    </div>
  );
}

function Facts({ batch, election }: { readonly batch: Batch; readonly election: PublicElection | undefined }) {
  const me = useMe();
  const title = election ? titleInEnglish(election.title) : batch.electionId;
  return (
    <dl class="batch-facts">
      <dt>Election</dt>
      <dd>
        {hasRole(me, 'administrator', 'auditor') ? <Link href={`/elections/${batch.electionId}`}>{title}</Link> : title}
      </dd>
      <dt>Accepted</dt>
      <dd>
        <Moment at={batch.acceptedAt} />
      </dd>
      <dt>Sent by</dt>
      <dd>
        <PersonName userId={batch.official} />
      </dd>
      {batch.station !== null && (
        <>
          <dt>Station</dt>
          <dd>{election?.paper?.stations?.find(({ id }) => id === batch.station)?.name ?? batch.station}</dd>
        </>
      )}
      {batch.confirmation !== 'not-needed' && (
        <>
          <dt>Confirmed by</dt>
          <dd>
            {batch.confirmation === 'waiting' ? (
              <Link href={`/batches/confirm?election=${batch.electionId}`}>No one yet</Link>
            ) : (
              <PersonName userId={batch.confirmation.by} />
            )}
          </dd>
        </>
      )}
      <dt>Batch ID</dt>
      <dd>
        <CopyId id={batch.id} what="batch ID" />
        <p class="hint">A hash of the election, the station and the rows. The same file has the same ID.</p>
      </dd>
    </dl>
  );
}
