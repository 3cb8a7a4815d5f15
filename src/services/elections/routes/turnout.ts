// Routes of the turnout for administrators, officials and auditors: by channel, over time, and reconciled with the box.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import { shownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import type { ShownTurnout } from '../../../protocol/control/election-lifecycle-api.ts';
import { turnoutHistory, turnoutSamplesMax } from '../../../protocol/control/live-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { liveExamples } from '../api-docs/live-examples.ts';
import type { Turnouts } from '../turnout/turnout.ts';

const example: ShownTurnout = {
  electionId: 'council-2026',
  countedAt: '2026-06-20T10:15:00.000Z',
  final: false,
  live: true,
  eligible: 12_000,
  step: 50,
  channels: { online: 3_150, batches: 420 },
  reconciliation: { participation: 3_150, outbox: 100, box: 3_050, repeated: 0, difference: 0 },
};

export async function turnoutRoutes(app: App, { turnouts }: { readonly turnouts: Turnouts }): Promise<void> {
  app.get(
    '/v1/elections/:electionId/turnout',
    {
      schema: {
        operationId: 'getTurnout',
        tags: ['voting'],
        summary: 'Get the number of voters by channel',
        description:
          'Times are from the clock of the database. Outside rehearsals the number of voters moves in steps until the end ' +
          'of voting, so that no one can observe a single vote. The turnout is signed and published once a minute.',
        params: z.object({ electionId }),
        response: { 200: shownTurnout },
      },
      config: {
        ...allows('administrator', 'official', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The turnout.', 'TurnoutNow', {
              open: { summary: 'While voting is open', value: example },
            }),
          },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await turnouts.show(request.params.electionId)),
  );

  app.get(
    '/v1/elections/:electionId/turnout-history',
    {
      schema: {
        operationId: 'getTurnoutHistory',
        tags: ['voting'],
        summary: 'Get the turnout over time',
        description:
          'The published turnouts: in the same steps, at most once a minute, and only changes. For a long election the ' +
          `answer has ${turnoutSamplesMax} evenly selected samples, including the first and the last.`,
        params: z.object({ electionId }),
        response: { 200: turnoutHistory },
      },
      config: {
        ...allows('administrator', 'official', 'auditor'),
        ...documented({
          answers: { 200: jsonAnswer('The samples.', 'TurnoutHistory', liveExamples.history) },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await turnouts.history(request.params.electionId)),
  );
}
