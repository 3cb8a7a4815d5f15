// Bodies of the control API of `access` about proposals: acts of one administrator on users that wait for another.
import { z } from 'zod';
import { invitation, oneTimePasswordAnswer, user } from './access-api.ts';
import { userId } from './access-tokens.ts';
import { instant } from '../public-values.ts';

const userActNames = ['change-user', 'remove-user', 'issue-one-time-password', 'invite'] as const;
export type UserActName = (typeof userActNames)[number];

const userProposal = z
  .object({
    id: z.uuid(),
    act: z.enum(userActNames),
    userId: userId.nullable().describe('The account that it concerns; null for an invitation.'),
    parameters: z.record(z.string(), z.unknown()).describe('Exactly what is carried out.'),
    proposedBy: userId,
    proposedAt: instant,
    expiresAt: instant.describe('After this time it can no longer be confirmed.'),
  })
  .meta({ id: 'UserProposal' });
export type UserProposal = z.infer<typeof userProposal>;

/** GET /v1/proposals */
export const userProposalList = z.object({ proposals: z.array(userProposal) }).meta({ id: 'UserProposalList' });

/** Answer 202 of a route whose act needs two administrators. */
export const userActProposed = z
  .object({ proposal: userProposal.pick({ id: true, act: true, expiresAt: true }) })
  .meta({ id: 'UserActProposed' });
export type UserActProposal = z.infer<typeof userActProposed>['proposal'];

/** POST /v1/proposals/{proposalId}/confirm: what the act itself answers. */
export const userActDone = z
  .object({
    act: z.enum(userActNames),
    user: user.optional(),
    password: oneTimePasswordAnswer.shape.password.optional(),
    invitation: invitation.optional(),
    token: z.string().optional().describe('Of the invitation. Hand it to the person; it is shown this once.'),
  })
  .meta({ id: 'UserActDone' });
export type UserActDone = z.infer<typeof userActDone>;
