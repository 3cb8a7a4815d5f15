// What leads voters to the vote, in each language of the election: the text of a poster, and a message to paste.
import { titleText } from '../../../../domain/title-text.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { dateTime } from '../../../shared/languages.ts';
import { fill } from '../../../public/languages/fill.ts';
import { isLanguage, languages } from '../../../public/languages/languages.ts';
import type { LanguageTag } from '../../../public/languages/languages.ts';
import { openingOf } from '../opening-of.ts';
import { languagesOf } from '../draft/definition.ts';
import type { Definition } from '../draft/definition.ts';

export type VoterInvitation = {
  readonly tag: LanguageTag;
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly heading: string;
  readonly title: string;
  readonly open: string;
  readonly scan: string;
  readonly rehearsal: string | null;
  readonly code: string;
  readonly message: string;
};

/** The languages of an election that the platform has texts in; English where it has none of them. */
export function invitationLanguages(definition: Definition): readonly LanguageTag[] {
  const tags = languagesOf(definition).filter(isLanguage);
  return tags.length === 0 ? ['en'] : tags;
}

export async function loadInvitation(
  election: Pick<AdministeredElection, 'definition' | 'announcedAt'>,
  tag: LanguageTag,
  link: string,
): Promise<VoterInvitation> {
  const { definition } = election;
  const { lang, dir, load } = languages[tag];
  const { invitation, voter, log } = await load();
  const { text: title } = titleText(definition.title, tag);
  const moment = (instant: string): string => dateTime(instant, tag, definition.timeZone, { year: 'numeric' });
  const values = {
    title,
    link,
    opens: moment(openingOf(election)),
    closes: moment(definition.closesAt),
  };
  const message = fill(invitation.message, values);
  return {
    tag,
    lang,
    dir,
    title,
    heading: invitation.heading,
    open: fill(invitation.open, values),
    scan: invitation.scan,
    rehearsal: definition.rehearsal ? voter.rehearsal : null,
    code: log.code,
    message: definition.rehearsal ? `${voter.rehearsal}: ${message}` : message,
  };
}
