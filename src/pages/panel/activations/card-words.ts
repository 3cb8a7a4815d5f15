// What the card of a voter says, in each language of the election: the voter who gets it need not read English.
import { titleText } from '../../../domain/title-text.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { fill } from '../../public/languages/fill.ts';
import { isLanguage, languages } from '../../public/languages/languages.ts';
import type { LanguageTag } from '../../public/languages/languages.ts';
import { dateTime } from '../../shared/languages.ts';

type CardWords = {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly title: string;
  readonly rehearsal: string | null;
  readonly once: string;
  readonly how: string;
};

export function loadCardWords(election: PublicElection, expiresAt: string): Promise<readonly CardWords[]> {
  const tags = Object.keys(election.title).filter(isLanguage);
  return Promise.all((tags.length === 0 ? (['en'] as const) : tags).map((tag) => wordsOf(election, expiresAt, tag)));
}

async function wordsOf(election: PublicElection, expiresAt: string, tag: LanguageTag): Promise<CardWords> {
  const { lang, dir, load } = languages[tag];
  const { invitation, kiosk, voter } = await load();
  return {
    lang,
    dir,
    title: titleText(election.title, tag).text,
    rehearsal: election.rehearsal ? voter.rehearsal : null,
    once: fill(invitation.cardOnce, { time: dateTime(expiresAt, tag, election.timeZone, { year: 'numeric' }) }),
    how: fill(invitation.cardHow, { card: kiosk.card }),
  };
}
