// The acts of `access` on accounts, as `elections` asks for them to put them into the chained record: ids alone, no name,
// address, number, password, code or token.
import { z } from 'zod';
import { userStates } from '../../domain/user.ts';
import { instant } from '../public-values.ts';
import { userRole } from './access-tokens.ts';

/** Acts in one answer. */
export const accessActsMax = 200;

const id = z.uuid();
export const accessAct = z.object({
  act: z.string().max(64),
  outcome: z.string().max(64).describe('done, or the code of the rejection.'),
  actor: id.nullable().describe('Null without a login.'),
  confirmedBy: id.optional().describe('The administrator who confirmed what the actor proposed.'),
  proposal: id.optional(),
  proposes: z.string().max(64).optional().describe('The act of the proposal.'),
  user: id.optional(),
  session: id.optional(),
  invitation: id.optional(),
  passkey: id.optional(),
  role: userRole.optional(),
  roleBefore: userRole.optional(),
  state: z.enum(userStates).optional(),
  stateBefore: z.enum(userStates).optional(),
  corrected: z.array(z.enum(['email', 'forename', 'surname'])).optional(),
});
export type AccessAct = z.infer<typeof accessAct>;

/** GET /private/acts (caller: `elections`): those after a number, in their order. */
export const accessActsQuery = z.object({ after: z.coerce.number().int().min(0) });
export const accessActsAnswer = z.object({
  acts: z.array(z.object({ number: z.int().min(1), at: instant, event: accessAct })).max(accessActsMax),
});
