// Bodies of the control API of `elections` about an election's life: announcing, extending, closing, turnout. A
// turnout has numbers only, no voters and no choices.
import { z } from 'zod';
import { acceptedLoss } from '../proofs/participation-mark.ts';
import { electionDefinition } from '../public-document.ts';
import { count, electionId, instant, localId, noticeCharactersMax } from '../public-values.ts';
import { writtenInstant, writtenTexts, reason } from '../written-text.ts';

/** POST /v1/elections/{electionId}/extend */
export const extendRequest = z
  .strictObject({
    closesAt: writtenInstant.describe('Later than the present end. RFC 3339, with any offset.'),
    reason,
  })
  .meta({ id: 'ExtendRequest' });

/** POST /v1/elections/{electionId}/close */
export const closeRequest = z.strictObject({ reason }).meta({ id: 'CloseRequest' });

/** POST /v1/elections/{electionId}/notices */
export const noticeRequest = z
  .strictObject({ text: writtenTexts('notice', noticeCharactersMax), reason })
  .meta({ id: 'NoticeRequest' });

/** POST /v1/elections/{electionId}/withdrawn-options */
export const withdrawnOption = z
  .strictObject({ contestId: localId, optionId: localId, reason })
  .meta({ id: 'WithdrawnOption' });
export type WithdrawnOption = z.infer<typeof withdrawnOption>;

/** POST /v1/elections/{electionId}/accept-loss */
export const lossRequest = z.strictObject({ reason }).meta({ id: 'LossRequest' });
export const lossAccepted = z.object({ loss: acceptedLoss }).meta({ id: 'LossAccepted' });

export const plannedActs = ['announce', 'close', 'count', 'publish'] as const;
const plannedAct = z.enum(plannedActs);

/** POST /v1/elections/{electionId}/scheduled-acts */
export const planRequest = z
  .strictObject({
    act: plannedAct,
    at: writtenInstant.describe('When: a later moment. RFC 3339, with any offset.'),
    reason,
  })
  .meta({ id: 'PlanRequest' });
export type PlanRequest = z.infer<typeof planRequest>;

/** GET /v1/elections/{electionId}/scheduled-acts */
const scheduledAct = z
  .object({
    id: z.uuid(),
    act: plannedAct,
    at: instant,
    reason: z.string(),
    state: z.enum(['waiting', 'done', 'failed', 'cancelled']),
    requestedBy: z.string().describe('Id of a user.'),
    requestedAt: instant,
    finishedAt: instant.nullable(),
    problem: z.object({ code: z.string(), detail: z.string() }).nullable().describe('Why it failed.'),
  })
  .meta({ id: 'ScheduledAct' });
export type ScheduledAct = z.infer<typeof scheduledAct>;
export const scheduledActAnswer = z.object({ scheduledAct }).meta({ id: 'ScheduledActAnswer' });
export const scheduledActList = z.object({ scheduledActs: z.array(scheduledAct) }).meta({ id: 'ScheduledActList' });

/** GET /v1/elections/{electionId}/turnout */
export const shownTurnout = z
  .object({
    electionId,
    countedAt: instant.nullable().describe('By the clock of the database; null where nothing was counted yet.'),
    final: z.boolean().describe('After the end of voting, when nothing is added any more.'),
    live: z
      .boolean()
      .describe(
        'true: counted for this answer; false: the last published value, because `ballots` or the box is unavailable.',
      ),
    eligible: count.nullable().describe('People on the roll; null where there is none.'),
    step: z.int().min(1).describe('By how much numbers of voters move before the end: no single one shows.'),
    channels: z.object({
      online: count.describe('Ballots cast by voters, rounded down to whole steps.'),
      batches: count.describe('Rows of paper ballots received, valid or not.'),
    }),
    reconciliation: z
      .object({
        participation: count.describe('Who took part; like the next two rounded down to whole steps.'),
        outbox: count.describe('Sealed ballots on their way.'),
        box: count.describe('Ballots that arrived.'),
        repeated: count.describe(
          'Ballots that arrived under a key that another ballot had, exact: only altered clients send them, and the first one counts.',
        ),
        difference: z
          .int()
          .describe(
            'participation − outbox − box − repeated, exact. At every quiet moment it is 0; while ballots move it is not, since ' +
              'two databases are asked one after the other.',
          ),
      })
      .nullable()
      .describe('Of ballots cast by voters; null where `ballots` or the box is unavailable.'),
  })
  .meta({ id: 'TurnoutNow' });
export type ShownTurnout = z.infer<typeof shownTurnout>;

/** PUT /private/elections/{electionId} (caller `elections`): creates and announces. The same again changes nothing. */
export const loadCall = z.strictObject({ definition: electionDefinition });
export const loadAnswer = z.object({ created: z.boolean().describe('false: it was there already.') });
