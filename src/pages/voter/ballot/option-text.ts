// An option as the ballot and the check of the choices show it. Its number is there only where voters meet it elsewhere: on
// paper ballots, or in a rule for ties.
import type { Option } from '../../../domain/election.ts';
import { titleText } from '../../../domain/title-text.ts';
import { h } from '../../shared/dom.ts';
import type { Child } from '../../shared/dom.ts';
import type { VoterApp } from '../app.ts';

export function optionText({ memory: { election }, language }: VoterApp, { number, title }: Option): Child[] {
  const { text, lang } = titleText(title, language);
  const name = h('bdi', { lang }, text);
  const numbered =
    election?.channels.includes('batches') === true ||
    election?.contests.some(({ law }) => law?.tieRules?.includes('lower-number'));
  return numbered ? [h('span', { class: 'number' }, `${number}.`), ' ', name] : [name];
}
