// A service's description of its API: /openapi.json for programs and /docs for people. The page loads nothing from
// another origin.
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { App } from './http.ts';
import { allowsEveryone } from './role-guard.ts';
import { sendPageHeaders } from './security-headers.ts';

/** How long a cache may reuse the description without revalidation, in seconds. */
const freshSeconds = 60;

// The page styles its elements by attributes and shows icons as data.
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Must be registered last, with registerOpenApi before the first route. */
export async function documentationRoutes(app: App, { title }: { readonly title: string }): Promise<void> {
  let text: string | undefined;
  app.get('/openapi.json', { schema: { hide: true }, config: allowsEveryone }, (_request, reply) => {
    text ??= JSON.stringify(app.swagger());
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', `public, max-age=${freshSeconds}`)
      .send(text);
  });
  await (app as unknown as FastifyInstance).register(async (pages) => {
    pages.addHook('onRequest', sendPageHeaders);
    await pages.register(swaggerUi, {
      routePrefix: '/docs',
      // Addresses relative to the page: it is also served below a prefix, through the control panel.
      indexPrefix: '.',
      staticCSP: pagePolicy,
      uiConfig: { deepLinking: true, tryItOutEnabled: false, validatorUrl: null },
      // Without the top bar, which has an address field and the logo of Swagger.
      theme: { title, css: [{ filename: 'page.css', content: '.swagger-ui .topbar { display: none }' }] },
    });
  });
}
