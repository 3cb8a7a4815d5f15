// A mark says how far the participation of an election had come: how many voters, and a hash that the intake finds again.
// `ballots` signs it, `elections` stores it, and the public turnout shows it. An intake in which a mark is not found was
// restored to an older moment: votes with receipts are missing (docs/reliability.md).
import { z } from 'zod';
import { bytes32, count, electionId, signature } from '../public-values.ts';

export const markBody = z.strictObject({
  version: z.literal('popvote/mark/v1'),
  electionId,
  losses: count.describe('How many losses of recorded votes had been accepted before.'),
  voters: count.describe('At least so many had voted online. Outside rehearsals in steps, like the turnout.'),
  hash: bytes32.describe(
    'Of the number of voters and of their keyed tags. It says nothing about a person or a choice.',
  ),
});
export type MarkBody = z.infer<typeof markBody>;

export const participationMark = z
  .strictObject({ mark: markBody, signature: signature.describe('By the key of receipts.') })
  .meta({ id: 'ParticipationMark' });
export type ParticipationMark = z.infer<typeof participationMark>;

/** An accepted loss of recorded votes. Both numbers of voters are in the steps of the turnout. */
export const acceptedLoss = z
  .strictObject({
    votersMarked: count.describe('At least so many had voted online, by the mark that was not found.'),
    votersFound: count.describe('At least so many were found when the loss was accepted.'),
  })
  .meta({ id: 'AcceptedLoss' });
export type AcceptedLoss = z.infer<typeof acceptedLoss>;
