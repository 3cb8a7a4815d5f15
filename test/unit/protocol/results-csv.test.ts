// Published results as a table, made of the signed documents alone.
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { firstResults, withLots } from '../../../src/services/elections/results/results-body.ts';
import { resultsCsv, resultsCsvColumns } from '../../../src/protocol/control/results-csv.ts';
import { definition } from '../../support/elections.ts';

const election = definition({
  contests: definition().contests.map((contest) =>
    contest.id === 'motion'
      ? {
          ...contest,
          options: contest.options.map((option) => ({ ...option, title: { en: '=HYPERLINK("x")', sr: 'Да' } })),
        }
      : contest,
  ),
});
const votesOf = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).map(([optionId, votes]) => ({ optionId, votes }));
const results = withLots(
  election,
  firstResults(election, {
    closedAt: election.closesAt,
    eligible: 40,
    online: { received: 8, valid: 8 },
    batches: { files: 1, received: 4, valid: 2, missing: 3, invalidByReason: { 'Duplicate ballot.': 2 } },
    totals: new Map([
      ['motion', { votes: votesOf({ yes: 4, no: 4 }), valid: 8, abstained: 2 }],
      ['council', { votes: votesOf({ red: 6, blue: 4, green: 0 }), valid: 10, abstained: 0 }],
    ]),
  }),
  { motion: { order: ['no', 'yes'], note: 'Drawn.' } },
  2,
);
const table = (language = 'en') =>
  parse<Record<string, string>>(resultsCsv({ election, results, language }), { columns: true });

describe('The table of results', () => {
  test('The table of results has stable columns and a row for everything that adds up', () => {
    expect(resultsCsv({ election, results, language: 'en' }).split('\r\n')[0]).toBe(
      'electionId,revision,row,contestId,method,optionId,number,title,kind,votes,share,seats,standing,rank,tied,station',
    );
    expect(resultsCsvColumns).toHaveLength(16);
    const rows = table();
    const number = (row: string, contestId = '') =>
      Number(rows.find((one) => one['row'] === row && one['contestId'] === contestId)?.['votes']);
    for (const contestId of ['motion', 'council']) {
      expect(number('valid', contestId) + number('abstained', contestId)).toBe(
        number('onlineValid') + number('batchesValid'),
      );
    }
    expect(number('batchesReceived')).toBe(number('batchesValid') + number('batchesInvalid'));
    expect([number('eligible'), number('onlineReceived'), number('batchesMissing')]).toEqual([40, 8, 3]);
    expect(rows.every((row) => row['electionId'] === 'rehearsal' && row['revision'] === '2')).toBe(true);
  });

  test('The table of results has seats, ranks, shares and ties by option', () => {
    expect(table().filter((row) => row['row'] === 'option')).toMatchObject([
      { optionId: 'yes', votes: '4', share: '0.500000', rank: '1', tied: 'yes', seats: '0', standing: 'not-elected' },
      { optionId: 'no', tied: 'yes', seats: '1', standing: 'elected' },
      { optionId: 'red', votes: '6', share: '0.600000', kind: 'party', seats: '7', standing: 'eligible', tied: 'no' },
      { optionId: 'blue', seats: '4' },
      { optionId: 'green', votes: '0', seats: '0', standing: 'no-votes' },
    ]);
  });

  test('The table of results has titles in the requested language, and none that a spreadsheet would run', () => {
    expect(table('sr')[0]?.['title']).toBe('Да');
    expect(table('sr-Latn')[0]?.['title']).toBe('Да');
    expect(table('zh')[0]?.['title']).toBe(`'=HYPERLINK("x")`);
  });
});
