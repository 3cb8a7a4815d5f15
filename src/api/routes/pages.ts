// The voters' page as files: read once, compressed once, served from memory. The page itself is asked for anew each time
// (ETag), what it names is kept for ever (its name is its content). Nothing here knows a voter.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../platform/http.ts';
import { Problem } from '../../protocol/problem.ts';
import { clientHas } from '../prepared-answer.ts';

/** Where `npm run build` puts the pages, seen from the sources and from the build alike. */
const builtPages = new URL('../../../dist/web/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type Encoding = 'br' | 'gzip' | 'identity';
type Page = { readonly type: string; readonly etag: string; readonly bodies: Readonly<Record<Encoding, Buffer>> };

// eslint-disable-next-line @typescript-eslint/require-await -- a Fastify plugin is asynchronous
export async function pageRoutes(app: App, { folder = builtPages }: { folder?: URL }) {
  const home = new URL('voter.html', folder);
  if (!existsSync(home)) {
    // From the sources alone, without a build, the service is its API.
    app.log.warn('pages.missing');
    app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
    return;
  }
  const page = readPage(home);
  const assets = new Map(
    readdirSync(new URL('assets/', folder)).map((name) => [name, readPage(new URL(`assets/${name}`, folder))]),
  );
  app.get('/', { schema: { hide: true } }, (request, reply) => send(request, reply, page, 'no-cache'));
  app.get<{ Params: { name: string } }>('/assets/:name', { schema: { hide: true } }, (request, reply) => {
    const asset = assets.get(request.params.name);
    if (!asset) throw new Problem('not-found');
    return send(request, reply, asset, 'public, max-age=31536000, immutable');
  });
}

function readPage(file: URL): Page {
  const identity = readFileSync(file);
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 27);
  return {
    type: types[extname(file.pathname)] ?? 'application/octet-stream',
    etag: `"${digest}"`,
    bodies: { identity, gzip: gzipSync(identity), br: brotliCompressSync(identity) },
  };
}

function send(request: FastifyRequest, reply: FastifyReply, page: Page, caching: string): FastifyReply {
  // One tag for all encodings, so it is a weak one (RFC 9110 8.8.1).
  void reply.headers({ etag: `W/${page.etag}`, 'cache-control': caching, vary: 'accept-encoding' });
  if (clientHas(request.headers['if-none-match'], page.etag)) return reply.code(304).send();
  const encoding = encodingOf(request.headers['accept-encoding']);
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  return reply.header('content-type', page.type).send(page.bodies[encoding]);
}

function encodingOf(accepted: string | string[] | undefined): Encoding {
  const text = String(accepted ?? '');
  if (/\bbr\b(?!\s*;\s*q=0(\.0+)?\b)/.test(text)) return 'br';
  return /\bgzip\b(?!\s*;\s*q=0(\.0+)?\b)/.test(text) ? 'gzip' : 'identity';
}
