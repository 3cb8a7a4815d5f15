// Whether a session is active, for services of the control zone while they cannot read it from Redis.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import type { SessionStatusLookup } from '../../../platform/session-status.ts';
import { sessionAnswer, sessionId } from '../../../protocol/control/access-tokens.ts';

export async function sessionStatusRoutes(
  app: App,
  { sessionStatus }: { sessionStatus: SessionStatusLookup },
): Promise<void> {
  app.get(
    '/private/sessions/:sessionId',
    {
      config: admits('elections', 'officials'),
      schema: { params: z.object({ sessionId }), response: { 200: sessionAnswer } },
    },
    async (request) => ({ active: (await sessionStatus(request.params.sessionId)) === 'active' }),
  );
}
