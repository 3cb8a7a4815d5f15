// What the OpenAPI document of `access` says about the service as a whole.
import type { Described } from '../../platform/http/openapi.ts';

export const accessDescription: Omit<Described, 'version'> = {
  title: 'PopVote: access control',
  description:
    'Users of the control panel and of its API: registration, login, roles. An access token lives 15 minutes and is sent ' +
    'as `Authorization: Bearer …` to every service of the control zone; a refresh token gives the next pair, once, for ' +
    '30 days after the login. Deleting or suspending a user, and changing a role, ends the user’s sessions at once in ' +
    'every service. Rejections are RFC 9457 problems whose `type` ends in a stable code.',
  tags: [
    { name: 'sessions', description: 'Log in, refresh, log out; the keys by which access tokens are checked.' },
    { name: 'account', description: 'What everybody may do with their own account.' },
    { name: 'users', description: 'Registration, approval, roles, removal.' },
    { name: 'invitations', description: 'Who holds one may register in its role, once.' },
  ],
  securitySchemes: {
    accessToken: { type: 'http', scheme: 'bearer', description: 'The access token of POST /v1/login or /v1/refresh.' },
  },
  exampleExtras: {
    'invalid-request': { errors: [{ path: 'body/email', detail: 'This is not an e-mail address.' }] },
    'invalid-identity': {
      errors: [{ path: 'body/nationalId/number', detail: 'The check digit does not fit the rest.' }],
    },
    'weak-password': { errors: [{ path: 'body/password', detail: 'Use at least 12 characters.' }] },
    unauthenticated: { detail: 'Log in (POST /v1/login), or get a new access token (POST /v1/refresh).' },
  },
};
