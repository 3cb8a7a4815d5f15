// What the voter's API says of itself in its OpenAPI document, besides its routes.
import type { Described } from '../../platform/http/openapi.ts';

export const describedApi = (version: string): Described => ({
  title: 'PopVote: the voter’s API',
  version,
  description:
    'Three steps to a vote: POST /v1/sessions, prove the phone (GET /v1/sessions/current or …/code), POST ' +
    '/v1/ballots. Rejections are RFC 9457 problems whose `type` ends in a stable code. A request for a ballot that ' +
    'got no answer, or `outcome-unknown`, is sent again with the same bytes: it is counted once.',
  tags: [
    { name: 'elections', description: 'Public documents, signed by their publisher.' },
    { name: 'sessions', description: 'Steps 1 and 2: who votes, and the proof of the phone.' },
    { name: 'ballots', description: 'Step 3.' },
  ],
  securitySchemes: {
    pendingToken: { type: 'http', scheme: 'bearer', description: 'The token of POST /v1/sessions.' },
    verifiedToken: { type: 'http', scheme: 'bearer', description: 'The token of a verified session.' },
  },
  exampleExtras: {
    'invalid-request': { errors: [{ path: 'body/phone', detail: 'Invalid input: expected string, received number' }] },
    'invalid-identity': {
      errors: [{ path: 'body/identity/number', detail: 'The check digit does not fit the rest.' }],
    },
    'invalid-phone': { errors: [{ path: 'body/phone', detail: 'Write the whole number with its country code.' }] },
    'invalid-ballot': { errors: [{ path: 'ballot/contests/motion', detail: 'Choose at most 1.' }] },
    'wrong-code': { triesLeft: 3 },
  },
});
