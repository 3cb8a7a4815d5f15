// What is passed on of a result says what the public page says: the embedded page, the picture, and the text of a link's preview.
import { describe, expect, test } from 'vitest';
import { winnerFacts } from '../../../../src/domain/results/winner-facts.ts';
import { renderEmbed } from '../../../../src/pages/public/embed-page.ts';
import { html } from '../../../../src/pages/public/html.ts';
import { languageTags } from '../../../../src/pages/public/languages/languages.ts';
import type { LanguageTag } from '../../../../src/pages/public/languages/languages.ts';
import { outcomesText, resultOutcomes } from '../../../../src/pages/public/result-outcomes.ts';
import { documentOf } from '../../../../src/pages/public/page-frame.ts';
import { resultPicture } from '../../../../src/pages/public/result-picture.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { shownElection } from '../../../../src/protocol/public-document.ts';
import type { PublicElection } from '../../../../src/protocol/public-document.ts';
import type { ResultsBody } from '../../../../src/protocol/public-results.ts';
import { definition } from '../../../support/elections.ts';
import { lawCases } from '../../../support/law-cases.ts';
import { resultsOf } from '../../../support/published.ts';
import { caseNamed, resultCases } from '../../../support/result-cases.ts';
import type { ResultCase } from '../../../support/result-cases.ts';
import { assembly, assemblyResults } from '../../../support/pages/public-site.ts';

const publishedOf = (cases: readonly ResultCase[]): { election: PublicElection; results: ResultsBody } => {
  const contests = cases.map(({ contest }, index) => ({ ...contest, id: `contest-${index}` }));
  const counts = cases.map(({ count }, index) => ({ ...count, contestId: `contest-${index}` }));
  const election = { ...shownElection(definition({ title: { en: 'A vote' } })), contests } as PublicElection;
  return {
    election: { ...election, phase: 'published', revision: 2 },
    // As the counter makes it. The type of the document is wider.
    results: { ...resultsOf('rehearsal'), contests: counts } as ResultsBody,
  };
};
const textOf = (page: string): string => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

function sharedForms(cases: readonly ResultCase[], tag: LanguageTag = 'en') {
  const { election, results } = publishedOf(cases);
  const words = createWords(tag, 'UTC');
  const outcomes = resultOutcomes(words, election, results);
  return {
    outcomes,
    embed: renderEmbed({ words, assets: null, election, results }),
    preview: outcomesText(words, outcomes),
    picture: resultPicture(words, election, results, outcomes),
  };
}

const cases = [...resultCases, ...lawCases].map((each) => [each.name, each] as const);

test.each(cases)('With %s, embedded page, preview and picture say the sentence of the page', (_, each) => {
  const { embed, preview, picture } = sharedForms([each]);
  expect(preview).toBe(each.sentence);
  expect(picture.questions.map(({ sentence }) => sentence)).toEqual([each.sentence]);
  expect(textOf(embed)).toContain(each.sentence);
  const { count, contest } = each;
  if (count.kind !== 'winner') return;
  for (const { optionId, mark } of winnerFacts(count, contest).rows) {
    const name = contest.options.find(({ id }) => id === optionId)?.title['en'] ?? '';
    const wins = mark === 'wins' || mark === 'elected';
    const label = mark === 'withdrawn' ? `${name} – withdrawn` : name;
    expect(picture.rows.find((row) => row.name === label)?.wins, name).toBe(wins);
    expect(new RegExp(`${name} – (?:wins|elected)`).test(textOf(embed)), name).toBe(wins);
  }
});

describe('What is passed on of a result', () => {
  test.each(languageTags)('It is complete in %s', (tag) => {
    const { embed, preview, picture } = sharedForms([caseNamed('one winner with more than half')], tag);
    for (const text of [embed, preview, JSON.stringify(picture)]) expect(text).not.toMatch(/undefined|NaN|\{\w+\}/);
  });

  test('The embedded page has no script, form or frame, and its links leave the frame', () => {
    const words = createWords('en', 'UTC');
    const election = { ...shownElection(assembly), phase: 'published', revision: 2 } as const;
    const page = renderEmbed({ words, assets: null, election, results: assemblyResults });
    expect(page).not.toMatch(/<(?:script|form|button|input|iframe|textarea)| on\w+=/);
    const links = page.match(/<a [^>]*>/g) ?? [];
    expect(links).toHaveLength(2);
    for (const link of links)
      expect(link).toMatch(/href="\/results\/assembly\?lang=en" target="_blank" rel="noopener"/);
    const before = renderEmbed({ words, assets: null, election: { ...election, phase: 'closed' }, results: null });
    expect(textOf(before)).toContain('There is no result yet.');
    expect(before).not.toContain('Ana Novak');
  });

  test('All that the embedded page says is in a landmark, the band of a rehearsal too', () => {
    const { embed } = sharedForms([caseNamed('one winner with more than half')]);
    const landmarks = /<(header|main|footer)>.*?<\/\1>/gs;
    expect(embed.match(landmarks)?.map((text) => textOf(text).trim())[0]).toMatch(/^Rehearsal: /);
    const [, body = ''] = /<body[^>]*>(.*)<\/body>/s.exec(embed) ?? [];
    expect(textOf(body.replace(landmarks, '')).trim()).toBe('');
  });

  test('A picture counts the options and the questions that it has no room for', () => {
    const many = caseNamed('one winner with more than half');
    const five = sharedForms(Array.from({ length: 7 }, () => many)).picture;
    expect([five.questions.length, five.rows.length, five.omitted, five.more[1]]).toEqual([5, 0, 2, 'and 2 more']);
    const chamber = { ...assembly, contests: assembly.contests.slice(0, 1) };
    const election = { ...shownElection(chamber), phase: 'published', revision: 2 } as const;
    const words = createWords('en', 'UTC');
    const outcomes = resultOutcomes(words, election, assemblyResults);
    const nine = resultPicture(words, election, assemblyResults, outcomes);
    expect([nine.rows.length, nine.omitted, nine.more[nine.omitted - 1]]).toEqual([5, 4, 'and 4 more']);
    expect(nine.rows[0]).toMatchObject({ name: 'Harbour Union', wins: true });
  });
});

test('Two sentences in Chinese have no blank between them, and a text stays as its author wrote it', () => {
  const page = (text: string): string => documentOf(html`<p>${text} ${text}</p>`);
  expect(page('票數相同。')).toContain('<p>票數相同。票數相同。</p>');
  expect(page('一。 二。\n三。')).toContain('<p>一。 二。\n三。一。 二。\n三。</p>');
  expect(page('One.')).toContain('<p>One. One.</p>');
  const second = (text: string): string => documentOf(html`<p>${text}${` ${text}`}</p>`);
  expect(second('票數相同。')).toContain('<p>票數相同。票數相同。</p>');
  expect(second('One.')).toContain('<p>One. One.</p>');
  const list = (text: string): string => documentOf(html`<p>${[text, ` ${text}`]}</p>`);
  expect(list('票數相同。')).toContain('<p>票數相同。票數相同。</p>');
  expect(list('One.')).toContain('<p>One. One.</p>');
});
