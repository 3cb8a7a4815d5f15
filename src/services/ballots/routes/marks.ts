// The marks of the participation, and the acceptance of a loss. Only `elections` may call these routes.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { lossAnswer, lossCall, markAnswer, markCall } from '../../../protocol/ballot-service.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Marks } from '../marks.ts';

const params = z.object({ electionId });

export async function markRoutes(app: App, { marks }: { marks: Marks }): Promise<void> {
  const config = admits('elections');
  app.post(
    '/private/elections/:electionId/mark',
    { config, schema: { params, body: markCall, response: { 200: markAnswer } } },
    (request) => marks.take(request.params.electionId, request.body.outside),
  );
  app.post(
    '/private/elections/:electionId/losses',
    { config, schema: { params, body: lossCall, response: { 200: lossAnswer } } },
    async (request) => {
      await marks.acceptLoss(request.params.electionId, request.body.losses);
      return {};
    },
  );
}
