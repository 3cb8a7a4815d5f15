// Fictional examples of counting and results for the documentation.
import type { ResultsBody } from '../../../protocol/public-results.ts';
import type {
  AdministeredResults,
  InvalidBallot,
  LedgerBatchShown,
  LotRequest,
} from '../../../protocol/control/results-api.ts';

const userId = '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11';
const batchId = 'pZ8Z1mQb0m1lU8sD2d6oJ0mO0n7c3w4x5y6z7A8B9C0';

const results: ResultsBody = {
  electionId: 'rehearsal',
  revision: 1,
  closedAt: '2026-06-21T18:00:00.000Z',
  rehearsal: true,
  turnout: { eligible: null, online: 300, batches: 202 },
  reconciliation: {
    online: { received: 300, valid: 300, invalid: 0 },
    batches: {
      received: 202,
      valid: 200,
      invalid: 2,
      files: 1,
      missing: 0,
      invalidByReason: [
        { reason: 'Duplicate ballot.', rows: 1 },
        { reason: 'Invalid poll number.', rows: 1 },
      ],
    },
  },
  contests: [
    {
      kind: 'winner',
      method: 'plurality',
      contestId: 'motion',
      valid: 480,
      abstained: 20,
      options: [
        { optionId: 'yes', number: 1, votes: 300, share: { numerator: 300, denominator: 480 }, rank: 1 },
        { optionId: 'no', number: 2, votes: 180, share: { numerator: 180, denominator: 480 }, rank: 2 },
      ],
      winner: 'yes',
      lead: 120,
      majority: true,
      tie: null,
    },
  ],
};

const administered: AdministeredResults = {
  electionId: 'rehearsal',
  state: 'provisional',
  revision: 1,
  publishedRevision: null,
  openTies: [],
  results,
  sha256: 'b4f0d7bfb1e1cbbd4a6d0d4a3d8e0b6e9c57d1f2a3b4c5d6e7f8091a2b3c4d5e',
  madeAt: '2026-06-21T18:10:00.000Z',
  madeBy: userId,
  publishedAt: null,
};

const lot: LotRequest = {
  contestId: 'parliament',
  order: ['option-2', 'option-5'],
  note: 'Drawn by the commission in public session on 2026-06-21 at 21:00.',
};

const batch: LedgerBatchShown = {
  number: 1,
  batchId,
  official: userId,
  acceptedAt: '2026-06-21T17:30:00.000Z',
  received: 202,
  checked: 150,
  counted: 149,
  invalid: 1,
  unconfirmed: 0,
  station: null,
  confirmation: 'not-needed',
  state: 'set-aside',
  setAside: {
    reason: 'The file burnt with the polling station after 150 rows had come.',
    by: userId,
    at: '2026-06-22T08:00:00.000Z',
  },
  withdrawn: null,
};
const wrongFile = 'The file of another polling station.';
const withdrawnBatch: LedgerBatchShown = {
  ...batch,
  number: 2,
  checked: 202,
  counted: 0,
  invalid: 202,
  state: 'withdrawn',
  setAside: null,
  withdrawn: { reason: wrongFile, by: userId, at: '2026-06-21T17:45:00.000Z' },
};

const confirmedBatch: LedgerBatchShown = {
  ...batch,
  number: 3,
  checked: 202,
  counted: 202,
  invalid: 0,
  station: 'town-hall',
  confirmation: { by: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', at: '2026-06-21T18:20:00.000Z' },
  state: 'whole',
  setAside: null,
};

const invalidBallot: InvalidBallot = {
  batchId,
  row: 17,
  guid: '3f0f8b6e-8a55-4a5e-9f6c-0b0e6a5c1d11',
  reason: 'Duplicate ballot.',
  contestId: null,
  official: userId,
  firstSeen: { batchId, row: 3, electionId: 'parliament-2026' },
  pollNumbers: '2,1',
};

const csvHead =
  'electionId,revision,row,contestId,method,optionId,number,title,kind,votes,share,seats,standing,rank,tied,station\r\n';

export const resultsExamples = {
  results: administered,
  lot,
  publish: { revision: 1, acceptOpenTies: false },
  csv: `${csvHead}rehearsal,1,option,motion,plurality,yes,1,Yes,,300,0.625000,,,1,no,\r\n`,
  batches: { batches: [batch], next: null },
  batch: { batch },
  setAside: { reason: 'The file burnt with the polling station after 150 rows had come.' },
  withdrawnBatch: { batch: withdrawnBatch },
  withdraw: { reason: wrongFile },
  confirmedBatch: { batch: confirmedBatch },
  confirm: { ballots: 202 },
  invalidBallots: { invalidBallots: [invalidBallot], next: null },
  invalidCsv:
    'batchId,row,guid,reason,contestId,official,firstBatchId,firstRow,pollNumbers,firstElectionId\r\n' +
    `${batchId},17,3f0f8b6e-8a55-4a5e-9f6c-0b0e6a5c1d11,Duplicate ballot.,,${userId},${batchId},3,"2,1",parliament-2026\r\n`,
} as const;
