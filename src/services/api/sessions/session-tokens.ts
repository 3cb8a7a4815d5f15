// The two kinds of sealed tokens of a voter, and the guard that opens one before the rest of a request is read. A
// pending token must never open a route that requires a verified one. All failures have the same answer.
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
  /** The `onRequest` hook. Answers 401 before the body is read and before any other service is called. */
  readonly onRequest: (request: FastifyRequest) => Promise<void>;
  /** The claims that the hook opened for this request. Throws if the route has no guard. */
  claimsOf(request: FastifyRequest): Claims;
};

export function createSessionGuard<Claims extends object>(tokens: SealedTokens<Claims>): SessionGuard<Claims> {
  const claimsByRequest = new WeakMap<FastifyRequest, Claims>();
  return {
    async onRequest(request) {
      const token = bearerToken(request);
      const claims = token === null ? null : await tokens.open(token);
      if (claims === null) throw new Problem('unauthenticated');
      claimsByRequest.set(request, claims);
    },
    claimsOf(request) {
      const claims = claimsByRequest.get(request);
      if (!claims) throw new Error('The route has no session guard.');
      return claims;
    },
  };
}

/** The end of a token in RFC 3339. Tokens count whole seconds. */
export const tokenEndOf = (ms: number): string => new Date(Math.floor(ms / 1_000) * 1_000).toISOString();
