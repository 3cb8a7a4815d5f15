// A text that the organiser wrote, in the language for this voter.
import type { Title } from '../../domain/election.ts';
import { titleText } from '../../domain/title-text.ts';
import { h } from '../shared/dom.ts';
import type { VoterApp } from './app.ts';
import { isolated } from './isolated.ts';

/** The text as an element with its language. Its numbers run from left to right. */
export function electionText(
  tag: 'a' | 'dt' | 'h2' | 'p',
  { language }: VoterApp,
  texts: Title,
  href?: string,
): HTMLElement {
  const { text, lang } = titleText(texts, language);
  return h(tag, { lang, dir: 'auto', href }, ...isolated(text));
}
