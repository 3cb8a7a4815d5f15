// The notice of a change in the election while its page is open: it opened, it closed, its end was moved, or the
// organiser has published a notice.
import { titleText } from '../../domain/title-text.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import { dateTime } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';

type Speech = Pick<VoterApp, 't' | 'language'>;

/** In the language that the page has when it shows this. Undefined if the voter need not know. */
export function noticeOfChange(before: PublicElection, next: PublicElection): ((app: Speech) => string) | undefined {
  if (next.closesAt !== before.closesAt) {
    return ({ t, language }) => {
      const at = (instant: string): string => dateTime(instant, language, next.timeZone);
      return t('extended', { time: at(next.closesAt), was: at(before.closesAt) });
    };
  }
  const { phase } = next;
  if (phase !== before.phase && (phase === 'open' || phase === 'closed'))
    return ({ t }) => t(phase === 'open' ? 'opened' : 'closedNow');
  const latest = next.notices?.at(-1);
  if (!latest || latest.at === before.notices?.at(-1)?.at) return undefined;
  return ({ t, language }) => t('newNotice', { text: titleText(latest.text, language).text });
}
