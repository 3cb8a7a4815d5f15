// Sessions of browsers: they begin with a login, go on by themselves while their refresh token holds, and end with a
// logout. Whoever signs in gets cookies that were not there before, and an older session of that browser ends: nobody
// can wait in a session that was planted (fixation).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import type { LoginRequest, TokenPair } from '../../protocol/control/access-api.ts';
import { Problem } from '../../protocol/problem.ts';
import type { AccessCalls, PairAnswer, AccessRejection } from './access-calls.ts';
import type { SessionCookies } from './session-cookies.ts';

export type SignedIn =
  { readonly ok: true; readonly pair: TokenPair } | { readonly ok: false; readonly rejection: AccessRejection };

export type PanelSessions = {
  /** The access token for a request that stands on cookies; null where nobody is signed in. Renews it where it is over. */
  tokenOf(request: FastifyRequest, reply: FastifyReply): Promise<string | null>;
  /**
   * After a service said 401 to a request of a session: where the session ended the cookies go with that answer, and
   * where its token alone is over it is renewed, so that asking again helps.
   */
  lookAgain(request: FastifyRequest, reply: FastifyReply, token: string): Promise<void>;
  signIn(request: FastifyRequest, reply: FastifyReply, body: LoginRequest): Promise<SignedIn>;
  /** The cookies go in any case; throws `busy` where the session could not be ended. */
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<void>;
};

export function createPanelSessions(parts: {
  readonly access: AccessCalls;
  readonly cookies: SessionCookies;
  readonly clock: Clock;
}): PanelSessions {
  const { access, cookies, clock } = parts;
  // A page asks for several things at once: one renewal serves them all. An entry lives as long as its call.
  const renewing = new Map<string, Promise<PairAnswer>>();
  const renew = (refreshToken: string, address: string): Promise<PairAnswer> => {
    const known = renewing.get(refreshToken);
    if (known) return known;
    const call = access.refresh(refreshToken, address).finally(() => renewing.delete(refreshToken));
    renewing.set(refreshToken, call);
    return call;
  };
  const renewed = async (refreshToken: string, request: FastifyRequest, reply: FastifyReply) => {
    const answer = await renew(refreshToken, request.ip);
    if (answer.ok) {
      cookies.set(reply, answer.pair, clock());
      return answer.pair.accessToken;
    }
    const { status } = answer.rejection;
    if (status !== 401 && status !== 400) throw new Problem('busy', retrySoon());
    cookies.clear(reply);
    return null;
  };
  return {
    async tokenOf(request, reply) {
      const held = cookies.read(request);
      if (held.access !== null) return held.access;
      return held.refresh === null ? null : renewed(held.refresh, request, reply);
    },
    async lookAgain(request, reply, token) {
      const held = cookies.read(request);
      // Most often it was a password or a code that was wrong.
      if (held.access !== token || (await access.takes(token))) return;
      if (held.refresh === null) cookies.clear(reply);
      else await renewed(held.refresh, request, reply).catch(() => null);
    },
    async signIn(request, reply, body) {
      const answer = await access.login(body, request.ip);
      if (!answer.ok) return answer;
      const before = cookies.read(request).refresh;
      // That it ends is good to have and no reason to fail: it was this browser's own.
      if (before !== null) await access.logout(before, request.ip).catch(() => undefined);
      cookies.set(reply, answer.pair, clock());
      return answer;
    },
    async signOut(request, reply) {
      const { refresh } = cookies.read(request);
      // Whoever leaves a shared machine is out of it, whatever happens behind the panel.
      cookies.clear(reply);
      if (refresh !== null) await access.logout(refresh, request.ip);
    },
  };
}
