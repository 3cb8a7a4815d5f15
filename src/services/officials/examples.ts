// Examples for the documentation. The ballots are fictitious.
import { csvRow } from '../../domain/csv-text.ts';
import type { Batch } from '../../protocol/control/officials-api.ts';
import { invalidCsvColumns } from '../../protocol/control/officials-api.ts';

const guids = [
  '728a5df9-f99d-22f3-c3e9-956fb02d46ce',
  '0f4c1d1e-9a0b-4c35-8f0e-2b7d3f8a6c10',
  '5b1d7e42-3c6f-4a89-b0d2-9e8f7a6b5c4d',
] as const;

const batch: Batch = {
  id: 'GQdWlA5Hf3mlpnGFpwIofTWTk7yXY6nZ0yHHkLFmsAw',
  electionId: 'parliament-2026',
  official: '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11',
  acceptedAt: '2026-06-20T09:30:00.000Z',
  state: 'queued',
  rows: { received: 4_812, checked: 0, waiting: 4_812, counted: 0, invalid: 0, unconfirmed: 0, duplicates: 0 },
  missing: [],
  advice: null,
  station: null,
  confirmation: 'not-needed',
  withdrawn: null,
  withdrawals: 0,
};
const checked = {
  received: 4_812,
  checked: 2_500,
  waiting: 2_312,
  counted: 2_488,
  invalid: 12,
  unconfirmed: 0,
  duplicates: 9,
};
const checking: Batch = { ...batch, state: 'checking', rows: checked };

export const officialsExamples = {
  file: [`${guids[0]},2`, `${guids[1]},1`, `${guids[2]},5`, ''].join('\r\n'),
  queued: batch,
  checking,
  done: {
    ...batch,
    state: 'done',
    rows: { received: 4_812, checked: 4_812, waiting: 0, counted: 4_793, invalid: 19, unconfirmed: 0, duplicates: 15 },
  } satisfies Batch,
  received: {
    ...batch,
    state: 'received',
    rows: {
      received: 4_812,
      checked: 4_812,
      waiting: 0,
      counted: 0,
      invalid: 0,
      unconfirmed: 4_812,
      duplicates: 0,
    },
    advice: 'Nothing of it counts until a second official confirms it with the number of ballots on the protocol.',
    station: 'town-hall',
    confirmation: 'waiting',
  } satisfies Batch,
  incomplete: {
    ...checking,
    state: 'incomplete',
    missing: [{ firstRow: 2_501, lastRow: 4_812 }],
    advice:
      'Rows 2501–4812 are missing: they were lost on their way. Send the same file again; nothing is counted twice.',
  } satisfies Batch,
  withdrawn: {
    ...batch,
    state: 'withdrawn',
    rows: { received: 4_812, checked: 4_812, waiting: 0, counted: 0, invalid: 4_812, unconfirmed: 0, duplicates: 0 },
    advice:
      'None of its rows counts. If its ballots are to count, send the same file or a corrected one while the election is open.',
    withdrawn: { reason: 'The file of another polling station.', by: batch.official, at: '2026-06-20T10:05:00.000Z' },
    withdrawals: 1,
  } satisfies Batch,
  event: `event: batch\ndata: ${JSON.stringify({ batch: checking })}\n\n`,
  invalidCsv: [
    csvRow(invalidCsvColumns),
    csvRow([17, guids[0], '2', 'Duplicate ballot.', null, batch.id, 3]),
    csvRow([205, guids[1], '9', 'Invalid poll number.', 'parliament', null, null]),
  ].join(''),
  wrongLines: [
    {
      line: 4,
      row: 3,
      text: '728A5DF9-F99D-22F3-C3E9-956FB02D46CE;two',
      detail: 'Column 2 (parliament): give one whole number above 0, of at most nine digits.',
    },
  ],
} as const;
