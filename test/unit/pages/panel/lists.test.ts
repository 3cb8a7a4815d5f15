// Lists that people bring to the panel and take from it: options, participants, and a poll from one page.
import { expect, test } from 'vitest';
import { electionRequest } from '../../../../src/protocol/control/elections-api.ts';
import { proposalSeconds } from '../../../../src/domain/two-people.ts';
import {
  fileOptions,
  lineFaults,
  optionsFileBytesMax,
} from '../../../../src/pages/panel/elections/draft/option-texts.ts';
import {
  pollElection,
  pollFaults,
  pollLengths,
  titleOfPoll,
} from '../../../../src/pages/panel/elections/quick/quick-poll.ts';
import type { PollForm } from '../../../../src/pages/panel/elections/quick/quick-poll.ts';
import { optionsCsv } from '../../../../src/pages/panel/elections/options-csv.ts';
import { participantsCsv } from '../../../../src/pages/panel/participants/participants-csv.ts';
import { readCsv } from '../../../../src/pages/panel/parts/read-csv.ts';
import { linesOf, numberedLinesOf } from '../../../../src/pages/panel/parts/text-lines.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['Ana\nBojan\n\n Cora ', ['Ana', 'Bojan', 'Cora']],
  ['Yes, immediately\nYes, but later', ['Yes, immediately', 'Yes, but later']],
  ['Smith, John\r\nNikola "Nik" Kos', ['Smith, John', 'Nikola "Nik" Kos']],
  ['Ana;Reka\rName', ['Ana;Reka', 'Name']],
  ['"Text"\nTitle', ['"Text"', 'Title']],
  ['', []],
])('Each line of the pasted text %j is one option, as it is', (text, options) => {
  expect(linesOf(text)).toEqual(options);
});

test.each([
  ['Ana\nBojan\n\n Cora ', ['Ana', 'Bojan', 'Cora'], null],
  ['\uFEFFTitle;x\r\nAna;y', ['Ana'], 'Title'],
  ['Name,Party\r\n"Kos, Ana",River\r\nBojan,Hill', ['Kos, Ana', 'Bojan'], 'Name'],
  ['"Kos, Ana";Reka\r\nBojan;Brdo', ['Kos, Ana', 'Bojan'], null],
  ['"Kos; Ana",River\nBojan,Hill', ['Kos; Ana', 'Bojan'], null],
  ['Kos, Ana\tReka\r\nBojan\tBrdo', ['Kos, Ana', 'Bojan'], null],
  ['"Ana ""A."" Kos",River\r\n"Two\r\nlines",Hill', ['Ana "A." Kos', 'Two lines'], null],
  ['a\rb', ['a', 'b'], null],
  ['question,Option\nAna,River', ['River'], 'Option'],
  ['question,place\nAna,River', ['question', 'Ana'], null],
  ['Party,Name\nRiver,Ana\nHill,Bojan', ['Ana', 'Bojan'], 'Name'],
  ['number;options\n1;Yes\n2;No', ['Yes', 'No'], 'options'],
  ['Party,Place\nRiver,Name', ['Party', 'River'], null],
  ['sep=;\r\nDa, odmah;x\r\nNe;y', ['Da, odmah', 'Ne'], null],
  ['Party|Name\nRiver|Ana', ['Ana'], 'Name'],
  ['Kos, Ana;Reka\nPetrović, Bojan;Brdo', ['Kos, Ana', 'Petrović, Bojan'], null],
  ['Name, Party\n"Kos, Ana" , "River"\n', ['Kos, Ana'], 'Name'],
  ['Ana\r\r\nBojan\r\r\n;;\r\r\n', ['Ana', 'Bojan'], null],
])('The first column of the file %j has its options', (text, texts, heading) => {
  expect(fileOptions(bytesOf(text), 1)).toEqual({ ok: true, texts, heading, columns: expect.any(Number) as number });
});

test('A file with quotation marks in wrong places or not in UTF-8 is refused, with the reason', () => {
  for (const text of ['Ana\nNikola "Nik" Kos', 'Ana\n"Bojan', 'Ana\n"Bojan"x'])
    expect(fileOptions(bytesOf(text), 1)).toEqual({ ok: false, faults: [expect.stringContaining('Row 2')] });
  // Šumar in windows-1250.
  const file = new Uint8Array([0x8a, 0x75, 0x6d, 0x61, 0x72]);
  expect(fileOptions(file, 1)).toEqual({ ok: false, faults: [expect.stringContaining('UTF-8')] });
});

const title = (en: string) => ({ title: { en } });
const twoQuestions = {
  participants: [{ id: 'river', kind: 'party', title: { en: 'River, "the" Party' } }],
  definition: {
    title: { en: 'Parliament' },
    contests: [
      {
        options: [
          { number: 2, ...title('=2+5') },
          { number: 1, participantId: 'river' },
        ],
      },
      {
        options: [
          { number: 1, ...title('Yes') },
          { number: 2, ...title('No; never') },
        ],
      },
    ],
  },
} as unknown as Parameters<typeof optionsCsv>[0];

test('The options of an election are read again from their file, question by question', () => {
  const bytes = bytesOf(optionsCsv(twoQuestions));
  expect(fileOptions(bytes, 1)).toEqual({
    ok: true,
    texts: ['River, "the" Party', '=2+5'],
    heading: 'option',
    columns: 3,
  });
  expect(fileOptions(bytes, 2)).toEqual({ ok: true, texts: ['Yes', 'No; never'], heading: 'option', columns: 3 });
  expect(fileOptions(bytes, 3)).toEqual({ ok: false, faults: ['The file has no options of question 3.'] });
  // Of one question alone, they are for any.
  expect(fileOptions(bytesOf('question,option\n7,Yes\n7,No\n'), 1)).toMatchObject({ texts: ['Yes', 'No'] });
});

test('A file of options of another kind is named as by other importers, and nothing is cut', () => {
  const files: [Uint8Array, RegExp][] = [
    [Buffer.from('PK\u0003\u0004 xl/workbook'), /workbook.*CSV UTF-8/],
    [Buffer.from('\uFEFFAna\n', 'utf16le'), /UTF-16.*CSV UTF-8/],
    [Buffer.from('Ana\nBojan\n', 'utf16le'), /NUL/],
    [Buffer.from('<html><table><tr><td>Ana'), /web page/],
    [new Uint8Array(), /no rows/],
    [Buffer.alloc(optionsFileBytesMax + 1, 'x\n'), /at most 1 MiB/],
    [Buffer.from('Yes\nNo, never\n'), /Row 2 has more columns than the first row/],
    [Buffer.from('Option\nNo; never\n'), /Row 2 has more columns than the first row/],
    [Buffer.from('Option\nA\u0007na\n'), /Row 2 has a character that cannot be printed/],
  ];
  for (const [file, detail] of files)
    expect(fileOptions(file, 1)).toEqual({ ok: false, faults: [expect.stringMatching(detail)] });
  const most = Buffer.alloc(optionsFileBytesMax, 'x\n');
  expect(fileOptions(most, 1)).toMatchObject({ faults: { 0: 'Row 2 repeats row 1.' } });
});

test('What cannot be an option is named by its row of the file, and nothing is taken', () => {
  const file = `question,option\n\n1,Yes\n1,Y\u200Bes\n1,"${'x'.repeat(501)}"\n1,Yes\n1,\n`;
  expect(fileOptions(bytesOf(file), 1)).toEqual({
    ok: false,
    faults: [
      'Row 4 has a character that people cannot see, U+200B. Type it again.',
      'Row 5 has 501 characters. An option has at most 500.',
      'Row 6 repeats row 3.',
      'Row 7 has no letter, digit or sign.',
    ],
  });
  expect(fileOptions(bytesOf('question,option\n1,Yes\none,No\n'), 1)).toEqual({
    ok: false,
    faults: ['Row 3: write the number of the question, such as 1.'],
  });
  expect(lineFaults(numberedLinesOf('Yes\n\nNo\nYes\n\u202Eme'), 'Line')).toEqual([
    'Line 4 repeats line 1.',
    'Line 5 has a character that people cannot see, U+202E. Type it again.',
  ]);
});

test('The CSV file of participants has every name, and no cell begins a formula', () => {
  const common = { createdAt: '2026-01-01T00:00:00.000Z' };
  const text = participantsCsv([
    { id: 'a', kind: 'party', name: 'River, "the" Party', ...common },
    { id: 'b', kind: 'individual', name: { en: '=2+5', 'sr-Latn': 'Ana' }, ...common },
  ]);
  expect(readCsv(text)).toEqual([
    ['id', 'kind', 'name', 'name (en)', 'name (sr-Latn)'],
    ['a', 'party', 'River, "the" Party', '', ''],
    ['b', 'individual', '', "'=2+5", 'Ana'],
  ]);
});

const poll: PollForm = {
  title: 'Hours',
  question: 'Sundays?',
  organiser: ' Town hall ',
  options: ['Yes', ' No ', ''],
  scheme: 'phone-only',
  hours: '24',
  resultHours: 4,
  rehearsal: false,
  language: 'sr-Cyrl',
};

const place = { id: 'hours', timeZone: 'Europe/Belgrade' };

test('A poll from one page is a complete request that opens at once', () => {
  const now = Date.parse('2026-11-30T12:34:56Z');
  const request = electionRequest.parse(pollElection(poll, { ...place, proposes: false }, now));
  expect(request).toMatchObject({
    id: 'hours',
    title: { 'sr-Cyrl': 'Hours' },
    organiser: { 'sr-Cyrl': 'Town hall' },
    resultHours: 4,
    opensAt: '2026-11-30T12:34:00.000Z',
    closesAt: '2026-12-01T12:34:00.000Z',
    verification: { methods: ['text-in-confirmed'] },
  });
  expect(request.contests[0]?.options.map(({ title }) => title)).toEqual([{ 'sr-Cyrl': 'Yes' }, { 'sr-Cyrl': 'No' }]);
  expect(pollFaults(poll, 'announce')).toEqual([]);
});

test.each(pollLengths.flatMap(([hours]) => (hours === '' ? [] : [hours])))(
  'A poll of %s hours that another administrator has to confirm loses no voting time',
  (hours) => {
    const now = Date.parse('2026-11-30T12:34:56Z');
    const request = electionRequest.parse(pollElection({ ...poll, hours }, { ...place, proposes: true }, now));
    const { opensAt, closesAt } = request;
    // The announcement is proposed within a minute.
    expect(Date.parse(opensAt)).toBeGreaterThanOrEqual(now + proposalSeconds * 1_000 + 60_000);
    expect(Date.parse(closesAt) - Date.parse(opensAt)).toBe(Number(hours) * 3_600_000);
  },
);

test.each([
  ['question', { question: '' }],
  ['options', { options: ['Yes', ''] }],
  ['scheme', { scheme: null }],
  ['hours', { hours: '' }],
  ['organiser', { organiser: ' ' }],
] as const)('A poll without its %s is refused', (path, changes) => {
  expect(pollFaults({ ...poll, ...changes }, 'announce').map((fault) => fault.path)).toEqual([path]);
});

test('A poll without a title has its question as the title, in its language', () => {
  const untitled = { ...poll, title: ' ', question: ' Sundays? ' };
  expect(pollFaults(untitled, 'announce')).toEqual([]);
  expect([titleOfPoll(untitled), titleOfPoll(poll)]).toEqual(['Sundays?', 'Hours']);
  // The longest question is no longer than the longest title.
  for (const [length, accepted] of [
    [500, true],
    [501, false],
  ] as const) {
    const long = { ...untitled, question: 'q'.repeat(length) };
    const { success, error } = electionRequest.safeParse(pollElection(long, { ...place, proposes: false }, Date.now()));
    expect(success).toBe(accepted);
    if (!success) expect(error.issues.map(({ path }) => path[0]).sort()).toEqual(['contests', 'title']);
  }
  const request = electionRequest.parse(pollElection(untitled, { ...place, proposes: false }, Date.now()));
  expect([request.title, request.contests[0]?.title]).toEqual([{ 'sr-Cyrl': 'Sundays?' }, { 'sr-Cyrl': 'Sundays?' }]);
});

test('A rehearsal, and a poll that goes on in the steps, may have no organiser', () => {
  const anonymous = { ...poll, organiser: '' };
  expect(pollFaults({ ...anonymous, rehearsal: true }, 'announce')).toEqual([]);
  expect(pollFaults(anonymous, 'steps')).toEqual([]);
  const request = electionRequest.parse(pollElection(anonymous, { ...place, proposes: false }, Date.now()));
  expect(request).not.toHaveProperty('organiser');
});
