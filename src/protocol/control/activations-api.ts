// Bodies of the control API of `elections` about activations: officials give voters without a phone a code, and everyone who
// runs the election sees how many.
import { z } from 'zod';
import { typedNumberUnitsMax } from '../../domain/text/typed-number.ts';
import { stationId } from '../paper-rules.ts';
import { count, instant } from '../public-values.ts';

/** POST /v1/elections/{electionId}/activations */
export const activationRequest = z
  .strictObject({
    number: z.string().min(1).max(typedNumberUnitsMax).describe('Of the voter, as on the roll.'),
    second: z
      .string()
      .max(typedNumberUnitsMax)
      .optional()
      .describe('The PIN or the birth date, where the election has `identity.second`.'),
    stationId: stationId.optional().describe('Where the election lists stations.'),
  })
  .meta({ id: 'ActivationRequest' });
export type ActivationRequest = z.infer<typeof activationRequest>;

export const activationAnswer = z
  .object({
    code: z.string().describe('12 characters, for the voter alone. It is shown once.'),
    expiresAt: instant,
  })
  .meta({ id: 'Activation' });
export type ActivationAnswer = z.infer<typeof activationAnswer>;

/** GET /v1/elections/{electionId}/activations */
export const activationCounts = z
  .object({
    total: count,
    stations: z.array(
      z.object({
        stationId: stationId.nullable().describe('null in an election without stations.'),
        activations: count,
        officials: z.array(z.object({ userId: z.string(), activations: count })),
      }),
    ),
  })
  .meta({ id: 'ActivationCounts' });
export type ActivationCounts = z.infer<typeof activationCounts>;
