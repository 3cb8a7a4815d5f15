// Bodies of the control API of `elections` about the destruction of an election's data after its certification.
import { z } from 'zod';
import { electionId } from '../public-values.ts';
import { day, destructionDocument, electionKeyPairId } from '../record/destruction.ts';

/** What the platform can look for by itself. */
const remainingThings = ['election-keys', 'roll', 'hourly-keys', 'batch-files'] as const;

/** POST /v1/elections/{electionId}/destruction */
export const destructionRequest = z
  .strictObject({
    certifiedOn: day.describe('The day on which the results were certified.'),
    retainedUntil: day.describe('The last day on which the data must be kept: the end of complaints and of recounts.'),
    keysDestroyedOn: day.describe('The day on which the keys of the election were destroyed.'),
    copiesDestroyed: z
      .literal(true)
      .describe(
        'That no copy is left of the keys that the certificate names as destroyed: those of the election, the hourly keys, and ' +
          'the identity and phone keys that `elections` does not have any more. In folders and key files of any process, on ' +
          'media and in snapshots.',
      ),
    backups: z
      .strictObject({
        last: day.describe('The day of the last backup that had the data.'),
        destroyedOn: day.describe('The day on which it and all before it were destroyed.'),
      })
      .nullable()
      .describe('null: no backup was ever made.'),
  })
  .meta({ id: 'DestructionRequest' });
export type DestructionRequest = z.infer<typeof destructionRequest>;

/** GET /v1/elections/{electionId}/destruction, and the answer to the act. */
export const destructionState = z
  .object({
    electionId,
    state: z
      .enum(['not-published', 'in-use', 'remaining', 'ready', 'certified'])
      .describe(
        'in-use: votes may still be repeated for their receipt. remaining: data is left, or a service does not answer. ' +
          'ready: the act can be carried out.',
      ),
    inUseUntil: z.iso.datetime().describe('Until when votes may be repeated for their receipt.'),
    keyId: electionKeyPairId.nullable().describe('Of the keys of the election. null: `ballots` does not answer.'),
    remaining: z
      .array(
        z.object({
          what: z.enum(remainingThings),
          number: z.int().min(0).nullable().describe('How many are left. null: unknown, a service does not answer.'),
        }),
      )
      .describe('Each thing that the platform looks for.'),
    document: destructionDocument.nullable().describe('The signed certificate.'),
  })
  .meta({ id: 'DestructionState' });
export type DestructionState = z.infer<typeof destructionState>;
