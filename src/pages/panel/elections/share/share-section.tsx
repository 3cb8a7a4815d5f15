// What organisers share: before and during voting the address that voters open, with its QR code, posters and messages in
// each language of the election, and the public pages of turnout and results. After voting there is nothing to vote at.
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { languageName } from '../../../../domain/text/language-name.ts';
import { addressOf } from '../draft/definition.ts';
import { invitationLanguages } from './invitation.ts';
import { NoAddress } from './no-address.tsx';
import { QrFiles, SharedAddress } from './shared-address.tsx';
import { useInvitations } from './use-invitations.ts';
import { useVoterAddresses } from './voter-addresses.ts';

export function ShareSection({ election }: { readonly election: AdministeredElection }) {
  const addresses = useVoterAddresses(election.definition);
  if (election.state === 'draft' || addresses === undefined) return null;
  return (
    <section aria-labelledby="share">
      <h2 id="share">Share</h2>
      {addresses === null ? <NoAddress /> : <Addresses {...{ election, addresses }} />}
    </section>
  );
}

type AddressesProps = {
  readonly election: AdministeredElection;
  readonly addresses: NonNullable<ReturnType<typeof useVoterAddresses>>;
};

function Addresses({ election, addresses }: AddressesProps) {
  const { vote, turnout, results } = addresses;
  const { phase } = election;
  const turnoutPage = (
    <>
      <p>{phase === 'scheduled' ? 'Turnout, after voting opens:' : 'Turnout:'}</p>
      <SharedAddress address={turnout} what="the link to the turnout" />
    </>
  );
  const resultsPage = (
    <>
      <p>{phase === 'published' ? 'Results:' : 'Results, after you publish them:'}</p>
      <SharedAddress address={results} what="the link to the results" />
    </>
  );
  if (phase === 'closed' || phase === 'published') {
    return (
      <>
        <p>Voting is over, so there is no link to vote.</p>
        {resultsPage}
        {turnoutPage}
      </>
    );
  }
  return (
    <>
      {vote === null ? (
        <p>No one votes online in this election, so there is no link to vote.</p>
      ) : (
        <>
          <p>{phase === 'open' ? 'Voters open this address:' : 'Voters open this address when voting opens:'}</p>
          <SharedAddress address={vote} what="the link to vote" />
          <QrFiles address={vote} name={`${election.id}-qr`} />
          <Messages election={election} link={vote} />
        </>
      )}
      <h3>Public pages</h3>
      {turnoutPage}
      {resultsPage}
    </>
  );
}

function Messages({ election, link }: { readonly election: AdministeredElection; readonly link: string }) {
  const invitations = useInvitations(election, invitationLanguages(election.definition), link);
  return (
    <>
      <h3>Posters and messages</h3>
      {invitations.map(({ tag, lang, dir, message }) => (
        <div key={tag} class="invitation">
          <p>
            <strong>{languageName(tag)}</strong> ·{' '}
            <Link href={`${addressOf(election.id)}/poster?language=${tag}`}>
              Poster<span class="unseen"> in {languageName(tag)}</span>
            </Link>
          </p>
          <p class="invitation-text">
            <span {...{ lang, dir }}>{message}</span>{' '}
            <CopyButton text={message} what={`the message in ${languageName(tag)}`} />
          </p>
        </div>
      ))}
    </>
  );
}
