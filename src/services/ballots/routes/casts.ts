// POST /private/casts: casts a ballot. Only `api` may call it. Only a certain outcome is returned as a receipt. It is not
// shed by the delay of the process: the voter has done everything, and the queue has bounds of its own.
import { retrySoon } from '../../../platform/http/problems.ts';
import type { App } from '../../../platform/http/http.ts';
import { waiterOf } from '../../../platform/private-calls/call-deadline.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { castCall } from '../../../protocol/ballot-service.ts';
import { castAnswer } from '../../../protocol/public-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { Casting } from '../casting.ts';

export async function castRoutes(app: App, { casting }: { casting: Casting }): Promise<void> {
  app.post(
    '/private/casts',
    { config: admits('api'), schema: { body: castCall, response: { 200: castAnswer } } },
    async (request) => {
      try {
        return { receipt: await casting.cast(request.body, waiterOf(request)) };
      } catch (error) {
        if (error instanceof Problem) throw error;
        // The error may have occurred after the ballot was recorded.
        request.log.error({ err: error }, 'cast.failed');
        throw new Problem('outcome-unknown', retrySoon());
      }
    },
  );
}
