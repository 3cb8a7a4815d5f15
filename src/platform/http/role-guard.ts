// Authorization for the routes of the control zone. Each route names its roles or is open to everyone; registration of
// one that does neither throws. The check precedes the reading of the body. While a session's status is unknown, reads
// are allowed until the token expires (15 minutes at most) and every change is rejected.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessClaims } from '../../protocol/control/access-tokens.ts';
import { Problem } from '../../protocol/problem.ts';
import { KeysUnavailable } from '../keys/access-tokens.ts';
import type { AccessTokenVerifier } from '../keys/access-tokens.ts';
import { bearerToken } from '../private-calls/private-calls.ts';
import { isReading, retrySoon } from './problems.ts';
import type { SessionStatusLookup } from '../session-status.ts';

export type Allowance = { readonly allowed: readonly AccessClaims['role'][] | 'everyone' };

/** The `config` of a route of the control zone: the roles that may call it. */
export const allows = (...roles: [AccessClaims['role'], ...AccessClaims['role'][]]): Allowance => ({ allowed: roles });
/** The `config` of a route that needs no token. */
export const allowsEveryone: Allowance = { allowed: 'everyone' };

/** The roles that may call the route of this `config`, or null if it names none. */
export function allowanceOf(config: unknown): Allowance['allowed'] | null {
  const { allowed } = (config ?? {}) as Partial<Allowance>;
  return allowed === undefined || allowed.length === 0 ? null : allowed;
}

export type RoleGuard = {
  /** The caller, on a route that names roles. */
  callerOf(request: FastifyRequest): AccessClaims;
  /** Throws `unauthenticated` if the caller's session ended since the request began, and `busy` if that is unknown. */
  ensureStillValid(request: FastifyRequest): Promise<void>;
};

/** Paths that have another guard, or that show documentation to everyone. */
const elsewhere = /^\/(?:private|docs)(?:\/|$)/;
const unauthenticated = {
  detail: 'Log in (POST /v1/login), or get a new access token (POST /v1/refresh). This request changed nothing.',
};

/** Guards every route that is registered after this, except those under /private (see private-calls.ts) and /docs. */
export function registerRoleGuard(
  app: FastifyInstance,
  parts: { readonly verify: AccessTokenVerifier; readonly sessionStatus: SessionStatusLookup },
): RoleGuard {
  const callers = new WeakMap<FastifyRequest, AccessClaims>();
  app.addHook('onRoute', ({ url, config }) => {
    if (!elsewhere.test(url) && allowanceOf(config) === null) throw new Error(`The route ${url} names no roles.`);
  });
  const ensureActive = async (request: FastifyRequest, { sid }: AccessClaims): Promise<void> => {
    const sessionStatus = await parts.sessionStatus(sid, isReading(request) ? 'read' : 'change');
    if (sessionStatus === 'ended') throw new Problem('unauthenticated', unauthenticated);
    if (sessionStatus === 'unknown' && !isReading(request)) throw new Problem('busy', retrySoon());
  };
  app.addHook('onRequest', async (request) => {
    const allowed = allowanceOf(request.routeOptions.config);
    if (allowed === null || allowed === 'everyone') return;
    const token = bearerToken(request);
    const claims = token === null ? null : await verified(parts.verify, token);
    if (claims === null) throw new Problem('unauthenticated', unauthenticated);
    await ensureActive(request, claims);
    if (!allowed.includes(claims.role)) throw new Problem('role-not-allowed');
    callers.set(request, claims);
  });
  const callerOf: RoleGuard['callerOf'] = (request) => {
    const claims = callers.get(request);
    if (!claims) throw new Error('The route names no roles, so it has no caller.');
    return claims;
  };
  return { callerOf, ensureStillValid: (request) => ensureActive(request, callerOf(request)) };
}

async function verified(verify: AccessTokenVerifier, token: string): Promise<AccessClaims | null> {
  try {
    return await verify(token);
  } catch (error) {
    if (error instanceof KeysUnavailable) throw new Problem('busy', retrySoon());
    throw error;
  }
}
