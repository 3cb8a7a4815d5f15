// A poster on one A4 page: the title, when voting is open, and the address of the vote in words and as a QR code.
import { Link, useSearchParams } from 'wouter-preact';
import { titleText } from '../../../../domain/title-text.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import type { LanguageTag } from '../../../public/languages/languages.ts';
import { SelectField } from '../../parts/field.tsx';
import { Loaded, PageShell } from '../../parts/page.tsx';
import { QrCode } from '../../people/qr-code.tsx';
import { useRemote } from '../../remote.ts';
import { languageName } from '../../../../domain/text/language-name.ts';
import { addressOf, pathOf } from '../draft/definition.ts';
import { pictureAddress } from '../draft/steps/logo-picture.ts';
import { invitationLanguages } from './invitation.ts';
import type { VoterInvitation } from './invitation.ts';
import { NoAddress } from './no-address.tsx';
import { useInvitations } from './use-invitations.ts';
import { useInstallation, voterAddresses } from './voter-addresses.ts';

export function PosterPage({ electionId }: { readonly electionId: string }) {
  const reading = useRemote<{ election: AdministeredElection }>('elections', pathOf(electionId));
  return (
    <PageShell title="Poster">
      <Loaded of={reading}>{({ election }) => <Posters election={election} />}</Loaded>
    </PageShell>
  );
}

function Posters({ election }: { readonly election: AdministeredElection }) {
  const { definition, id, state, phase } = election;
  const [search, setSearch] = useSearchParams();
  const tags = invitationLanguages(definition);
  const language = tags.find((tag) => tag === search.get('language')) ?? tags[0] ?? 'en';
  const reading = useInstallation();
  const isOver = phase === 'closed' || phase === 'published';
  return (
    <>
      <p class="no-print">
        <Link href={addressOf(id)}>The election</Link>
      </p>
      {state === 'draft' && (
        <p class="note warn no-print">This election is a draft. Print the poster after you announce it.</p>
      )}
      {isOver ? (
        <p>Voting is over, so there is no poster.</p>
      ) : (
        <Loaded of={reading}>
          {({ votersOrigin }) => {
            const addresses = voterAddresses(votersOrigin, definition);
            if (addresses === null) return <NoAddress />;
            if (addresses.vote === null) return <p>No one votes online in this election, so there is no poster.</p>;
            return (
              <>
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
                <LoadedPoster {...{ election, language }} link={addresses.vote} />
              </>
            );
          }}
        </Loaded>
      )}
    </>
  );
}

type LoadedPosterProps = {
  readonly election: AdministeredElection;
  readonly language: LanguageTag;
  readonly link: string;
};

function LoadedPoster({ election, language, link }: LoadedPosterProps) {
  const [invitation] = useInvitations(election, [language], link);
  if (invitation === undefined) return null;
  const { manifestHash, definition } = election;
  return <Poster {...{ invitation, link, manifestHash, definition, language }} />;
}

function Poster({
  invitation: { lang, dir, heading, title, open, scan, rehearsal, code },
  link,
  manifestHash,
  definition: { colour, logo, organiser = {} },
  language,
}: Omit<LoadedPosterProps, 'election'> &
  Pick<AdministeredElection, 'manifestHash' | 'definition'> & { readonly invitation: VoterInvitation }) {
  return (
    <div class="sheets">
      <article class="sheet poster" {...{ lang, dir }} aria-label={heading}>
        {colour !== undefined && <div class="poster-colour" style={{ background: colour }} />}
        {logo !== undefined && (
          <img class="poster-logo" src={pictureAddress(logo)} alt={titleText(organiser, language).text} />
        )}
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
