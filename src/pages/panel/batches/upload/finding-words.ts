// Findings in words: what is wrong and how to fix it, on the page and as a table for a spreadsheet.
import type { Contest } from '../../../../domain/election.ts';
import { csvRow } from '../../../../domain/csv-text.ts';
import { countText, titleInEnglish } from '../../words.ts';
import type { CheckedFile, FindingGroup, FindingKind } from './check-file.ts';

export type FindingWords = { readonly title: string; readonly fix: string };

/** What is wrong in a group, and how to fix it. */
export function wordsOf({ kind, column }: FindingGroup, contests: readonly Contest[]): FindingWords {
  const contest = column === null ? undefined : contests[column - 2];
  return words[kind](contest ? titleInEnglish(contest.title) : 'the contest', contests, contest);
}

type Describe = (title: string, contests: readonly Contest[], contest: Contest | undefined) => FindingWords;
const words: Readonly<Record<FindingKind, Describe>> = {
  'ballot-id': () => ({
    title: 'The first value is not a ballot ID',
    fix: 'Enter the ID on the paper: 8, 4, 4, 4 and 12 hexadecimal digits with hyphens between them.',
  }),
  'other-station': () => ({
    title: 'The ballot was not printed for this station',
    fix: 'Compare the paper and the station. If the paper is from another station, leave it out and ask an administrator.',
  }),
  number: (title, _contests, contest) => ({
    title: `The value for ${title} is not a whole number above 0`,
    fix:
      (contest?.maxChoices ?? 1) > 1
        ? 'Enter the marked numbers, separated by spaces or +.'
        : 'Enter the one marked number.',
  }),
  values: (_title, contests) => ({
    title: `A row does not have exactly ${contests.length + 1} values`,
    fix: `Enter the ballot ID and then ${contests.length === 1 ? 'the number' : 'a number for each contest'}.`,
  }),
  abstention: (title) => ({
    title: `The value for ${title} is empty, but abstention is not allowed`,
    fix: 'Enter the marked number.',
  }),
  empty: () => ({
    title: 'There is an empty line between rows',
    fix: 'Remove the line. If a ballot is missing there, enter it.',
  }),
  quotes: () => ({
    title: 'A quotation mark is not closed or is inside a value',
    fix: 'Close each quotation mark. Do not use one inside a value.',
  }),
  long: () => ({ title: 'A line is too long for any ballot', fix: 'Check for a missing line break.' }),
  control: () => ({ title: 'A line has a character that cannot be printed', fix: 'Remove the character.' }),
  heading: (_title, contests) => ({
    title: 'The heading does not match this election',
    fix: `Use this column order: guid, ${contests.map(({ id }) => id).join(', ')}. Or remove the heading.`,
  }),
  'repeated-id': () => ({
    title: 'A ballot ID is repeated in this file',
    fix: 'The first row with an ID counts. The others are stored as “Duplicate ballot.” and do not count.',
  }),
  'not-on-ballot': () => ({
    title: 'The numbers are not a valid ballot',
    fix: 'If they match the paper, continue. The rows are stored as “Invalid poll number.” and do not count.',
  }),
};

const columns = ['row', 'line', 'column', 'value', 'problem', 'how to fix', 'text'];

/** All listed findings as CSV that no spreadsheet runs. */
export function problemsCsv({ wrong, doubtful }: CheckedFile, contests: readonly Contest[]): string {
  const rows = [...wrong.groups, ...doubtful.groups].flatMap((group) => {
    const { title } = wordsOf(group, contests);
    return group.listed.map(({ row, line, column, value, detail, text }) =>
      csvRow([row, line, column, value, title, detail, text]),
    );
  });
  return csvRow(columns) + rows.join('');
}

/** A template. Its example row is malformed, so that it is not uploaded by mistake. */
export function templateCsv(contests: readonly Contest[]): string {
  const example = contests.map(({ options }) => options[0]?.number ?? 1);
  const heading = csvRow([
    'guid',
    ...contests.map(({ id }, place) => (/[a-z]/i.test(id) ? id : `contest-${place + 1}`)),
  ]);
  return heading + csvRow([`remove this line: ${exampleGuid}`, ...example]);
}
const exampleGuid = '728a5df9-f99d-22f3-c3e9-956fb02d46ce';

/** An example row for these contests. */
export const exampleRow = (contests: readonly Contest[]): string =>
  [exampleGuid, ...contests.map(({ options }) => options[0]?.number ?? 1)].join(',');

const separators = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' } as const;

/** The format of the file, such as "UTF-8, separated by semicolon, with a heading". */
export function formText({ delimiter, heading, titles, byteOrderMark }: CheckedFile): string {
  const encoding = byteOrderMark ? 'UTF-8 with a byte order mark' : 'UTF-8';
  const separator = delimiter === null ? '' : `, separated by ${separators[delimiter]}`;
  const above = titles === 0 ? '' : ` and ${countText(titles, 'title line', 'title lines')}`;
  return `${encoding}${separator}, ${heading ? `with a heading${above}, not counted` : 'without a heading'}`;
}
