// GET /private/publications: the current publications, for services that find Redis empty.
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { publicationsAnswer } from '../../../protocol/ballot-service.ts';
import type { Intake } from '../intake.ts';

export async function publicationRoutes(app: App, { intake }: { intake: Intake }): Promise<void> {
  app.get(
    '/private/publications',
    { config: admits('api', 'elections'), schema: { response: { 200: publicationsAnswer } } },
    async () => ({ publications: await intake.publications() }),
  );
}
