// Step 1 of a vote: a session for a number and a phone. The answer is the same for every person.
import type { App } from '../../../platform/http/http.ts';
import { problemCodesOf } from '../../../protocol/problem.ts';
import { pendingSession, sessionRequest } from '../../../protocol/public-api.ts';
import { voterApiExamples } from '../examples.ts';
import { documented } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import type { VoterSessions } from '../sessions/sessions.ts';
import { pendingAnswer } from './pending-answer.ts';

const operation: Operation = {
  answers: { 201: pendingAnswer('The session, not verified yet.') },
  rejections: problemCodesOf('start-session'),
  requests: { textIn: { summary: 'Verify by sending a text', value: voterApiExamples.sessionRequest } },
};

export async function voterSessionRoutes(app: App, { sessions }: { sessions: VoterSessions }) {
  app.post(
    '/v1/sessions',
    {
      schema: {
        operationId: 'startSession',
        tags: ['sessions'],
        summary: 'Step 1: start a session with an identity and a phone',
        description:
          'Checks form and limits only. The answer does not depend on the person or on whether they voted. Before the ' +
          'opening it is `not-open`, unless a phone verified now may still cast when voting opens.',
        body: sessionRequest,
        response: { 201: pendingSession },
      },
      config: { ...documented(operation), ...sheds('first') },
    },
    async (request, reply) => {
      const session = await sessions.start(request.body, request.ip);
      return reply.code(201).header('cache-control', 'no-store').send(session);
    },
  );
}
