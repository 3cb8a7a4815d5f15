// The claims of an access token of the control zone, and how other services learn at once of its revocation. A token
// names a user and a session. No name, address or number of a person is in it, in a Redis key or in a message.
import { z } from 'zod';
import { userRoles } from '../../domain/user.ts';

export const userRole = z.enum(userRoles).meta({ id: 'UserRole' });
export const userId = z.uuid().describe('Opaque.');
export const sessionId = z.uuid().describe('Opaque.');

/** `typ` of RFC 9068, so that no other token of the same keys is accepted as an access token. */
export const accessTokenType = 'at+jwt';
export const accessTokenIssuer = 'popvote:access';
export const accessTokenAudience = 'popvote:control';
/** Life of an access token, in seconds. A revocation has to be remembered for as long. */
export const accessTokenSeconds = 900;
/** Longest access token that is parsed, in characters. */
export const accessTokenCharactersMax = 2_048;

/** Most ways of signing in that a token names. */
const methodsMax = 8;

export const accessClaims = z.object({
  sub: userId,
  sid: sessionId.describe('The session (the family of refresh tokens) that the token belongs to.'),
  role: userRole,
  // A token of the code before this member says nothing about it.
  amr: z
    .array(z.string().max(16))
    .max(methodsMax)
    .default(['pwd'])
    .describe('How the session was proved (RFC 8176): pwd, and otp for a code or pop for a passkey.'),
  jti: z.string().min(1).max(64),
  iat: z.int(),
  exp: z.int(),
});
export type AccessClaims = z.infer<typeof accessClaims>;

/** Whether the session was proved with more than a password. */
export const hasSecondFactor = ({ amr }: Pick<AccessClaims, 'amr'>): boolean =>
  amr.some((method) => method === 'otp' || method === 'pop');

/** GET: the public keys of access tokens (RFC 7517), newest first. */
export const jwksPath = '/.well-known/jwks.json';

/**
 * Redis (control), written by `access` alone. `revoked:<session>` exists while a token of the ended session could be
 * valid. `revocations:complete` says that every such key is present: it gets a new value each time all of them were
 * written, and expires soon after they are no longer written. A reader that does not find it, or finds the value from
 * before its connection broke, asks `access` instead: Redis may lose everything.
 */
export const revokedKey = (session: string): string => `revoked:${session}`;
export const revocationsCompleteKey = 'revocations:complete';
/** Each ended session is published here too, for services that hold an answer open for it. */
export const revocationsChannel = 'revocations';
export const revocation = z.object({ sessionId });

/** GET /private/sessions/:sessionId (callers: the services of the control zone): whether the session is active. */
export const sessionAnswer = z.object({ active: z.boolean() });

/** The Redis rights that a service of the control zone needs to follow revocations. */
export const revocationReaderRules: readonly string[] = [
  '%R~revoked:*',
  `%R~${revocationsCompleteKey}`,
  `&${revocationsChannel}`,
  '+mget',
  '+subscribe',
  '+unsubscribe',
];
