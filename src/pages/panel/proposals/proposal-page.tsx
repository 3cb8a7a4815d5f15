// One proposal: what would be carried out, exactly, and the decision about it.
import { Link } from 'wouter-preact';
import type { Proposal, ProposalDetails } from '../../../protocol/control/proposals-api.ts';
import { useElection } from '../batches/upload/paper-elections.ts';
import { useElectionTitles } from '../elections/use-election-titles.ts';
import { Loaded, PageShell } from '../parts/page.tsx';
import { PersonName } from '../people/person-name.tsx';
import { useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { Moment } from '../parts/moment.tsx';
import { ConfirmProposal } from './confirm-proposal.tsx';
import { parameterLines } from './parameter-lines.ts';
import { proposalActNames, proposalStateNames } from './proposal-words.ts';
import { ChangeView } from './proposed-change.tsx';
import { RejectProposal } from './reject-proposal.tsx';

export function ProposalPage({ proposalId }: { readonly proposalId: string }) {
  const reading = useRemote<ProposalDetails>('elections', `/v1/proposals/${encodeURIComponent(proposalId)}`);
  const act = reading.data?.proposal.act;
  return (
    <PageShell title={act === undefined ? 'Proposal' : proposalActNames[act]}>
      <Loaded of={reading}>{(details) => <Details of={details} />}</Loaded>
    </PageShell>
  );
}

function Details({ of: { proposal, parameters } }: { readonly of: ProposalDetails }) {
  const me = useMe();
  const { electionId, proposedBy, proposedAt, expiresAt, at, state, decidedBy, problem } = proposal;
  const titleOf = useElectionTitles();
  const lines = parameterLines(parameters, useElection(electionId).data?.contests);
  return (
    <>
      <dl class="facts">
        <dt>Election</dt>
        <dd>
          <Link href={`/elections/${electionId}`}>
            <bdi>{titleOf(electionId)}</bdi>
          </Link>{' '}
          <span class="muted">{electionId}</span>
        </dd>
        <dt>Proposed by</dt>
        <dd>
          <PersonName userId={proposedBy} />, <Moment at={proposedAt} />
        </dd>
        <dt>Carried out</dt>
        <dd>{at === null ? 'as soon as it is confirmed' : <Moment at={at} />}</dd>
        <dt>State</dt>
        <dd>
          {proposalStateNames[state]}
          {state === 'proposed' && (
            <>
              {' '}
              until <Moment at={expiresAt} />
            </>
          )}
          {decidedBy !== null && (
            <>
              {' '}
              (decided by <PersonName userId={decidedBy} />)
            </>
          )}
        </dd>
      </dl>
      {problem !== null && <p class="note warn">{problem.detail}</p>}
      <h2>Exactly this is carried out</h2>
      {proposal.act === 'change' && <ChangeView electionId={electionId} change={changeIn(parameters)} />}
      {lines.length === 0 && <p>This action has no parameters.</p>}
      <dl class="facts">
        {lines.map(({ name, text, isCode }) => (
          <Line key={name} name={name} text={text} isCode={isCode} />
        ))}
      </dl>
      {state === 'proposed' && <Decision proposal={proposal} own={proposedBy === me.user.id} />}
    </>
  );
}

const changeIn = ({ change }: ProposalDetails['parameters']): Readonly<Record<string, unknown>> =>
  typeof change === 'object' ? { ...change } : {};

function Line({ name, text, isCode }: { readonly name: string; readonly text: string; readonly isCode: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{isCode ? <pre class="parameters">{text}</pre> : <bdi>{text}</bdi>}</dd>
    </>
  );
}

function Decision({ proposal, own }: { readonly proposal: Proposal; readonly own: boolean }) {
  return (
    <>
      {own && <p class="note">Another administrator must confirm what you proposed. You can reject it.</p>}
      <div class="acts">
        {!own && <ConfirmProposal proposal={proposal} />}
        <RejectProposal proposal={proposal} />
      </div>
    </>
  );
}
