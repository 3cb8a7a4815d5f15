// Whether a session stands, for services of the control zone that cannot tell from Redis at the moment.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import type { SessionStanding } from '../../../platform/session-standing.ts';
import { sessionAnswer, sessionId } from '../../../protocol/control/access-tokens.ts';

export async function sessionStandingRoutes(app: App, { standing }: { standing: SessionStanding }): Promise<void> {
  app.get(
    '/private/sessions/:sessionId',
    {
      config: admits('elections', 'officials'),
      schema: { params: z.object({ sessionId }), response: { 200: sessionAnswer } },
    },
    async (request) => ({ stands: (await standing(request.params.sessionId)) === 'stands' }),
  );
}
