// The publications: page by page for services that find Redis empty or read the archive, and one by one.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { foundPublicationAnswer, publicationsAnswer, publicationsQuery } from '../../../protocol/ballot-service.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Intake } from '../intake.ts';

const params = z.object({ electionId });

export async function publicationRoutes(app: App, { intake }: { intake: Intake }): Promise<void> {
  app.get(
    '/private/publications',
    { config: admits('api'), schema: { querystring: publicationsQuery, response: { 200: publicationsAnswer } } },
    ({ query }) => intake.publications({ ended: query.ended, from: query.from ?? null }),
  );
  app.get(
    '/private/elections/:electionId/publication',
    { config: admits('api', 'elections'), schema: { params, response: { 200: foundPublicationAnswer } } },
    async (request) => ({ publication: await intake.publication(request.params.electionId) }),
  );
}
