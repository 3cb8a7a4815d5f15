// The two cookies of a session: the access token for as long as it may be used, and the refresh token. No script can read
// them, no other site can have them sent, and neither is ever logged or shown.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenPair } from '../../protocol/control/access-api.ts';

/** How long before its end an access token is no longer used, in seconds: a request on its way must still be taken. */
const marginSeconds = 30;

export type SessionCookies = {
  read(request: FastifyRequest): { readonly access: string | null; readonly refresh: string | null };
  set(reply: FastifyReply, pair: TokenPair, nowMs: number): void;
  clear(reply: FastifyReply): void;
};

/** `secure`: over TLS alone, and under a name that a browser takes from this very host alone (RFC 6265bis, __Host-). */
export function createSessionCookies({ secure }: { readonly secure: boolean }): SessionCookies {
  const prefix = secure ? '__Host-' : '';
  const accessName = `${prefix}popvote-access`;
  const refreshName = `${prefix}popvote-refresh`;
  const attributes = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  const secondsTo = (end: string, nowMs: number): number =>
    Math.max(0, Math.floor((Date.parse(end) - nowMs) / 1_000) - marginSeconds);
  return {
    read: ({ cookies }) => ({ access: cookies[accessName] ?? null, refresh: cookies[refreshName] ?? null }),
    set(reply, pair, nowMs) {
      const [access, refresh] = [pair.accessExpiresAt, pair.refreshExpiresAt].map((end) => secondsTo(end, nowMs));
      reply.setCookie(accessName, pair.accessToken, { ...attributes, maxAge: access ?? 0 });
      reply.setCookie(refreshName, pair.refreshToken, { ...attributes, maxAge: refresh ?? 0 });
    },
    clear(reply) {
      reply.clearCookie(accessName, attributes);
      reply.clearCookie(refreshName, attributes);
    },
  };
}
