// What the pages of the panel know of this installation. It is public.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';

const installation = z.object({
  votersOrigin: z.string().nullable().describe('Public address of the voters’ page; null where it is not configured.'),
});
export type Installation = z.infer<typeof installation>;

export async function installationRoutes(app: App, { votersOrigin }: Installation): Promise<void> {
  app.get('/api/installation', { schema: { response: { 200: installation } } }, (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return { votersOrigin };
  });
}
