// The description of `access` in its OpenAPI document.
import type { Described } from '../../platform/http/openapi.ts';

export const accessDescription: Omit<Described, 'version'> = {
  title: 'PopVote: access control',
  description:
    'Users of the control panel and of its API: registration, login, roles. An access token is valid for 15 minutes and ' +
    'is sent as `Authorization: Bearer …` to every service of the control zone. Each refresh token gives the next pair ' +
    'once, until 30 days after the login. Deleting or suspending a user, and changing a role, ends the user’s sessions ' +
    'at once in every service. Rejections are RFC 9457 problems whose `type` ends in a stable code.',
  tags: [
    { name: 'sessions', description: 'Log in, refresh, log out, and the keys that verify access tokens.' },
    { name: 'account', description: 'Each user’s own account.' },
    { name: 'users', description: 'Registration, approval, roles, removal.' },
    { name: 'invitations', description: 'Each invitation lets one person register with its role.' },
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
