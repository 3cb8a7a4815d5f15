// An election while it runs, and before: what a page shows that looks every few seconds, and what is ready.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import { liveAnswer, readiness } from '../../../protocol/control/live-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { ShowLive } from '../monitoring/live.ts';
import { liveExamples } from '../api-docs/live-examples.ts';
import type { ShowReadiness } from '../monitoring/readiness.ts';

const params = z.object({ electionId });
const roles = allows('administrator', 'auditor');

export type LiveOptions = {
  readonly live: ShowLive;
  readonly readiness: ShowReadiness;
};

export async function liveRoutes(app: App, { live, readiness: showReadiness }: LiveOptions): Promise<void> {
  app.get(
    '/v1/elections/:electionId/live',
    {
      schema: {
        operationId: 'getLive',
        tags: ['voting'],
        summary: 'An election while it runs: turnout, verification, queues, providers, alarms',
        description:
          'For a page that asks every five seconds; what is asked within a second of another is answered alike. What is ' +
          'away is null and hides nothing else. Numbers of voters move in whole steps, and no choice stands anywhere. ' +
          'Alarms that need time to be sure of, such as an outbox that does not drain, come only while somebody asks.',
        params,
        response: { 200: liveAnswer },
      },
      config: {
        ...roles,
        ...documented({
          answers: { 200: jsonAnswer('What is seen now.', 'Live', liveExamples.live) },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await live(request.params.electionId)),
  );

  app.get(
    '/v1/elections/:electionId/readiness',
    {
      schema: {
        operationId: 'getReadiness',
        tags: ['voting'],
        summary: 'What is ready before an election opens, and what to do about what is not',
        description:
          'Of a draft only what can be told of a draft. Useful while voting is open as well. It changes nothing, and ' +
          'forbids nothing: who announces decides.',
        params,
        response: { 200: readiness },
      },
      config: {
        ...roles,
        ...documented({
          answers: { 200: jsonAnswer('The checks.', 'Readiness', liveExamples.readiness) },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await showReadiness(request.params.electionId)),
  );
}
