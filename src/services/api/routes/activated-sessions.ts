// Steps 1 and 2 at once, for a voter without a phone to whom an official gave a code.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import { problemCodesOf } from '../../../protocol/problem.ts';
import { activatedSessionRequest, verifiedSession } from '../../../protocol/public-api.ts';
import { voterApiExamples } from '../examples.ts';
import type { ActivatedSessions } from '../sessions/activated-sessions.ts';

const operation: Operation = {
  answers: {
    201: jsonAnswer('The session is verified. Cast with its token.', 'VerifiedSession', {
      verified: { summary: 'Verified', value: voterApiExamples.verified },
    }),
  },
  rejections: problemCodesOf('activate-session'),
  requests: { card: { summary: 'A code from the table', value: voterApiExamples.activatedSessionRequest } },
};

export async function activatedSessionRoutes(app: App, { activated }: { readonly activated: ActivatedSessions }) {
  app.post(
    '/v1/sessions/activated',
    {
      schema: {
        operationId: 'startActivatedSession',
        tags: ['sessions'],
        summary: 'Steps 1 and 2 with a code of an official, without a phone',
        description:
          'Where the election has `verification.activation`, an official at a polling station checks who a voter is, and gives ' +
          'the voter a code. It works once, for ten minutes, at a device that is enrolled at the station: `device` is its ' +
          'secret. The answer does not depend on whether the person voted. After no answer send the same bytes again: ' +
          '`attempt` shows that it is the same client.',
        body: activatedSessionRequest,
        response: { 201: verifiedSession },
      },
      config: { ...documented(operation), ...sheds('first') },
    },
    async (request, reply) => {
      const session = await activated.begin(request.body, request.ip);
      return reply.code(201).header('cache-control', 'no-store').send(session);
    },
  );
}
