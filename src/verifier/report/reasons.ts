// The steps that this program makes, each with its reasons of failure. The lists are closed: docs/verify.md has the same.

export const reasonsOfSteps = {
  1: ['manifest-form', 'manifest-signature', 'manifest-hash'],
  2: ['foreign-key'],
  3: ['checkpoint-form', 'checkpoint-signature'],
  4: ['witness-quorum'],
  5: ['split-view', 'not-consistent', 'rolled-back'],
  6: ['tile-form', 'tile-root'],
  7: ['entry-count', 'entry-form', 'entry-leaf'],
  8: ['entry-kind', 'channel-not-admitted'],
  9: ['entry-signature'],
  10: ['cast-tag-repeated'],
  11: ['receipt-signature', 'receipt-not-in-log', 'receipt-repeated'],
  12: ['closing-signature', 'closing-size', 'grown-after-closing'],
  13: ['turnout', 'repeated-entries'],
  14: ['batches'],
  15: ['opening', 'opening-ballot', 'opening-missing'],
  24: ['results-sums'],
  25: ['results-count'],
  26: ['results-signature', 'results-record'],
} as const;

export type Step = keyof typeof reasonsOfSteps;
export type FailureReason = (typeof reasonsOfSteps)[Step][number];
export const stepNumbers = Object.keys(reasonsOfSteps).map(Number) as Step[];

/** What the reader of a report is to know besides failures. */
export const noteCodes = [
  'ballots-repeated',
  'online-contents-not-verified',
  'options-withdrawn',
  'stage-not-supported',
] as const;
export type NoteCode = (typeof noteCodes)[number];

/** Documents of a final election that may still be missing. */
export const missingCodes = ['closing', 'results', 'openings'] as const;
export type MissingCode = (typeof missingCodes)[number];

export const verifierExits = { verified: 0, failed: 1, usage: 2, notFinal: 3, unreadable: 4 } as const;
