// Lists that people bring to the panel and take from it: options, participants, and a poll from one page.
import { expect, test } from 'vitest';
import { electionRequest } from '../../../../src/protocol/control/elections-api.ts';
import { optionTexts } from '../../../../src/pages/panel/elections/draft/option-texts.ts';
import { pollElection, pollFaults } from '../../../../src/pages/panel/elections/quick/quick-poll.ts';
import type { PollForm } from '../../../../src/pages/panel/elections/quick/quick-poll.ts';
import { participantsCsv } from '../../../../src/pages/panel/participants/participants-csv.ts';
import { readCsv } from '../../../../src/pages/panel/parts/read-csv.ts';

test.each([
  ['Ana\nBojan\n\n Cora ', ['Ana', 'Bojan', 'Cora']],
  ['\uFEFFTitle;x\r\nAna', ['Title;x', 'Ana']],
  ['Name,Party\r\n"Kos, Ana",River\r\nBojan,Hill', ['Kos, Ana', 'Bojan']],
  ['a\rb', ['a', 'b']],
  ['', []],
])('The options of the text %j are read', (text, options) => {
  expect(optionTexts(text)).toEqual(options);
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

test('A poll from one page is a complete request that opens at once', () => {
  const now = Date.parse('2026-11-30T12:34:56Z');
  const request = electionRequest.parse(pollElection(poll, 'hours', 'Europe/Belgrade', now));
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

test.each([
  ['title', { title: ' ' }],
  ['question', { question: '' }],
  ['options', { options: ['Yes', ''] }],
  ['scheme', { scheme: null }],
  ['hours', { hours: '' }],
] as const)('A poll without its %s is refused', (path, changes) => {
  expect(pollFaults({ ...poll, ...changes }).map((fault) => fault.path)).toEqual([path]);
});
