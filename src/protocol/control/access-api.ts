// Bodies of the control API of `access`, version 1. Unknown fields are rejected. Passwords, codes, tokens and identity
// numbers are write-only, with two exceptions: secrets that are made here are shown once, and an administrator may
// request the number of one user.
import { z } from 'zod';
import { emailAddress, emailCharactersMax } from '../../domain/text/email-address.ts';
import { typedNumberUnitsMax, withoutSeparators } from '../../domain/text/typed-number.ts';
import { nationalIdSchemes, userSources, userStates } from '../../domain/user.ts';
import { sessionId, userId, userRole } from './access-tokens.ts';
import { passkeyProof } from './passkey-api.ts';
import { instant } from '../public-values.ts';
import { writtenText } from '../written-text.ts';

/** Longest forename or surname, in characters. */
const nameCharactersMax = 100;
/** Longest password, in UTF-16 units: longer ones are rejected before any hashing. */
const passwordUnitsMax = 512;
/** Users in one page. */
export const usersPageMax = 200;
/** Longest life of an invitation, in days. */
const invitationDaysMax = 30;

const emailFaults = {
  shape: 'This is not an e-mail address.',
  'local-part':
    'The part of the address before the @ has letters that are not of the English alphabet. Give an address with ' +
    'English letters there; the part after the @ may have any letters.',
} as const;
/** In lower case, with the domain in ASCII: people type e-mail addresses in any case and any script. */
export const email = z
  .string()
  .max(emailCharactersMax)
  .transform((text, context) => {
    const read = emailAddress(text);
    if (read.ok) return read.address;
    context.addIssue({ code: 'custom', message: emailFaults[read.fault] });
    return z.NEVER;
  })
  .describe('E-mail address; letter case does not matter. An internationalised domain is answered as xn--….');
const personName = writtenText('name', nameCharactersMax).overwrite((text) => text.replace(/\s+/gu, ' '));
// NIST SP 800-63B: spaces and every script count, nothing is truncated, and the NFKC form is hashed.
const password = z
  .string()
  .min(1)
  .max(passwordUnitsMax)
  .transform((text) => text.normalize('NFKC'));
// `writeOnly` marks secrets in the OpenAPI document: popvote call accepts none of them as an argument.
const secret = { writeOnly: true } as const;
const shownPassword = password.meta(secret);
const newPassword = password.meta({
  ...secret,
  description: '12 to 128 characters; not the e-mail address and not a common password.',
});
const opaqueToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'This is not a token of ours.')
  .meta(secret);
const code = z
  .string()
  .max(typedNumberUnitsMax)
  .transform((text) => withoutSeparators(text).toUpperCase())
  .meta({ ...secret, description: 'Six digits of the authenticator, or a recovery code (each works once).' });

const userState = z.enum(userStates).meta({ id: 'UserState' });
const scheme = z.enum(nationalIdSchemes);

export const user = z
  .object({
    id: userId,
    email: z.string(),
    forename: z.string(),
    surname: z.string(),
    role: userRole,
    state: userState.describe('waiting: an administrator has to approve. suspended: may not log in.'),
    source: z.enum(userSources).describe('How the account came to be.'),
    identityScheme: scheme.nullable().describe('The scheme of the national id, where one was given.'),
    secondFactor: z.boolean(),
    createdAt: instant,
    lastLoginAt: instant.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;

/** POST /v1/users */
export const registration = z
  .strictObject({
    email,
    forename: personName,
    surname: personName,
    password: newPassword,
    nationalId: z
      .strictObject({ scheme, number: z.string().min(1).max(typedNumberUnitsMax).meta(secret) })
      .optional()
      .describe('Kept encrypted; one account for each number.'),
    invitation: opaqueToken
      .meta({ ...secret, description: 'Where an administrator sent one: it carries the role.' })
      .optional(),
  })
  .meta({ id: 'Registration' });
export type Registration = z.infer<typeof registration>;
export const userAnswer = z.object({ user }).meta({ id: 'UserAnswer' });

/** GET /v1/users */
export const usersQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().describe('"next" of the page before.'),
  limit: z.coerce.number().int().min(1).max(usersPageMax).default(50),
  state: userState.optional(),
  role: userRole.optional(),
});
export type UsersQuery = z.infer<typeof usersQuery>;
export const userPage = z
  .object({ users: z.array(user), next: z.string().nullable().describe('For "after"; null on the last page.') })
  .meta({ id: 'UserPage' });

/** GET /v1/users/{userId} */
export const userDetails = z
  .object({
    user,
    nationalId: z.object({ scheme, number: z.string() }).nullable(),
  })
  .meta({ id: 'UserDetails' });
export type UserDetails = z.infer<typeof userDetails>;

/** PATCH /v1/users/{userId} */
export const userChange = z
  .strictObject({
    role: userRole.optional(),
    state: z.enum(['active', 'suspended']).optional().describe('active approves who waits and lifts a suspension.'),
    secondFactor: z.literal(false).optional().describe('false removes it, for a user who lost the authenticator.'),
    email: email.optional().describe('A corrected address. It ends the sessions of the user.'),
    forename: personName.optional().describe('A corrected forename.'),
    surname: personName.optional().describe('A corrected surname.'),
  })
  .refine((change) => Object.keys(change).length > 0, 'Name at least one change.')
  .meta({ id: 'UserChange' });
export type UserChange = z.infer<typeof userChange>;

/** POST /v1/users/{userId}/one-time-password */
export const oneTimePasswordAnswer = z
  .object({ password: z.string().describe('Works for one login, which has to set a new one. Shown this once.') })
  .meta({ id: 'OneTimePassword' });

/** POST /v1/invitations */
export const invitationRequest = z
  .strictObject({ role: userRole, days: z.int().min(1).max(invitationDaysMax).default(7) })
  .meta({ id: 'InvitationRequest' });
export const invitation = z
  .object({ id: z.uuid(), role: userRole, createdBy: userId, createdAt: instant, expiresAt: instant })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitation>;
export const newInvitation = z
  .object({ invitation, token: z.string().describe('Hand it to the person; it works once and is shown this once.') })
  .meta({ id: 'NewInvitation' });
export const invitationList = z.object({ invitations: z.array(invitation) }).meta({ id: 'InvitationList' });

/** POST /v1/login */
export const loginRequest = z
  .strictObject({
    email: z.string().min(1).max(emailCharactersMax).describe('E-mail address; letter case does not matter.'),
    password: shownPassword,
    code: code.optional(),
    passkey: passkeyProof.optional(),
    newPassword: newPassword.optional().describe('Asked for when the password was a one-time password.'),
  })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.infer<typeof loginRequest>;

/** POST /v1/login/passkey */
export const passkeyLoginRequest = loginRequest
  .pick({ email: true, password: true })
  .meta({ id: 'PasskeyLoginRequest' });
export type PasskeyLoginRequest = z.infer<typeof passkeyLoginRequest>;

/** Answer of POST /v1/login and POST /v1/refresh. */
export const tokenPair = z
  .object({
    accessToken: z.string().describe('Bearer token of the control API.'),
    accessExpiresAt: instant,
    refreshToken: z.string().describe('For POST /v1/refresh, once.'),
    refreshExpiresAt: instant.describe('The end of the session: then the password is asked for again.'),
    user: z.object({ id: userId, role: userRole }),
    previousLoginAt: instant
      .nullable()
      .optional()
      .describe(
        'The login before this one, null for the first: show it, so that a stranger’s login is noticed. Only of a login.',
      ),
  })
  .meta({ id: 'TokenPair' });
export type TokenPair = z.infer<typeof tokenPair>;

/** POST /v1/refresh and POST /v1/logout */
export const refreshRequest = z.strictObject({ refreshToken: opaqueToken }).meta({ id: 'RefreshRequest' });

/** GET /v1/account */
export const account = z.object({ user, sessionId }).meta({ id: 'Account' });

/** GET /v1/sessions */
export const session = z
  .object({
    id: sessionId,
    createdAt: instant.describe('The login.'),
    lastUsedAt: instant.describe('The last refresh, or the login where there was none yet.'),
    expiresAt: instant,
    current: z.boolean().describe('Whether it is the session of this request.'),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;
export const sessionList = z.object({ sessions: z.array(session) }).meta({ id: 'SessionList' });

/** POST /v1/password */
export const passwordChange = z
  .strictObject({ currentPassword: shownPassword, newPassword })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof passwordChange>;

/** POST /v1/second-factor */
export const passwordProof = z.strictObject({ password: shownPassword }).meta({ id: 'PasswordProof' });
/** POST /v1/second-factor/disable, /v1/passkeys/options and /v1/passkeys/{passkeyId}/remove */
export const secondFactorProof = z
  .strictObject({ password: shownPassword, code: code.optional(), passkey: passkeyProof.optional() })
  .describe('A user with a second factor also sends one: a code or a passkey.')
  .meta({ id: 'SecondFactorProof' });
export type SecondFactorProof = z.infer<typeof secondFactorProof>;
export const secondFactorOffer = z
  .object({
    secret: z.string().describe('Base32, to be typed where no QR code can be read. Shown this once.'),
    uri: z.string().describe('otpauth:// address, for a QR code.'),
  })
  .meta({ id: 'SecondFactorOffer' });
/** POST /v1/second-factor/confirm */
export const codeProof = z.strictObject({ code }).meta({ id: 'CodeProof' });
export const recoveryCodes = z
  .object({ recoveryCodes: z.array(z.string()).describe('Each replaces the authenticator once. Shown this once.') })
  .meta({ id: 'RecoveryCodes' });

/** GET /.well-known/jwks.json */
export const jwks = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    ),
  })
  .meta({ id: 'JsonWebKeySet' });
