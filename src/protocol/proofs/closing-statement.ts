// A statement of `ballots` that the intake of an election is closed, and with how many voters. Without it no box is
// closed, so no choice is read before: the mixer verifies it and records it in the box.
import { z } from 'zod';
import { count, electionId, signature } from '../public-values.ts';

export const closingBody = z.strictObject({
  version: z.literal('popvote/closing/v1'),
  electionId,
  participation: count,
  losses: count.describe(
    'How many losses of recorded votes had been accepted. A later statement replaces an earlier one.',
  ),
});
export type ClosingBody = z.infer<typeof closingBody>;

/** Signed by the key of receipts. */
export const closingStatement = z.strictObject({ closing: closingBody, signature });
export type ClosingStatement = z.infer<typeof closingStatement>;
