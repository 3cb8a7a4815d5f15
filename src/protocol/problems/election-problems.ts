// Problems of running an election in the control panel: participants, batches, counting, publishing.
import type { ProblemTable } from './problem-properties.ts';

export const electionProblems = {
  'participant-not-found': {
    status: 404,
    title: 'There is no such participant',
    detail: 'GET /v1/participants lists the participants.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'never',
  },
  'batch-not-found': {
    status: 404,
    title: 'There is no such batch',
    detail: 'GET /v1/batches lists your batches. If you uploaded the file, send it again: no ballot is counted twice.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'never',
  },
  'results-not-counted': {
    status: 404,
    title: 'The results have not been counted yet',
    detail: 'Count them after the election closes: POST /v1/elections/{electionId}/count.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'after-change',
  },
  'not-drained': {
    status: 409,
    title: 'Some ballots have not reached the ballot box yet',
    detail:
      'See "errors" for what is missing and what to do, then count again. Nothing was counted and nothing is lost.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'after-change',
    extras: ['errors'],
  },
  'tie-open': {
    status: 409,
    title: 'A tie is not decided',
    detail:
      'Decide it by lot (POST /v1/elections/{electionId}/lots), or publish with "acceptOpenTies". Nothing was published.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'after-change',
    extras: ['errors'],
  },
  conflict: {
    status: 409,
    title: 'This conflicts with the current state',
    detail: 'Read the current state and decide again. Nothing was changed.',
    audience: ['panel', 'service'],
    recorded: 'no',
    retry: 'corrected-input',
    extras: ['errors'],
  },
  'invalid-election': {
    status: 422,
    title: 'The definition of the election is not valid',
    detail: 'Correct the fields listed in "errors" and send the definition again. Nothing was changed.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'corrected-input',
    extras: ['errors'],
  },
  'invalid-batch': {
    status: 422,
    title: 'The file is not valid',
    detail: 'Correct the lines listed in "lines" and send the whole file again. No row was recorded.',
    audience: ['panel'],
    recorded: 'no',
    retry: 'corrected-input',
    extras: ['lines', 'linesTotal'],
  },
} as const satisfies ProblemTable;
