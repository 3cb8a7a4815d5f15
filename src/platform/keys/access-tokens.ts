// Access tokens of the control zone: signed JWT (RFC 7519, RFC 9068; EdDSA by RFC 8037), by jose. `access` issues them;
// every service of the zone verifies them here with the published keys. A valid signature proves the claims at the time
// of issue. Whether the session is still active is checked separately for each request (session-status.ts).
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
import { isWithin } from '../clock.ts';
import type { Clock } from '../clock.ts';

/** Longest wait for the published keys, in milliseconds. */
const keysMsMax = 1_500;
/** How long published keys are used before they are fetched again, in milliseconds: a removed key ends by then. */
const keysFreshMs = 60_000;
/** Shortest time between two fetches that are caused by unknown keys, in milliseconds. */
const unknownKeyPauseMs = 2_000;

/** The claims of a token that do not follow from the time. */
export type NewAccessToken = Pick<AccessClaims, 'sub' | 'sid' | 'role' | 'jti'> & { readonly amr: readonly string[] };
export type AccessTokenSigner = {
  /** Signs a token with this time of issue, in milliseconds. The same claims and time give the same token. */
  sign(claims: NewAccessToken, issuedAtMs: number): Promise<{ readonly token: string; readonly expiresAtMs: number }>;
};

export function createAccessTokenSigner(jwk: PrivateJwk): AccessTokenSigner {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    async sign({ sub, sid, role, jti, amr }, issuedAtMs) {
      const issued = Math.floor(issuedAtMs / 1_000);
      const token = await new SignJWT({ sid, role, amr: [...amr] })
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

/** The keys could not be fetched, so the validity of the token is unknown. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('the published keys of access tokens cannot be fetched', { cause });
    this.name = 'KeysUnavailable';
  }
}

/** The key of a kid, or null if there is none. Throws `KeysUnavailable`. */
export type TokenKeys = (kid: string) => Promise<KeyObject | CryptoKey | null>;
type CryptoKey = Awaited<ReturnType<RemoteJWKSet>>;

/** The keys of `access` in its own process. */
export function ownTokenKeys(jwks: readonly PublicJwk[]): TokenKeys {
  const keys = new Map(
    jwks.map(({ kty, crv, x, kid }) => [kid, createPublicKey({ key: { kty, crv, x }, format: 'jwk' })]),
  );
  return (kid) => Promise.resolve(keys.get(kid) ?? null);
}

/** The keys that `access` publishes. While it is unavailable, the last keys stay in use. */
export function publishedTokenKeys(accessOrigin: string, clock: Clock): TokenKeys {
  const published = createRemoteJWKSet(new URL(jwksPath, accessOrigin), {
    timeoutDuration: keysMsMax,
    cooldownDuration: unknownKeyPauseMs,
    cacheMaxAge: Infinity,
  });
  let fetchedAtMs = clock();
  return async (kid) => {
    try {
      const key = await published({ alg: 'EdDSA', kid });
      if (!isWithin(clock(), fetchedAtMs, keysFreshMs)) {
        // In the background: an old key that still verifies is accepted while the fetch takes place.
        fetchedAtMs = clock();
        published.reload().catch(() => undefined);
      }
      return key;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return null;
      throw new KeysUnavailable(error);
    }
  };
}

/**
 * The claims of a token that is intact, from this platform and currently valid, or null if not. Throws
 * `KeysUnavailable`.
 */
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
          // Never longer than the maximum lifetime, whatever `exp` the token has.
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
