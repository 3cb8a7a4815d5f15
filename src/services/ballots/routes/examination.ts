// GET /private/examination: the health report of this process, for `elections` only. Examinations are rate-limited,
// so that frequent calls cannot make it open connections in a loop.
import { rememberedReport } from '../../../platform/health/examination.ts';
import type { Report } from '../../../platform/health/examination.ts';
import type { App } from '../../../platform/http/http.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { healthReport } from '../../../protocol/control/system-api.ts';

export async function examinationRoutes(app: App, options: { readonly report: Report }): Promise<void> {
  const report = rememberedReport(options.report);
  app.get('/private/examination', { config: admits('elections'), schema: { response: { 200: healthReport } } }, () =>
    report(),
  );
}
