// What an access token of the control zone carries, and how the other services learn at once that one no longer holds.
// A token names a user and a session; no name, address or number of a person stands in it, in a Redis key or a message.
import { z } from 'zod';
import { userRoles } from '../../domain/user.ts';

export const userRole = z.enum(userRoles).meta({ id: 'UserRole' });
export const userId = z.uuid().describe('Opaque.');
export const sessionId = z.uuid().describe('Opaque.');

/** `typ` as RFC 9068 names it, so that no other token of the same keys can be taken for an access token. */
export const accessTokenType = 'at+jwt';
export const accessTokenIssuer = 'popvote:access';
export const accessTokenAudience = 'popvote:control';
/** Life of an access token, in seconds: how long a revocation has to be remembered. */
export const accessTokenSeconds = 900;
/** Longest access token that is looked at, in characters. */
export const accessTokenCharactersMax = 2_048;

export const accessClaims = z.object({
  sub: userId,
  sid: sessionId.describe('The session (the family of refresh tokens) that the token belongs to.'),
  role: userRole,
  jti: z.string().min(1).max(64),
  iat: z.int(),
  exp: z.int(),
});
export type AccessClaims = z.infer<typeof accessClaims>;

/** GET: the public keys of access tokens (RFC 7517), newest first. */
export const jwksPath = '/.well-known/jwks.json';

/**
 * Redis (control), written by `access` alone. `revoked:<session>` stands while a token of the ended session could still
 * be shown. `revocations:complete` says that every such key is there: a new value each time all of them were written,
 * and gone soon after nobody writes them. Who does not find it, or finds it as it was before the connection broke, asks
 * `access` instead: Redis may lose everything.
 */
export const revokedKey = (session: string): string => `revoked:${session}`;
export const revocationsCompleteKey = 'revocations:complete';
/** Each ended session is told here too, for whoever holds an answer open for it. */
export const revocationsChannel = 'revocations';
export const revocation = z.object({ sessionId });

/** GET /private/sessions/:sessionId (callers: the services of the control zone): whether the session stands. */
export const sessionAnswer = z.object({ stands: z.boolean() });

/** What a service of the control zone may do in Redis to follow revocations. */
export const revocationReaderRules: readonly string[] = [
  '%R~revoked:*',
  `%R~${revocationsCompleteKey}`,
  `&${revocationsChannel}`,
  '+mget',
  '+subscribe',
  '+unsubscribe',
];
