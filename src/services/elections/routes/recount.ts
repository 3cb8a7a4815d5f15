// Private call of `popvote election recount`: counts the box again and returns hashes, but no counts.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { recountAnswer } from '../../../protocol/control/results-api.ts';
import type { Recount } from '../results/recount.ts';

export async function recountRoutes(app: App, { recount }: { readonly recount: Recount }): Promise<void> {
  app.get(
    '/private/elections/:electionId/recount',
    { config: admits('elections'), schema: { params: z.object({ electionId }), response: { 200: recountAnswer } } },
    (request) => recount(request.params.electionId),
  );
}
