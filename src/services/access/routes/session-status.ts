// For services of the control zone: whether a session is active, while they cannot read it from Redis, and how many
// administrators can confirm acts and people have no second factor.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import type { SessionStatusLookup } from '../../../platform/session-status.ts';
import { confirmersAnswer, confirmersQuery } from '../../../protocol/control/proposals-api.ts';
import { sessionAnswer, sessionId } from '../../../protocol/control/access-tokens.ts';

export async function sessionStatusRoutes(
  app: App,
  {
    sessionStatus,
    administrators,
  }: {
    sessionStatus: SessionStatusLookup;
    administrators: (user: string | undefined) => Promise<z.infer<typeof confirmersAnswer>>;
  },
): Promise<void> {
  app.get(
    '/private/sessions/:sessionId',
    {
      config: admits('elections', 'officials'),
      schema: { params: z.object({ sessionId }), response: { 200: sessionAnswer } },
    },
    async (request) => ({ active: (await sessionStatus(request.params.sessionId)) === 'active' }),
  );
  app.get(
    '/private/administrators',
    { config: admits('elections'), schema: { querystring: confirmersQuery, response: { 200: confirmersAnswer } } },
    (request) => administrators(request.query.user),
  );
}
