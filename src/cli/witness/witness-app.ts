// The HTTP interface of a witness: POST /add-checkpoint of c2sp.org/tlog-witness, and health.
import { createHttp } from '../../platform/http/http.ts';
import type { App } from '../../platform/http/http.ts';
import type { ProcessLifecycle } from '../../platform/health/lifecycle.ts';
import type { Version } from '../../platform/health/health.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Cosigning } from './cosigning.ts';

/** Largest request, in bytes: a proof of 63 hashes and a checkpoint with its signatures. */
const requestBytesMax = 65_536;

export async function buildWitnessApp(parts: {
  readonly cosigning: Cosigning;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: Version;
  readonly lifecycle?: ProcessLifecycle;
}): Promise<App> {
  const { app } = await createHttp({ ...parts, checks: [] });
  app.removeAllContentTypeParsers();
  // Clients name different types, or none.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: requestBytesMax }, (_request, body, done) => {
    done(null, body);
  });
  app.post('/add-checkpoint', { schema: { hide: true } }, async (request, reply) => {
    const answer = await parts.cosigning.add(typeof request.body === 'string' ? request.body : '');
    reply.code(answer.status).header('cache-control', 'no-store');
    if (answer.status === 200) return reply.type('text/plain; charset=utf-8').send(answer.lines);
    if (answer.status === 409) return reply.type('text/x.tlog.size').send(`${answer.size}\n`);
    return reply.type('text/plain; charset=utf-8').send('');
  });
  return app;
}
