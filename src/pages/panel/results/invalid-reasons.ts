// Why a row of a batch does not count: as it is stored, and in plain words.
import type { InvalidBallot } from '../../../protocol/control/results-api.ts';

export type InvalidReason = InvalidBallot['reason'];

export const reasonWords: Readonly<Record<InvalidReason, string>> = {
  'Duplicate ballot.': 'the same ballot was entered before; the first entry counts.',
  'Invalid poll number.': 'the number is on no ballot of this election.',
  'Withdrawn batch.': 'the file was withdrawn before the count, with a reason.',
};
