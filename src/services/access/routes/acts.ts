// The acts on accounts, for the chained record of `elections`.
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { accessAct, accessActsAnswer, accessActsMax, accessActsQuery } from '../../../protocol/control/access-acts.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import { listActs } from '../../../store/access/acts.ts';
import type { Pool } from '../../../store/database.ts';

export async function actRoutes(app: App, { pool }: { readonly pool: Pool }): Promise<void> {
  app.get(
    '/private/acts',
    { config: admits('elections'), schema: { querystring: accessActsQuery, response: { 200: accessActsAnswer } } },
    async (request) => {
      const stored = await listActs(pool, request.query.after, accessActsMax);
      const acts = stored.map(({ number, atMs, event }) => ({
        number,
        at: instantOf(atMs),
        event: accessAct.parse(event),
      }));
      return { acts };
    },
  );
}
