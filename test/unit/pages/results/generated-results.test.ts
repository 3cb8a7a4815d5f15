// Whatever the votes, the laws, the lots and the titles: every form of a result has the same sentences, winners, numbers and
// order. Signs in the titles say which option a text is of.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvText } from '../../../../src/domain/csv-text.ts';
import type { ContestCount } from '../../../../src/domain/counting/counting-methods.ts';
import type { Fraction } from '../../../../src/domain/counting/share.ts';
import { isOpenTie } from '../../../../src/domain/results/tie-facts.ts';
import { shareMarks } from '../../../../src/domain/results/share-marks.ts';
import { titleText } from '../../../../src/domain/title-text.ts';
import { eligibleWords } from '../../../../src/pages/panel/live/turnout-words.ts';
import { panelContestView, shareWords } from '../../../../src/pages/panel/results/contest-view.ts';
import { resultSentence } from '../../../../src/pages/panel/results/result-sentence.ts';
import { renderEmbed } from '../../../../src/pages/public/embed-page.ts';
import { html, markupText } from '../../../../src/pages/public/html.ts';
import { languageTags } from '../../../../src/pages/public/languages/languages.ts';
import { outcomesText, resultOutcomes } from '../../../../src/pages/public/result-outcomes.ts';
import { resultPicture } from '../../../../src/pages/public/result-picture.ts';
import { resultsPageBody } from '../../../../src/pages/public/results-page.ts';
import { turnoutSentence } from '../../../../src/pages/public/turnout-page.ts';
import { createWords } from '../../../../src/pages/public/words.ts';
import { resultsCsv } from '../../../../src/protocol/control/results-csv.ts';
import type { ShownTurnout } from '../../../../src/protocol/control/election-lifecycle-api.ts';
import type { ResultsBody } from '../../../../src/protocol/public-results.ts';
import { generatedResults, signOf, signsIn } from '../../../support/pages/generated-results.ts';
import type { GeneratedResult } from '../../../support/pages/generated-results.ts';

type Counted = ContestCount | ResultsBody['contests'][number];
const tags = fc.constantFrom(...languageTags);
const runs = { numRuns: 80 };
const wordsByTag = new Map(languageTags.map((tag) => [tag, createWords(tag, 'UTC')]));

function formsOf({ election, results }: GeneratedResult, tag: (typeof languageTags)[number]) {
  const words = wordsByTag.get(tag)!;
  const outcomes = resultOutcomes(words, election, results);
  const source = { election, results, outcomes, log: null, manifestKey: null, resultsKey: 'publisher', hasTable: true };
  return {
    words,
    outcomes,
    page: markupText(html`${resultsPageBody(words, source)}`),
    embed: renderEmbed({ words, assets: null, election, results }),
    picture: resultPicture(words, election, results, outcomes),
    preview: outcomesText(words, outcomes),
  };
}

const shareOf = ({ numerator, denominator }: Fraction): number => numerator / denominator;
const escaped = (text: string): string => markupText(html`${text}`);
/** The first table of each contest, as rows of cells. */
function tablesOf(page: string, contests: number): readonly (readonly (readonly string[])[])[] {
  return Array.from({ length: contests }, (_, place) => {
    const caption = `id="contest-${place + 1}-caption"`;
    const [, after = ''] = page.split(caption, 2).length < 2 ? [] : page.split(caption, 2);
    const [table = ''] = after.split('</table>', 1);
    return (table.match(/<tr.*?<\/tr>/gs) ?? []).map((row) =>
      (row.match(/<t[hd].*?<\/t[hd]>/gs) ?? []).map((cell) => cell.replace(/<[^>]*>/g, '').trim()),
    );
  });
}
const signsOfTable = (table: readonly (readonly string[])[]): readonly string[] =>
  table.flatMap(([head = '']) => signsIn(head));
const tableOf = ({ election, results }: GeneratedResult): readonly Readonly<Record<string, string>>[] =>
  parse<Record<string, string>>(resultsCsv({ election, results, language: 'en' }), { columns: true });
const signOfOption = (place: number, { number }: { readonly number: number }): string => signOf(place, number - 1);
/** The signs of those who won in the signed document. */
function winnersOf(count: Counted, place: number): readonly string[] {
  if (count.kind === 'seats')
    return count.options.filter(({ seats }) => seats > 0).map((one) => signOfOption(place, one));
  const ids = count.winners ?? (count.winner === null ? [] : [count.winner]);
  return count.options.filter(({ optionId }) => ids.includes(optionId)).map((one) => signOfOption(place, one));
}

test('Page, frame, picture, preview and panel have one sentence for each question', () => {
  const property = fc.property(generatedResults, tags, (generated, tag) => {
    const { outcomes, page, embed, picture, preview } = formsOf(generated, tag);
    for (const { sentence } of outcomes) {
      expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
      for (const text of [page, embed]) expect(text).toContain(escaped(sentence));
      expect(preview).toContain(sentence);
    }
    expect(picture.questions.map(({ sentence }) => sentence)).toEqual(outcomes.map(({ sentence }) => sentence));
    const english = formsOf(generated, 'en').outcomes;
    for (const { contest, count, sentence } of english) {
      const view = panelContestView({ definition: generated.definition, participants: [] }, contest.id);
      expect(resultSentence(view, count)).toBe(sentence);
    }
  });
  fc.assert(property, runs);
});

test('A sentence names an option only if it won or is tied, and never one that was withdrawn', () => {
  const property = fc.property(generatedResults, tags, (generated, tag) => {
    for (const [place, { contest, count, sentence }] of formsOf(generated, tag).outcomes.entries()) {
      const withdrawn = contest.options.filter(({ withdrawnAt }) => withdrawnAt).map((one) => signOfOption(place, one));
      const tied = count.options.filter(({ optionId }) => count.tie?.tied.includes(optionId));
      const ruled = count.options.filter(({ optionId }) =>
        count.tieDecisions?.some((one) => one.tied.includes(optionId)),
      );
      const admitted = [...winnersOf(count, place), ...[...tied, ...ruled].map((one) => signOfOption(place, one))];
      for (const sign of signsIn(sentence)) {
        expect(admitted).toContain(sign);
        expect(withdrawn).not.toContain(sign);
      }
    }
  });
  fc.assert(property, runs);
});

test('Page, frame and picture have the options in one order, with the numbers of the signed document', () => {
  const property = fc.property(generatedResults, tags, (generated, tag) => {
    const { words, outcomes, page, embed, picture } = formsOf(generated, tag);
    const tables = tablesOf(page, outcomes.length);
    expect(tablesOf(embed, outcomes.length)).toEqual(tables);
    for (const [place, { contest, count }] of outcomes.entries()) {
      const table = tables[place] ?? [];
      expect([...signsOfTable(table)].sort()).toEqual(contest.options.map((one) => signOfOption(place, one)).sort());
      const marks = shareMarks(count);
      for (const option of count.options) {
        const sign = signOfOption(place, option);
        const cells = table.find(([head = '']) => head.includes(sign)) ?? [];
        expect(cells[1]).toBe(words.number(option.votes));
        expect(cells[2]).toBe(option.share === null ? '' : words.resultShare(option.share, marks));
        if (tag === 'en') expect(shareWords(option.share, marks)).toBe(cells[2] === '' ? '–' : cells[2]);
        if ('seats' in option) expect(cells.at(-1)).toBe(words.number(option.seats));
        const isWithdrawn = contest.options.some(({ id, withdrawnAt }) => id === option.optionId && withdrawnAt);
        expect(cells[0]?.endsWith(`– ${words.text('withdrawn')}`)).toBe(isWithdrawn);
      }
    }
    if (outcomes.length > 1) return;
    expect(picture.rows.map(({ name }) => signsIn(name)[0])).toEqual(signsOfTable(tables[0] ?? []).slice(0, 5));
    const winners = winnersOf(outcomes[0]!.count, 0);
    for (const { name, wins, percent } of picture.rows) {
      expect(wins).toBe(winners.includes(signsIn(name)[0]!));
      expect(percent >= 0 && percent <= 100).toBe(true);
    }
  });
  fc.assert(property, runs);
});

test('The table for spreadsheets has every title, number, winner and requirement of the signed document', () => {
  const property = fc.property(generatedResults, (generated) => {
    const rows = tableOf(generated);
    for (const [place, count] of generated.results.contests.entries()) {
      const own = rows.filter(({ contestId }) => contestId === count.contestId);
      const options = own.filter(({ row }) => row === 'option');
      const contest = generated.election.contests[place]!;
      for (const [at, option] of count.options.entries()) {
        const cells = options[at] ?? {};
        expect([cells['optionId'], Number(cells['votes'])]).toEqual([option.optionId, option.votes]);
        expect(csvText(cells['title'] ?? '')).toBe(titleText(contest.options[at]!.title, 'en').text);
        expect(cells['title']).not.toMatch(/^[=+\-@]/);
        if (option.share === null) expect(cells['share']).toBe('');
        else expect(Math.abs(Number(cells['share']) - shareOf(option.share))).toBeLessThan(5.001e-7);
      }
      const seated = options
        .filter(({ seats }) => Number(seats) > 0)
        .map(({ number }) => signOf(place, Number(number) - 1));
      expect(seated).toEqual(winnersOf(count, place));
      const open = isOpenTie(count.tie) && count.tie ? count.tie.seatsLeft : 0;
      const empty = own
        .filter(({ row }) => row === 'seatsEmpty')
        .reduce((total, { seats }) => total + Number(seats), 0);
      const sum = options.reduce((total, { seats }) => total + Number(seats), 0);
      if (count.kind === 'seats' || count.winners) expect(sum + empty + open).toBe(count.seats ?? 1);
      const needed = own
        .filter(({ row }) => ['threshold', 'required', 'quorum'].includes(row ?? ''))
        .map(({ row }) => row);
      const law = [
        ...(count.kind === 'seats'
          ? contest.law?.threshold || contest.thresholdPercent
            ? ['threshold']
            : []
          : (count.required ?? []).map(() => 'required')),
        ...(count.quorum ? ['quorum'] : []),
      ];
      expect(needed).toEqual(law);
    }
  });
  fc.assert(property, runs);
});

test('The panel writes a turnout as the public page does, also above a hundred percent', () => {
  const counts = fc.constantFrom(0, 1, 2, 999, 999_999, 2 ** 31);
  const property = fc.property(
    counts,
    counts,
    fc.constantFrom(1, 3, 1_000_000, 2 ** 31),
    (online, batches, eligible) => {
      const words = wordsByTag.get('en')!;
      const sentence = turnoutSentence(words, { eligible, online, batches, final: true, countedAt: null });
      const [percent = '?'] = sentence.match(/[\d.,]+%/) ?? [];
      expect(
        eligibleWords({ eligible, channels: { online, batches }, step: 1, final: true } as ShownTurnout),
      ).toContain(` ${percent}.`);
      expect(Number.parseFloat(percent.replaceAll(',', '')) > 100).toBe(online + batches > eligible);
    },
  );
  fc.assert(property);
});
