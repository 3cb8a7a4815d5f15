// POST /v1/elections/:electionId/accept-loss: accepts that recorded votes are missing, so that voting continues.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { lossAccepted, lossRequest } from '../../../protocol/control/election-lifecycle-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

export type LossOptions = { readonly proposals: Proposals; readonly guard: RoleGuard };

export async function lossRoutes(app: App, { proposals, guard }: LossOptions): Promise<void> {
  app.post(
    '/v1/elections/:electionId/accept-loss',
    {
      schema: {
        operationId: 'acceptLoss',
        tags: ['voting'],
        summary: 'Accept that recorded votes are missing, with a reason',
        description:
          'After a restore of databases to an older moment, or a failover to a late standby, the alarm `votes-missing` ' +
          'reports that recorded votes are missing. No one can vote then, and the election cannot be counted. First try ' +
          'to restore newer copies of both databases, `intake` and `box`, to one moment. If there are none, accept the ' +
          'loss: voters whose votes are missing can vote again, and the results report the loss. It cannot be undone.',
        params: z.object({ electionId }),
        body: lossRequest,
        response: { 200: lossAccepted, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The loss was accepted.', 'LossAccepted', {
              loss: { summary: 'A loss', value: { loss: { votersMarked: 3_150, votersFound: 2_850 } } },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict'],
          requests: {
            loss: {
              summary: 'A restore from the backup of noon',
              value: { reason: 'The server was lost at 12:10. The newest backup is of 12:00.' },
            },
          },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const outcome = await proposals.act('accept-loss', callerOf(guard, request), id, request.body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.header('cache-control', 'no-store').send({ loss: outcome.result });
    },
  );
}
