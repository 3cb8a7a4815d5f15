// Access tokens of the control zone: signed JWT (RFC 7519, RFC 9068; EdDSA by RFC 8037), by jose. `access` makes them;
// every service of the zone checks them here by the published keys. A right signature says who somebody was when it was
// made: whether the session still stands is asked apart (session-standing.ts), each time.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { RemoteJWKSet } from 'jose';
import {
  accessClaims,
  accessTokenAudience,
  accessTokenCharactersMax,
  accessTokenIssuer,
  accessTokenSeconds,
  accessTokenType,
  jwksPath,
} from '../../protocol/control/access-tokens.ts';
import type { AccessClaims } from '../../protocol/control/access-tokens.ts';
import type { PrivateJwk, PublicJwk } from '../../protocol/key-files.ts';
import { clockSkewSeconds } from '../../protocol/private-calls.ts';
import type { Clock } from '../clock.ts';

/** Longest wait for the published keys, in milliseconds. */
const keysMsMax = 1_500;
/** For how long published keys are used before they are asked for again, in milliseconds: a dropped key ends by then. */
const keysFreshMs = 60_000;
/** Not sooner than this after the last answer do unknown keys make us ask again, in milliseconds. */
const unknownKeyPauseMs = 2_000;

/** What a token is made of, but for what follows from the time. */
export type NewAccessToken = Pick<AccessClaims, 'sub' | 'sid' | 'role' | 'jti'>;
export type AccessTokenSigner = {
  /** Signs a token that was issued then, in milliseconds. The same claims and time give the same token. */
  sign(claims: NewAccessToken, issuedAtMs: number): Promise<{ readonly token: string; readonly expiresAtMs: number }>;
};

export function createAccessTokenSigner(jwk: PrivateJwk): AccessTokenSigner {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    async sign({ sub, sid, role, jti }, issuedAtMs) {
      const issued = Math.floor(issuedAtMs / 1_000);
      const token = await new SignJWT({ sid, role })
        .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid, typ: accessTokenType })
        .setIssuer(accessTokenIssuer)
        .setAudience(accessTokenAudience)
        .setSubject(sub)
        .setJti(jti)
        .setIssuedAt(issued)
        .setExpirationTime(issued + accessTokenSeconds)
        .sign(key);
      return { token, expiresAtMs: (issued + accessTokenSeconds) * 1_000 };
    },
  };
}

/** The keys could not be had: nobody knows whether the token is good. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('the published keys of access tokens cannot be had', { cause });
    this.name = 'KeysUnavailable';
  }
}

/** The key of a kid, or null where there is none. Throws `KeysUnavailable`. */
export type TokenKeys = (kid: string) => Promise<KeyObject | CryptoKey | null>;
type CryptoKey = Awaited<ReturnType<RemoteJWKSet>>;

/** Keys that are at hand: those of `access` itself. */
export function ownTokenKeys(jwks: readonly PublicJwk[]): TokenKeys {
  const keys = new Map(
    jwks.map(({ kty, crv, x, kid }) => [kid, createPublicKey({ key: { kty, crv, x }, format: 'jwk' })]),
  );
  return (kid) => Promise.resolve(keys.get(kid) ?? null);
}

/** The keys that `access` publishes. While it is away the last ones that were seen go on being used. */
export function publishedTokenKeys(accessOrigin: string, clock: Clock): TokenKeys {
  const published = createRemoteJWKSet(new URL(jwksPath, accessOrigin), {
    timeoutDuration: keysMsMax,
    cooldownDuration: unknownKeyPauseMs,
    cacheMaxAge: Infinity,
  });
  let askedAtMs = clock();
  return async (kid) => {
    try {
      const key = await published({ alg: 'EdDSA', kid });
      if (clock() - askedAtMs > keysFreshMs) {
        // In the background: an old key that still verifies is good for the moment that the question takes.
        askedAtMs = clock();
        published.reload().catch(() => undefined);
      }
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return null;
      throw new KeysUnavailable(error);
    }
  };
}

/** The claims of a token that is whole, ours and of now, or null whatever is wrong with it. Throws `KeysUnavailable`. */
export type AccessTokenVerifier = (token: string) => Promise<AccessClaims | null>;

export function createAccessTokenVerifier(keys: TokenKeys, clock: Clock): AccessTokenVerifier {
  return async (token) => {
    if (token.length > accessTokenCharactersMax) return null;
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = kid === undefined ? null : await keys(kid);
          if (!key) throw new errors.JWKSNoMatchingKey();
          return key;
        },
        {
          algorithms: ['EdDSA'],
          typ: accessTokenType,
          issuer: accessTokenIssuer,
          audience: accessTokenAudience,
          requiredClaims: ['sub', 'sid', 'role', 'jti', 'iat', 'exp'],
          clockTolerance: clockSkewSeconds,
          // Never longer than a token may live, whatever end it gives itself.
          maxTokenAge: accessTokenSeconds,
          currentDate: new Date(clock()),
        },
      );
      return accessClaims.safeParse(payload).data ?? null;
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      return null;
    }
  };
}
