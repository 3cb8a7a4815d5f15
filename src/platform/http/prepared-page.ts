// Pages and files that are the same for everyone: compressed once, tagged by content, sent as bytes. A page that
// depends on the client must never be prepared.
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientHas } from './prepared-answer.ts';

type Encoding = 'br' | 'gzip' | 'identity';
export type PreparedPage = {
  readonly type: string;
  readonly etag: string;
  readonly bodies: Readonly<Record<Encoding, Buffer>>;
};

/** Brotli quality for pages that are rendered while the process serves: a few milliseconds for a long page. */
const quickQuality = 5;

/** Prepares a page. `thorough` is for pages that are prepared once at the start. */
export function preparePage(type: string, identity: Buffer, thorough = false): PreparedPage {
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 27);
  const params = thorough ? {} : { params: { [constants.BROTLI_PARAM_QUALITY]: quickQuality } };
  const bodies = { identity, gzip: gzipSync(identity), br: brotliCompressSync(identity, params) };
  return { type, etag: `"${digest}"`, bodies };
}

export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: PreparedPage,
  caching: string,
  vary = 'accept-encoding',
): FastifyReply {
  // One tag for all encodings, so it is a weak one (RFC 9110 8.8.1).
  void reply.headers({ etag: `W/${page.etag}`, 'cache-control': caching, vary });
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
