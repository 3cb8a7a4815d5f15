// Lists that people bring to the panel and take from it: options, participants, and a poll from one page.
import { expect, test } from 'vitest';
import { electionRequest } from '../../../../src/protocol/control/elections-api.ts';
import { proposalSeconds } from '../../../../src/domain/two-people.ts';
import { fileOptions } from '../../../../src/pages/panel/elections/draft/option-texts.ts';
import { pollElection, pollFaults, pollLengths } from '../../../../src/pages/panel/elections/quick/quick-poll.ts';
import type { PollForm } from '../../../../src/pages/panel/elections/quick/quick-poll.ts';
import { participantsCsv } from '../../../../src/pages/panel/participants/participants-csv.ts';
import { readCsv } from '../../../../src/pages/panel/parts/read-csv.ts';
import { linesOf } from '../../../../src/pages/panel/parts/text-lines.ts';

const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

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
  ['', [], null],
])('The first column of the file %j has its options', (text, texts, heading) => {
  expect(fileOptions(bytesOf(text))).toEqual({ ok: true, texts, heading });
});

test('A file with quotation marks in wrong places or not in UTF-8 is refused, with the reason', () => {
  for (const text of ['Ana\nNikola "Nik" Kos', 'Ana\n"Bojan', 'Ana\n"Bojan"x'])
    expect(fileOptions(bytesOf(text))).toMatchObject({ ok: false, fault: expect.stringContaining('Row 2') as string });
  // Šumar in windows-1250.
  const file = new Uint8Array([0x8a, 0x75, 0x6d, 0x61, 0x72]).buffer;
  expect(fileOptions(file)).toMatchObject({ ok: false, fault: expect.stringContaining('UTF-8') as string });
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
  options: ['Yes', ' No ', ''],
  scheme: 'phone-only',
  hours: '24',
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
    opensAt: '2026-11-30T12:34:00.000Z',
    closesAt: '2026-12-01T12:34:00.000Z',
    verification: { methods: ['text-in-confirmed'] },
  });
  expect(request.contests[0]?.options.map(({ title }) => title)).toEqual([{ 'sr-Cyrl': 'Yes' }, { 'sr-Cyrl': 'No' }]);
  expect(pollFaults(poll)).toEqual([]);
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
  ['title', { title: ' ' }],
  ['question', { question: '' }],
  ['options', { options: ['Yes', ''] }],
  ['scheme', { scheme: null }],
  ['hours', { hours: '' }],
] as const)('A poll without its %s is refused', (path, changes) => {
  expect(pollFaults({ ...poll, ...changes }).map((fault) => fault.path)).toEqual([path]);
});
