// The public page and the panel state the same facts of a result, for every tie, threshold and majority. Both render
// without a server: the public page as markup, the panel's sentence as text.
import { expect, test } from 'vitest';
import { majorityOf, seatFacts } from '../../../../src/domain/results/seat-facts.ts';
import { panelContestView } from '../../../../src/pages/panel/results/contest-view.ts';
import { resultSentence } from '../../../../src/pages/panel/results/result-sentence.ts';
import { contestView } from '../../../../src/pages/public/contest-view.ts';
import { html, markupText } from '../../../../src/pages/public/html.ts';
import { languages } from '../../../../src/pages/public/languages/languages.ts';
import type { LanguageTag } from '../../../../src/pages/public/languages/languages.ts';
import { seatResult, seatSentence } from '../../../../src/pages/public/seat-result.ts';
import { winnerResult, winnerSentence } from '../../../../src/pages/public/winner-result.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { resultCases } from '../../../support/result-cases.ts';
import type { ResultCase } from '../../../support/result-cases.ts';

function publicSentence({ contest, count }: ResultCase, tag: LanguageTag): string {
  const words = createWords(tag, 'UTC');
  return count.kind === 'seats'
    ? seatSentence(contestView(words, 'c', contest, count))
    : winnerSentence(contestView(words, 'c', contest, count));
}

function publicText({ contest, count }: ResultCase): string {
  const words = createWords('en', 'UTC');
  const body =
    count.kind === 'seats'
      ? seatResult(contestView(words, 'c', contest, count))
      : winnerResult(contestView(words, 'c', contest, count));
  return markupText(html`${body}`)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

function panelSentence({ contest, count }: ResultCase): string {
  return resultSentence(panelContestView({ definition: { contests: [contest] }, participants: [] }, contest.id), count);
}

const cases = resultCases.map((each) => [each.name, each] as const);

test.each(cases)('With %s, the public page and the panel say the same sentence', (_, each) => {
  expect(publicSentence(each, 'en')).toBe(each.sentence);
  expect(panelSentence(each)).toBe(each.sentence);
});

test.each(cases)('With %s, every language has a complete sentence', (_, each) => {
  for (const tag of Object.keys(languages) as LanguageTag[]) {
    const sentence = publicSentence(each, tag);
    expect(sentence).not.toBe('');
    expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
  }
});

test.each(cases)('With %s, the public page says whether a tie is open', (_, { count, ...rest }) => {
  const text = publicText({ count, ...rest });
  expect(text.includes('Lots will be drawn.')).toBe(count.tie !== null && count.tie.lot === null);
  expect(text.includes('decided by drawing lots')).toBe(count.tie?.lot != null);
  expect(text.includes('Drawn in public.')).toBe(count.tie?.lot != null);
});

test.each(cases.filter(([, { count }]) => count.kind === 'seats'))(
  'With %s, the public page explains the seats by the divisors of the method',
  (_, each) => {
    if (each.count.kind !== 'seats') throw new Error('no seats');
    const text = publicText(each);
    const { divisors, eligible, unassigned } = seatFacts(each.count);
    if (each.count.steps.length > 0) expect(text).toContain(`divided by ${divisors.join(', ')} and so on`);
    else expect(eligible.every(({ seats }) => seats === 0)).toBe(true);
    expect(text).toContain(`Majority: ${majorityOf(each.count.seats)}`);
    expect(text.includes('Not decided')).toBe(unassigned?.why === 'tied');
  },
);
