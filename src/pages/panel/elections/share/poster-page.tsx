// A poster on one A4 page: the title, when voting is open, and the address of the vote in words and as a QR code.
import { useEffect, useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { SelectField } from '../../parts/field.tsx';
import { Loaded, PageShell } from '../../parts/page.tsx';
import { QrCode } from '../../people/qr-code.tsx';
import { useRemote } from '../../remote.ts';
import { addressOf, languageName, pathOf } from '../draft/definition.ts';
import { invitationLanguages, loadInvitation } from './invitation.ts';
import type { VoterInvitation } from './invitation.ts';
import { useVoterAddresses } from './voter-addresses.ts';

export function PosterPage({ electionId }: { readonly electionId: string }) {
  const reading = useRemote<{ election: AdministeredElection }>('elections', pathOf(electionId));
  return (
    <PageShell title="Poster">
      <Loaded of={reading}>{({ election }) => <Posters election={election} />}</Loaded>
    </PageShell>
  );
}

function Posters({ election }: { readonly election: AdministeredElection }) {
  const { definition, id, state } = election;
  const [search, setSearch] = useSearchParams();
  const tags = invitationLanguages(definition);
  const language = tags.find((tag) => tag === search.get('language')) ?? tags[0] ?? 'en';
  const link = useVoterAddresses(definition)?.vote;
  const [invitation, setInvitation] = useState<VoterInvitation>();
  useEffect(() => {
    if (link) void loadInvitation(definition, language, link).then(setInvitation);
  }, [JSON.stringify(definition), language, link]);
  return (
    <>
      <p class="no-print">
        <Link href={addressOf(id)}>The election</Link>
      </p>
      {state === 'draft' && (
        <p class="note warn no-print">This election is a draft. Print the poster after you announce it.</p>
      )}
      {link === null && <p>No one votes online in this election, so there is no poster.</p>}
      <div class="no-print">
        <SelectField
          label="Poster language"
          value={language}
          onValue={(next) => setSearch({ language: next }, { replace: true })}
          options={tags.map((tag) => [tag, languageName(tag)] as const)}
        />
        <button type="button" class="primary" onClick={() => print()}>
          Print
        </button>
      </div>
      {link && invitation && <Poster {...{ invitation, link }} manifestHash={election.manifestHash} />}
    </>
  );
}

function Poster({
  invitation: { lang, dir, heading, title, open, scan, rehearsal, code },
  link,
  manifestHash,
}: {
  readonly invitation: VoterInvitation;
  readonly link: string;
  readonly manifestHash: string | null;
}) {
  return (
    <div class="sheets">
      <article class="sheet poster" {...{ lang, dir }} aria-label={heading}>
        {rehearsal !== null && <p class="paper-band">{rehearsal}</p>}
        <p class="poster-heading">{heading}</p>
        <p class="poster-title">
          <bdi>{title}</bdi>
        </p>
        <p>{open}</p>
        <p>{scan}</p>
        <p class="poster-link" dir="ltr">
          {link}
        </p>
        <QrCode text={link} />
        {manifestHash && (
          <p class="paper-small">
            {code} <code dir="ltr">{manifestHash}</code>
          </p>
        )}
      </article>
    </div>
  );
}
