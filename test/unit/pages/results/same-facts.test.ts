// The public page and the panel state the same facts of a result, for every tie, threshold and majority. Both render
// without a server: the public page as markup, the panel's sentence as text.
import { expect, test } from 'vitest';
import { majorityOf, seatFacts } from '../../../../src/domain/results/seat-facts.ts';
import { fractionText } from '../../../../src/domain/counting/share.ts';
import { tieFacts } from '../../../../src/domain/results/tie-facts.ts';
import { winnerFacts } from '../../../../src/domain/results/winner-facts.ts';
import { panelContestView } from '../../../../src/pages/panel/results/contest-view.ts';
import * as panelLaw from '../../../../src/pages/panel/results/law-lines.ts';
import { resultSentence } from '../../../../src/pages/panel/results/result-sentence.ts';
import { contestView } from '../../../../src/pages/public/contest-view.ts';
import { html, markupText } from '../../../../src/pages/public/html.ts';
import { languages } from '../../../../src/pages/public/languages/languages.ts';
import type { LanguageTag } from '../../../../src/pages/public/languages/languages.ts';
import { sentenceOfResult } from '../../../../src/pages/public/languages/result-sentence.ts';
import { seatResult } from '../../../../src/pages/public/seat-result.ts';
import { winnerResult } from '../../../../src/pages/public/winner-result.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { lawCases } from '../../../support/law-cases.ts';
import type { LawCase } from '../../../support/law-cases.ts';
import { chamber, plurality, resultCase, resultCases } from '../../../support/result-cases.ts';
import type { ResultCase } from '../../../support/result-cases.ts';

function publicSentence({ contest, count }: ResultCase, tag: LanguageTag): string {
  const words = createWords(tag, 'UTC');
  return sentenceOfResult(words, contestView(words, 'c', contest, count), count);
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

const cases = [...resultCases, ...lawCases].map((each) => [each.name, each] as const);

test.each(cases)('With %s, the public page and the panel say the same sentence', (_, each) => {
  expect(publicSentence(each, 'en')).toBe(each.sentence);
  expect(panelSentence(each)).toBe(each.sentence);
});

test.each(cases)('With %s, the public page names every winner and marks no other', (_, each) => {
  const { count, contest } = each;
  const text = `${publicSentence(each, 'en')} ${publicText(each)}`;
  expect(text).toContain(panelSentence(each));
  const nameOf = (id: string) => contest.options.find((option) => option.id === id)!.title['en']!;
  if (count.kind === 'winner') {
    const words = { wins: 'wins', elected: 'elected', 'not-enough': 'not enough votes' };
    for (const { optionId, mark } of winnerFacts(count, contest).rows) {
      for (const [kind, word] of Object.entries(words)) {
        expect(text.includes(`${nameOf(optionId)} – ${word}`), `${optionId} ${kind}`).toBe(kind === mark);
      }
      if (mark === 'wins' || mark === 'elected') expect(publicSentence(each, 'en')).toContain(nameOf(optionId));
    }
  }
  const { decision } = tieFacts(count.tie) ?? {};
  for (const id of decision?.winners ?? []) {
    expect(text).toMatch(new RegExp(`Won by the draw: [^.]*${nameOf(id)}`));
  }
});

test('A list that lost the last seat with an equal quotient reads of the draw, not of missing votes', () => {
  const text = publicText(cases.find(([name]) => name === 'a decided tie for the last seat')![1]);
  expect(text).toContain('The quotients are equal. A rule or a drawing of lots decided.');
  expect(text).not.toContain('would have won the seat');
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
    const divisorTexts = divisors.map(fractionText).join(', ');
    if (each.count.steps.length > 0) expect(text).toContain(`divided by ${divisorTexts} and so on`);
    else expect(eligible.every(({ seats }) => seats === 0)).toBe(true);
    expect(text).toContain(`Majority: ${majorityOf(each.count.seats)}`);
    expect(text.includes('Not decided')).toBe(unassigned?.why === 'tied');
  },
);

function panelLawLines({ contest, count }: LawCase): string[] {
  const view = panelContestView({ definition: { contests: [contest] }, participants: [] }, contest.id);
  const decisions = panelLaw.decisionWords(view, count.tieDecisions ?? []);
  if (count.kind === 'seats') return [...panelLaw.seatLawWords(view, seatFacts(count)), ...decisions];
  return [...panelLaw.winnerLawWords(winnerFacts(count, contest)), ...decisions];
}

test.each(lawCases.map((each) => [each.name, each] as const))(
  'With %s, the public page and the panel state the same law',
  (_, each) => {
    expect(panelLawLines(each)).toEqual(each.lines);
    const text = publicText(each);
    for (const line of each.lines) expect(text).toContain(line);
  },
);

test('The public page marks who is elected of several, and who has too few votes', () => {
  const { contest, count } = lawCases.find(({ name }) => name === 'several seats of which one stays empty')!;
  const text = publicText({ name: '', contest, count, sentence: '' });
  expect(text.match(/ – elected/g)).toHaveLength(2);
  expect(text.match(/ – not enough votes/g)).toHaveLength(2);
  expect(text).toContain('The 3 with the most votes are elected.');
});

test.each([
  ['a winner', plurality],
  ['a chamber with a threshold', chamber(5, 10)],
] as const)('With %s, the public page marks a withdrawn option and says nothing else about it', (_, rule) => {
  const options = [{}, { withdrawnAt: '2026-06-20T10:00:00.000Z' }];
  const text = publicText(resultCase('withdrawn', { ...rule, options }, { votes: [60, 40] }, ''));
  expect(text).toMatch(/Birch – withdrawn/);
  expect(text).not.toMatch(/Ash – withdrawn|Below the threshold/);
});

test('A withdrawn list is not among those below the threshold', () => {
  const options = [{}, { withdrawnAt: '2026-06-20T10:00:00.000Z' }];
  const text = publicText(resultCase('withdrawn', { ...chamber(5, 10), options }, { votes: [60, 40, 3] }, ''));
  expect(text).toMatch(/Birch – withdrawn.*Below the threshold.*Cedar/);
});
