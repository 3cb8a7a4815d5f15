// What leads voters to the vote, in each language of the election: the text of a poster, and a message to paste.
import { titleText } from '../../../../domain/title-text.ts';
import { displayZone } from '../../../../domain/time-zone.ts';
import { fill } from '../../../public/languages/fill.ts';
import { isLanguage, languages } from '../../../public/languages/languages.ts';
import type { LanguageTag } from '../../../public/languages/languages.ts';
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

export async function loadInvitation(definition: Definition, tag: LanguageTag, link: string): Promise<VoterInvitation> {
  const { lang, dir, load } = languages[tag];
  const { invitation, voter, log } = await load();
  const { text: title } = titleText(definition.title, tag);
  const format = new Intl.DateTimeFormat(lang, {
    ...({
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    } as const),
    timeZone: displayZone(definition.timeZone),
    timeZoneName: 'short',
  });
  const values = {
    title,
    link,
    opens: format.format(new Date(definition.opensAt)),
    closes: format.format(new Date(definition.closesAt)),
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
