// The two cookies of a session: the access token while it is valid, and the refresh token. No script can read them, no
// other site can make a browser send them, and they are never logged or shown.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenPair } from '../../protocol/control/access-api.ts';

/** Margin before an access token expires, in seconds. A request in transit must still be accepted. */
const marginSeconds = 30;

export type SessionCookies = {
  read(request: FastifyRequest): { readonly access: string | null; readonly refresh: string | null };
  set(reply: FastifyReply, pair: TokenPair, nowMs: number): void;
  clear(reply: FastifyReply): void;
  /** Clears the access token alone: the next request gets a new one. */
  clearAccess(reply: FastifyReply): void;
};

/** `secure`: over TLS only, with a name that a browser accepts only from this host (RFC 6265bis, __Host-). */
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
    clearAccess: (reply) => void reply.clearCookie(accessName, attributes),
    clear(reply) {
      reply.clearCookie(accessName, attributes);
      reply.clearCookie(refreshName, attributes);
    },
  };
}
