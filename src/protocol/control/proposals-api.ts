// Bodies of the control API of `elections` about proposals: acts of one administrator that wait for another.
import { z } from 'zod';
import { userId } from './access-tokens.ts';
import { electionId, instant } from '../public-values.ts';

/** Most proposals in one list. */
export const proposalsListMax = 100;

const electionActNames = [
  'announce',
  'change',
  'extend',
  'close',
  'add-notice',
  'withdraw-option',
  'accept-loss',
  'count',
  'decide-by-lot',
  'publish',
  'certify-destruction',
  'set-aside-batch',
  'withdraw-batch',
  'import-roll',
  'remove-from-roll',
] as const;
export type ElectionActName = (typeof electionActNames)[number];

const proposalState = z
  .enum(['proposed', 'confirmed', 'done', 'failed', 'rejected', 'expired'])
  .describe('`confirmed`: it is being carried out, or waits for its planned moment.');

/** A proposal in a list, without its parameters. */
const proposal = z
  .object({
    id: z.uuid(),
    act: z.enum(electionActNames),
    electionId,
    reason: z.string().nullable(),
    at: instant.nullable().describe('The planned moment. null: it is carried out when it is confirmed.'),
    proposedBy: userId,
    proposedAt: instant,
    expiresAt: instant.describe('After this time it can no longer be confirmed.'),
    state: proposalState,
    decidedBy: userId.nullable().describe('Who confirmed or rejected it.'),
    decidedAt: instant.nullable(),
    problem: z.object({ code: z.string(), detail: z.string() }).nullable().describe('Why it failed.'),
  })
  .meta({ id: 'Proposal' });
export type Proposal = z.infer<typeof proposal>;

/** GET /v1/proposals */
export const proposalsQuery = z.strictObject({
  state: z.enum(['proposed', 'all']).default('proposed').describe('`proposed`: only those that can be confirmed.'),
  electionId: electionId.optional(),
});
export type ProposalsQuery = z.infer<typeof proposalsQuery>;
export const proposalList = z
  .object({ proposals: z.array(proposal).max(proposalsListMax) })
  .meta({ id: 'ProposalList' });

/** GET /v1/proposals/{proposalId}, and the answer to a decision. */
export const proposalDetails = z
  .object({
    proposal,
    parameters: z.record(z.string(), z.unknown()).describe('Exactly what is carried out.'),
  })
  .meta({ id: 'ProposalDetails' });
export type ProposalDetails = z.infer<typeof proposalDetails>;

/** Answer 202 of a route whose act needs two people. */
export const proposedAnswer = z
  .object({ proposal: proposal.pick({ id: true, act: true, expiresAt: true }) })
  .meta({ id: 'Proposed' });
export type ProposedAnswer = z.infer<typeof proposedAnswer>;

/** GET /private/administrators: a person about whom is asked too. */
export const confirmersQuery = z.object({ user: userId.optional() });
/** GET /private/administrators (callers: `elections`): administrators who can sign in and confirm. */
export const confirmersAnswer = z.object({
  confirmers: z.int().min(0),
  /** Whether the user of the query is an active administrator. An older `access` does not say it. */
  isAdministrator: z.boolean().optional(),
  /** Of those who can sign in. An older `access` does not say it. */
  withoutSecondFactor: z.object({ administrators: z.int().min(0), officials: z.int().min(0) }).optional(),
});
