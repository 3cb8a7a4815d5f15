// What was found in a file, in words: what is wrong, how it is mended, and the same as a table for a spreadsheet.
import type { Contest } from '../../../../domain/election.ts';
import { csvRow } from '../../../../domain/csv-text.ts';
import { titleInEnglish } from '../../words.ts';
import type { CheckedFile, FindingGroup, FindingKind } from './check-file.ts';

export type FindingWords = { readonly title: string; readonly mend: string };

/** What is wrong in a group and how all of it is mended. */
export function wordsOf({ kind, column }: FindingGroup, contests: readonly Contest[]): FindingWords {
  const contest = column === null ? undefined : contests[column - 2];
  return words[kind](contest ? titleInEnglish(contest.title) : 'the contest', contests, contest);
}

type Describe = (title: string, contests: readonly Contest[], contest: Contest | undefined) => FindingWords;
const words: Readonly<Record<FindingKind, Describe>> = {
  'ballot-id': () => ({
    title: 'The first value is not a ballot id',
    mend: 'Give the id of the paper: 8, 4, 4, 4 and 12 hexadecimal digits with hyphens between them.',
  }),
  number: (title, _contests, contest) => ({
    title: `The value for ${title} is not a whole number above 0`,
    mend:
      (contest?.maxChoices ?? 1) > 1
        ? 'Give the numbers that are marked, separated by spaces or +.'
        : 'Give the one number that is marked.',
  }),
  values: (_title, contests) => ({
    title: `A row does not have exactly ${contests.length + 1} values`,
    mend: `Give the ballot id and then ${contests.length === 1 ? 'the number' : 'a number for each contest'}.`,
  }),
  abstention: (title) => ({
    title: `Nothing is given for ${title}, which offers no abstention`,
    mend: 'Give the number that is marked.',
  }),
  empty: () => ({
    title: 'An empty line stands between rows',
    mend: 'Remove it. If a ballot was lost there, type it in.',
  }),
  quotes: () => ({
    title: 'A quotation mark is not closed, or stands inside a value',
    mend: 'Close each quotation mark, and put none inside a value.',
  }),
  long: () => ({ title: 'A line is too long for any ballot', mend: 'Look for a missing end of line.' }),
  heading: (_title, contests) => ({
    title: 'The heading does not fit this election',
    mend: `Put the columns in this order: guid, ${contests.map(({ id }) => id).join(', ')}. Or remove the heading.`,
  }),
  'repeated-id': () => ({
    title: 'A ballot id is repeated in this file',
    mend: 'The first row with an id stands. The others are kept as “Duplicate ballot.” and do not count.',
  }),
  'not-on-ballot': () => ({
    title: 'The numbers make no valid ballot',
    mend: 'If the paper says so, go on: the rows are kept as “Invalid poll number.” and do not count.',
  }),
};

const columns = ['row', 'line', 'column', 'value', 'problem', 'how to fix', 'text'];

/** All findings that are listed, as CSV that no spreadsheet runs. */
export function problemsCsv({ wrong, doubtful }: CheckedFile, contests: readonly Contest[]): string {
  const rows = [...wrong.groups, ...doubtful.groups].flatMap((group) => {
    const { title } = wordsOf(group, contests);
    return group.listed.map(({ row, line, column, value, detail, text }) =>
      csvRow([row, line, column, value, title, detail, text]),
    );
  });
  return csvRow(columns) + rows.join('');
}

/** A file to begin with. Its example is of wrong form, so that nobody sends it by mistake. */
export function templateCsv(contests: readonly Contest[]): string {
  const example = contests.map(({ options }) => options[0]?.number ?? 1);
  const heading = csvRow([
    'guid',
    ...contests.map(({ id }, place) => (/[a-z]/i.test(id) ? id : `contest-${place + 1}`)),
  ]);
  return heading + csvRow([`remove this line: ${exampleGuid}`, ...example]);
}
const exampleGuid = '728a5df9-f99d-22f3-c3e9-956fb02d46ce';

/** A row as it is to be written for these contests. */
export const exampleRow = (contests: readonly Contest[]): string =>
  [exampleGuid, ...contests.map(({ options }) => options[0]?.number ?? 1)].join(',');

const separators = { ',': 'comma', ';': 'semicolon', '\t': 'tab' } as const;

/** How the file is written, such as "UTF-8, separated by semicolon, with a heading". */
export function formText({ delimiter, heading, byteOrderMark }: CheckedFile): string {
  const encoding = byteOrderMark ? 'UTF-8 with a byte order mark' : 'UTF-8';
  const separator = delimiter === null ? '' : `, separated by ${separators[delimiter]}`;
  return `${encoding}${separator}, ${heading ? 'with a heading, which is not counted' : 'without a heading'}`;
}
