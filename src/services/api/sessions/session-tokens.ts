// The two kinds of sealed tokens of a voter, and the guard that opens one before anything else of a request is read.
// A pending token must never open a route that asks for a verified one; all failures look alike.
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../../platform/clock.ts';
import { bearerToken } from '../../../platform/private-calls/private-calls.ts';
import { createSealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { SealedTokens } from '../../../platform/keys/sealed-tokens.ts';
import type { KeyRing } from '../../../protocol/key-files.ts';
import { Problem } from '../../../protocol/problem.ts';
import { pendingClaims, pendingSecondsMax, tokenKinds, verifiedClaims } from '../../../protocol/tokens.ts';
import type { PendingClaims, VerifiedClaims } from '../../../protocol/tokens.ts';

/** Longest life that an election may give to a verified token, in seconds. */
const verifiedSecondsMax = 30 * 86_400;

export type SessionTokens = {
  readonly pending: SealedTokens<PendingClaims>;
  readonly verified: SealedTokens<VerifiedClaims>;
};

export function createSessionTokens(ring: KeyRing, clock: Clock): SessionTokens {
  const { pending, verified } = tokenKinds;
  return {
    pending: createSealedTokens<PendingClaims>({
      ring,
      clock,
      kind: pending,
      claims: pendingClaims,
      secondsMax: pendingSecondsMax,
    }),
    verified: createSealedTokens<VerifiedClaims>({
      ring,
      clock,
      kind: verified,
      claims: verifiedClaims,
      secondsMax: verifiedSecondsMax,
    }),
  };
}

export type SessionGuard<Claims> = {
  /** The `onRequest` hook: 401 before the body is read and before anything behind is asked. */
  readonly onRequest: (request: FastifyRequest) => Promise<void>;
  /** The claims that the hook found in this request. */
  claimsOf(request: FastifyRequest): Claims;
};

export function createSessionGuard<Claims extends object>(tokens: SealedTokens<Claims>): SessionGuard<Claims> {
  const opened = new WeakMap<FastifyRequest, Claims>();
  return {
    async onRequest(request) {
      const token = bearerToken(request);
      const claims = token === null ? null : await tokens.open(token);
      if (claims === null) throw new Problem('unauthenticated');
      opened.set(request, claims);
    },
    claimsOf(request) {
      const claims = opened.get(request);
      if (!claims) throw new Error('The route does not have the guard whose claims it asks for.');
      return claims;
    },
  };
}

/** RFC 3339 of a token's end: tokens count whole seconds. */
export const tokenEndOf = (ms: number): string => new Date(Math.floor(ms / 1_000) * 1_000).toISOString();
