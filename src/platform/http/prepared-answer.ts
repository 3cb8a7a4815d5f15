// Answers that are the same for everyone, prepared once and sent as bytes: a strong ETag from the content (RFC 9110
// 8.8.3), and 304 if the client has it already. An answer that depends on the client must never be prepared.
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export type PreparedAnswer = { readonly body: Buffer; readonly etag: string; readonly mediaType: string };

/** Prepares the JSON of a value. */
export const prepareJson = (value: unknown): PreparedAnswer =>
  prepareText(JSON.stringify(value), 'application/json; charset=utf-8');

/** Prepares a text of a media type. */
export const prepareText = (text: string, mediaType: string): PreparedAnswer =>
  prepareBytes(Buffer.from(text), mediaType);

/** Prepares bytes of a media type. */
export function prepareBytes(body: Buffer, mediaType: string): PreparedAnswer {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 27);
  return { body, etag: `"${digest}"`, mediaType };
}

/**
 * Sends a prepared answer, or 304. `freshSeconds` is how long a cache may reuse it without revalidation: `always` where the
 * address names the content.
 */
export function sendPrepared(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag, mediaType }: PreparedAnswer,
  freshSeconds: number | 'always',
): FastifyReply {
  const age = freshSeconds === 'always' ? '31536000, immutable' : freshSeconds;
  void reply.header('etag', etag).header('cache-control', `public, max-age=${age}`);
  if (clientHas(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('content-type', mediaType).send(body);
}

// If-None-Match compares weakly (RFC 9110 13.1.2): proxies that compress mark our tags as weak.
export function clientHas(field: string | undefined, etag: string): boolean {
  if (field === undefined) return false;
  return field.split(',').some((tag) => {
    const bare = tag.trim();
    return bare === '*' || bare === etag || bare === `W/${etag}`;
  });
}
