// Login and logout for browsers. Tokens go into cookies and never into an answer.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { loginRequest } from '../../../protocol/control/access-api.ts';
import type { PanelSessions } from '../sessions.ts';

const signedIn = z.object({
  user: z.object({ id: z.string(), role: z.string() }),
  endsAt: z.string(),
  previousLoginAt: z.string().nullable(),
});

export async function panelSessionRoutes(app: App, { sessions }: { readonly sessions: PanelSessions }): Promise<void> {
  app.post('/api/session', { schema: { body: loginRequest } }, async (request, reply) => {
    const answer = await sessions.signIn(request, reply, request.body);
    reply.header('cache-control', 'no-store');
    if (!answer.ok) {
      const { status, type, body, retryAfter } = answer.rejection;
      if (retryAfter !== null) reply.header('retry-after', retryAfter);
      return reply.code(status).header('content-type', type).serializer(String).send(body);
    }
    const { user, refreshExpiresAt: endsAt, previousLoginAt = null } = answer.pair;
    return reply.send(signedIn.parse({ user, endsAt, previousLoginAt }));
  });
  app.delete('/api/session', async (request, reply) => {
    await sessions.signOut(request, reply);
    return reply.code(204).header('cache-control', 'no-store').send();
  });
}
