// What organisers hand on: the address that voters open, with its QR code, posters and messages in each language of the
// election, and the public pages of turnout and results.
import { useEffect, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { addressOf, languageName } from '../draft/definition.ts';
import type { Definition } from '../draft/definition.ts';
import { invitationLanguages, loadInvitation } from './invitation.ts';
import type { VoterInvitation } from './invitation.ts';
import { QrFiles, SharedAddress } from './shared-address.tsx';
import { useVoterAddresses } from './voter-addresses.ts';

export function ShareSection({ election }: { readonly election: AdministeredElection }) {
  const { definition, state } = election;
  const addresses = useVoterAddresses(definition);
  if (state === 'draft' || addresses === undefined) return null;
  return (
    <section aria-labelledby="share">
      <h2 id="share">Share</h2>
      {addresses === null ? <NoAddress /> : <Addresses {...{ definition, addresses }} />}
    </section>
  );
}

/** The operator has to set the public address. */
function NoAddress() {
  return (
    <p class="note warn">
      The panel does not know the public address of the voters’ page. Ask your operator to set{' '}
      <code>PANEL_VOTERS_ORIGIN</code>.
    </p>
  );
}

function Addresses({
  definition,
  addresses: { vote, turnout, results },
}: {
  readonly definition: Definition;
  readonly addresses: NonNullable<ReturnType<typeof useVoterAddresses>>;
}) {
  return (
    <>
      {vote === null ? (
        <p>No one votes online in this election, so there is no link to vote.</p>
      ) : (
        <>
          <p>Voters open this address:</p>
          <SharedAddress address={vote} what="the link to vote" />
          <QrFiles address={vote} name={`${definition.id}-qr`} />
          <Messages definition={definition} link={vote} />
        </>
      )}
      <h3>Public pages</h3>
      <p>Turnout, after voting opens:</p>
      <SharedAddress address={turnout} what="the link to the turnout" />
      <p>Results, after you publish them:</p>
      <SharedAddress address={results} what="the link to the results" />
    </>
  );
}

function Messages({ definition, link }: { readonly definition: Definition; readonly link: string }) {
  const [invitations, setInvitations] = useState<readonly VoterInvitation[]>([]);
  const { id } = definition;
  const text = JSON.stringify(definition);
  useEffect(() => {
    let active = true;
    const each = invitationLanguages(definition).map((tag) => loadInvitation(definition, tag, link));
    void Promise.all(each).then((all) => {
      if (active) setInvitations(all);
    });
    return () => (active = false);
  }, [text, link]);
  return (
    <>
      <h3>Posters and messages</h3>
      {invitations.map(({ tag, lang, dir, message }) => (
        <div key={tag} class="invitation">
          <p>
            <strong>{languageName(tag)}</strong> ·{' '}
            <Link href={`${addressOf(id)}/poster?language=${tag}`}>
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
