// The panel's pages as Vite built them: static files, the same for everybody. Every address that is no file and no call is
// the one page, which looks at the address itself. Nothing here knows who asks.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { neverShed } from '../../../platform/http/http.ts';
import type { App } from '../../../platform/http/http.ts';
import { contentSecurityPolicy } from '../../../platform/http/security-headers.ts';
import { Problem } from '../../../protocol/problem.ts';

/** Where `npm run build` puts them; seen from the sources and from the build alike. */
export const builtPanel = new URL('../../../../dist/web/panel/', import.meta.url);

// Files are checked by a worker, and what voters will see is shown in a frame of the panel's own.
const pagePolicy = contentSecurityPolicy({ 'worker-src': "'self'", 'frame-src': "'self'" });
const framedPolicy = contentSecurityPolicy({ 'frame-ancestors': "'self'" });

export async function panelPageRoutes(app: App, { folder = builtPanel }: { readonly folder?: URL }): Promise<void> {
  const home = new URL('panel.html', folder);
  if (!existsSync(home)) {
    // From the sources alone, without a build, the service is its API.
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
    // A name is made of its content.
    maxAge: '365d',
    immutable: true,
    preCompressed: true,
    decorateReply: false,
  });
  app.get('/preview', { schema: { hide: true }, config: neverShed() }, (_request, reply) =>
    html(reply.header('x-frame-options', 'SAMEORIGIN'), preview, framedPolicy),
  );
  app.get('/*', { schema: { hide: true }, config: neverShed() }, (request, reply) => {
    if (/^\/(?:api|assets)(?:\/|$)/.test(request.url)) throw new Problem('not-found');
    return html(reply, page, pagePolicy);
  });
}
