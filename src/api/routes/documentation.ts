// The API's description as OpenAPI and as a page. The page loads nothing from another origin.
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { App } from '../../platform/http.ts';
import { prepareJson, sendPrepared } from '../prepared-answer.ts';
import type { PreparedAnswer } from '../prepared-answer.ts';

/** For how long the description may be used without asking, in seconds. */
const freshSeconds = 60;

// The page styles its elements by attributes and shows icons as data.
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export async function documentationRoutes(app: App) {
  let prepared: PreparedAnswer | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, (request, reply) => {
    prepared ??= prepareJson(app.swagger());
    return sendPrepared(request, reply, prepared, freshSeconds);
  });
  await (app as unknown as FastifyInstance).register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: pagePolicy,
    uiConfig: { deepLinking: true, tryItOutEnabled: false, validatorUrl: null },
    theme: { title: 'PopVote API' },
  });
}
