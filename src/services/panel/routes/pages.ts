// The panel's pages as built by Vite: static files, the same for everyone. Every address that is neither a file nor an
// API call returns the one page, which routes by the address. No user is identified here.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { App } from '../../../platform/http/http.ts';
import { contentSecurityPolicy } from '../../../platform/http/security-headers.ts';
import { builtPages } from '../../../platform/project-folder.ts';
import { Problem } from '../../../protocol/problem.ts';

/** The output folder of `npm run build`. */
export const builtPanel = new URL('panel/', builtPages);

// A web worker checks files, and a frame of the panel previews the voters' page.
const pagePolicy = contentSecurityPolicy({ 'worker-src': "'self'", 'frame-src': "'self'" });
const framedPolicy = contentSecurityPolicy({ 'frame-ancestors': "'self'" });

const never = (): void => undefined;

export async function panelPageRoutes(app: App, { folder = builtPanel }: { readonly folder?: URL }): Promise<void> {
  const home = new URL('panel.html', folder);
  if (!existsSync(home)) {
    // When run from the sources without a build, the service has only its API.
    app.log.warn('pages.missing');
    return;
  }
  const page = readFileSync(home);
  const preview = readFileSync(new URL('preview.html', folder));
  const html = (reply: FastifyReply, text: Buffer, policy: string): FastifyReply =>
    reply
      .headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
      .header('content-security-policy', policy)
      .send(text);
  await (app as unknown as FastifyInstance).register(files, {
    root: fileURLToPath(new URL('assets/', folder)),
    prefix: '/assets/',
    // File names contain a hash of the content.
    maxAge: '365d',
    immutable: true,
    preCompressed: true,
    decorateReply: false,
  });
  app.get('/preview', { schema: { hide: true } }, (_request, reply) =>
    html(reply.header('x-frame-options', 'SAMEORIGIN'), preview, framedPolicy),
  );
  app.get('/*', { schema: { hide: true } }, (_request, reply) => html(reply, page, pagePolicy));
  // These are no pages, whatever the method.
  for (const url of ['/api', '/api/*', '/assets']) {
    app.all(
      url,
      { schema: { hide: true }, onRequest: (_request, _reply, done) => done(new Problem('not-found')) },
      never,
    );
  }
}
