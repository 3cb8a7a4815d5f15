// Results of an election: before the end, when to expect them; then counting, the results, and publishing. Before the count
// there are no votes by option, and this page requests none.
import { Link } from 'wouter-preact';
import { graceOf } from '../../../domain/election.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { AdministeredResults } from '../../../protocol/control/results-api.ts';
import { Moment } from '../parts/moment.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { numberText, titleInEnglish } from '../words.ts';
import { ContestResult } from './contest-result.tsx';
import { CountAct } from './count-act.tsx';
import { DestructionSection } from './destruction/destruction-section.tsx';
import { Downloads } from './downloads.tsx';
import { PersonName } from '../people/person-name.tsx';
import { PublishAct } from './publish-act.tsx';
import { ReconciliationTable } from './reconciliation.tsx';
import { StationVotes } from './station-votes.tsx';
import type { ResultsAndElection } from './tie-card.tsx';

export function ResultsPage({ electionId }: { readonly electionId: string }) {
  const read = useRemote<{ election: AdministeredElection }>(
    'elections',
    `/v1/elections/${encodeURIComponent(electionId)}`,
  );
  const election = read.data?.election;
  const rehearsal = election?.definition.rehearsal ?? false;
  const title = election ? `Results: ${titleInEnglish(election.definition.title)}` : 'Results';
  return (
    <PageShell
      title={title}
      tag={election && <StateTag state={tagOf(election)} />}
      rehearsal={rehearsal}
      zone={election?.definition.timeZone ?? null}
    >
      {rehearsal && <RehearsalBand />}
      <Loaded of={read}>
        {(data) => (
          <>
            <p class="no-print">
              <Link href={`/elections/${data.election.id}`}>The election</Link> ·{' '}
              <Link href={`/elections/${data.election.id}/invalid`}>Invalid ballots</Link>
            </p>
            {data.election.state === 'counted' || data.election.state === 'published' ? (
              <Counted election={data.election} />
            ) : (
              <NotCounted election={data.election} />
            )}
          </>
        )}
      </Loaded>
    </PageShell>
  );
}

function tagOf({ state, phase }: AdministeredElection) {
  return state === 'counted' ? 'provisional' : state === 'published' ? 'published' : phase;
}

function NotCounted({ election }: { readonly election: AdministeredElection }) {
  const me = useMe();
  const { phase, state, definition } = election;
  const { opensAt, closesAt } = definition;
  if (phase === 'draft' || phase === 'scheduled') {
    return (
      <p>
        Voting has not begun: it {phase === 'draft' ? 'would open' : 'opens'} <Moment at={opensAt} />. Results are
        available after it ends.
      </p>
    );
  }
  if (phase === 'open') {
    return (
      <>
        <p class="lead">
          Voting is still open until <Moment at={closesAt} />. Results are available after that.
        </p>
        <p>
          No one can see any choice before the count.{' '}
          <Link href={`/elections/${election.id}/live`}>See the turnout</Link>.
        </p>
      </>
    );
  }
  return (
    <>
      <p class="lead">
        Voting ended <Moment at={closesAt} />. Nothing is counted yet.
      </p>
      {state === 'announced' && graceOf(definition) > 0 && (
        <p>
          Voting is closing: voters who confirmed their phone in time may cast for {numberText(graceOf(definition))}{' '}
          seconds after the end. Then the ballot box closes.
        </p>
      )}
      {hasRole(me, 'administrator') ? (
        <CountAct election={election} />
      ) : (
        <p>An administrator counts the ballots. The results then appear here.</p>
      )}
    </>
  );
}

function Counted({ election }: { readonly election: AdministeredElection }) {
  const read = useRemote<AdministeredResults>('elections', `/v1/elections/${election.id}/results`);
  return (
    <Loaded of={read}>
      {(current) => (
        <>
          <ResultsStatus of={{ election, current }} />
          {current.results.contests.map((count, index) => (
            <ContestResult key={count.contestId} of={{ election, current }} count={count} place={index + 1} />
          ))}
          {current.openTies.length > 0 && <PublishUndecided of={{ election, current }} />}
          <StationVotes election={election} results={current.results} />
          <ReconciliationTable id={election.id} hasLog={election.manifestHash !== null} results={current.results} />
          {election.manifestHash && (
            <p>
              Code of this election: <code>{election.manifestHash}</code>
            </p>
          )}
          <Downloads election={election} current={current} />
          {current.state === 'published' && <DestructionSection election={election} />}
        </>
      )}
    </Loaded>
  );
}

/** Below the ties, which are decided first. */
function PublishUndecided({ of }: { readonly of: ResultsAndElection }) {
  const me = useMe();
  if (of.current.state === 'published' || !hasRole(me, 'administrator')) return null;
  return (
    <p>
      <PublishAct of={of} />
    </p>
  );
}

/** The status of these results: provisional or published, which revision, and who made them. */
function ResultsStatus({ of }: { readonly of: ResultsAndElection }) {
  const me = useMe();
  const { current } = of;
  const { state, revision, publishedRevision, publishedAt, madeAt, madeBy, openTies, results } = current;
  const published = state === 'published';
  return (
    <div class={`note ${published ? 'ok' : 'warn'} results-status`}>
      <h2>
        {published ? 'Published' : 'Provisional'}: revision {numberText(revision)}
      </h2>
      <p>
        Voting ended <Moment at={results.closedAt} />. Made <Moment at={madeAt} /> by <PersonName userId={madeBy} />
        {publishedAt !== null && (
          <>
            , published <Moment at={publishedAt} />
          </>
        )}
        .
      </p>
      {!published && (
        <p>
          {publishedRevision === null
            ? 'Only administrators and auditors can read this page.'
            : `Revision ${numberText(publishedRevision)} is published. This newer one is not published yet.`}
        </p>
      )}
      {openTies.length > 0 && (
        <p>
          <strong>{openTies.length === 1 ? 'A tie is' : `${numberText(openTies.length)} ties are`} not decided.</strong>{' '}
          Record the draw below{published ? ', then publish the new revision.' : ' before you publish.'}
        </p>
      )}
      {!published && openTies.length === 0 && hasRole(me, 'administrator') && <PublishAct of={of} />}
    </div>
  );
}
