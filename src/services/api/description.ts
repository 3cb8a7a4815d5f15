// The title, description and tags of the voter's API in its OpenAPI document.
import type { Described } from '../../platform/http/openapi.ts';

export const describedApi = (version: string): Described => ({
  title: 'PopVote: the voter’s API',
  version,
  description:
    'A vote has three steps: POST /v1/sessions, verify the phone (GET /v1/sessions/current or …/code), POST ' +
    '/v1/ballots. Before the first step the client makes 32 random bytes, the `ballotKey`, and keeps them until it has the ' +
    'receipt. Rejections are RFC 9457 problems whose `type` ends in a stable code. If POST /v1/ballots gets no ' +
    'answer or `outcome-unknown`, send the same bytes again. The ballot is counted once.',
  tags: [
    { name: 'elections', description: 'Public documents, signed by their publisher.' },
    { name: 'sessions', description: 'Steps 1 and 2: the voter, and the verification of the phone.' },
    { name: 'ballots', description: 'Step 3: the ballot.' },
  ],
  securitySchemes: {
    pendingToken: { type: 'http', scheme: 'bearer', description: 'The token of POST /v1/sessions.' },
    verifiedToken: { type: 'http', scheme: 'bearer', description: 'The token of a verified session.' },
  },
  exampleExtras: {
    'invalid-request': { errors: [{ path: 'body/phone', detail: 'Invalid input: expected string, received number' }] },
    'invalid-identity': {
      errors: [{ path: 'body/identity/number', detail: 'The check digit does not match the other characters.' }],
    },
    'invalid-phone': { errors: [{ path: 'body/phone', detail: 'Write the whole number with its country code.' }] },
    'phone-not-admitted': {
      errors: [{ path: 'body/phone', detail: 'Give a mobile number of one of these countries: RS, ME.' }],
    },
    'invalid-ballot': { errors: [{ path: 'ballot/contests/motion', detail: 'Choose at most 1.' }] },
    'wrong-code': { triesLeft: 3 },
  },
});
