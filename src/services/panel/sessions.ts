// Sessions of browsers. They begin with a login, continue while their refresh token is valid, and end with a logout.
// Each login sets new cookies, and an older session of that browser ends. So an attacker cannot plant a session and
// wait for its use (session fixation).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import type { LoginRequest, TokenPair } from '../../protocol/control/access-api.ts';
import { bearerToken } from '../../platform/private-calls/private-calls.ts';
import { Problem } from '../../protocol/problem.ts';
import type { AccessCalls, PairAnswer, AccessRejection } from './access-calls.ts';
import type { SessionCookies } from './session-cookies.ts';

export type SignedIn =
  { readonly ok: true; readonly pair: TokenPair } | { readonly ok: false; readonly rejection: AccessRejection };

export type PanelSessions = {
  /** The access token for a request with session cookies, renewed if it has expired; null without a session. */
  tokenOf(request: FastifyRequest, reply: FastifyReply): Promise<string | null>;
  /**
   * Throws `unauthenticated` unless `access` accepts the token of the request, and `busy` if it does not answer.
   */
  ensureValid(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /**
   * To be called after a service answered 401 to a request of a session. If the session has ended, the answer clears
   * the cookies. If only its token has expired, the token is renewed, so that the next request succeeds.
   */
  recheck(request: FastifyRequest, reply: FastifyReply, token: string): Promise<void>;
  /** After a second factor was set up: the next request has a token that says so. */
  renewNext(reply: FastifyReply): void;
  signIn(request: FastifyRequest, reply: FastifyReply, body: LoginRequest): Promise<SignedIn>;
  /** Always clears the cookies. Throws `busy` if the session could not be ended. */
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<void>;
};

export function createPanelSessions(parts: {
  readonly access: AccessCalls;
  readonly cookies: SessionCookies;
  readonly clock: Clock;
}): PanelSessions {
  const { access, cookies, clock } = parts;
  // A page sends several requests at once, and one renewal serves them all. An entry lives as long as its call.
  const renewing = new Map<string, Promise<PairAnswer>>();
  const renew = (refreshToken: string, address: string): Promise<PairAnswer> => {
    const running = renewing.get(refreshToken);
    if (running) return running;
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
  // A refresh token is used once, so it must not be used again for the same request.
  const renewedTokens = new WeakMap<FastifyRequest, Promise<string | null>>();
  const tokenOf: PanelSessions['tokenOf'] = async (request, reply) => {
    const tokens = cookies.read(request);
    if (tokens.access !== null) return tokens.access;
    if (tokens.refresh === null) return null;
    const token = renewedTokens.get(request) ?? renewed(tokens.refresh, request, reply);
    renewedTokens.set(request, token);
    return token;
  };
  const recheck: PanelSessions['recheck'] = async (request, reply, token) => {
    const tokens = cookies.read(request);
    // Most often only a password or a code was wrong.
    if (tokens.access !== token || (await access.judge(token)) !== 'rejected') return;
    if (tokens.refresh === null) cookies.clear(reply);
    else await renewed(tokens.refresh, request, reply).catch(() => null);
  };
  return {
    tokenOf,
    recheck,
    renewNext: (reply) => cookies.clearAccess(reply),
    async ensureValid(request, reply) {
      const { authorization } = request.headers;
      const token = authorization === undefined ? await tokenOf(request, reply) : bearerToken(request);
      const judgement = token === null ? 'rejected' : await access.judge(token);
      if (judgement === 'unknown') throw new Problem('busy', retrySoon());
      if (judgement === 'accepted') return;
      // If only the token has expired, it is renewed, so that the next request succeeds.
      if (token !== null && authorization === undefined) await recheck(request, reply, token);
      throw new Problem('unauthenticated');
    },
    async signIn(request, reply, body) {
      const answer = await access.login(body, request.ip);
      if (!answer.ok) return answer;
      const before = cookies.read(request).refresh;
      // A failure to end the older session does not fail the login: it belonged to this browser.
      if (before !== null) await access.logout(before, request.ip).catch(() => undefined);
      cookies.set(reply, answer.pair, clock());
      return answer;
    },
    async signOut(request, reply) {
      const { refresh } = cookies.read(request);
      // The cookies go first: on a shared machine the user must be signed out even if `access` fails.
      cookies.clear(reply);
      if (refresh !== null) await access.logout(refresh, request.ip);
    },
  };
}
