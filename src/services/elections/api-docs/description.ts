// What the OpenAPI document of `elections` says about the service as a whole.
import type { Described } from '../../../platform/http/openapi.ts';
import { changedMeanwhile } from '../drafts/rejections.ts';

export const electionsDescription: Omit<Described, 'version'> = {
  title: 'PopVote: elections',
  description:
    'Participants, elections, their life from draft to published results, and the audit log of every administrative ' +
    'act. Send the access token of `access` as `Authorization: Bearer …`. Administrators act, auditors read ' +
    'everything, officials see elections and turnout. Rejections are RFC 9457 problems whose `type` ends in a stable code.',
  tags: [
    { name: 'participants', description: 'Parties and individuals that options of contests may name.' },
    { name: 'elections', description: 'From a draft to an announced election.' },
    { name: 'voting', description: 'Announcing, extending, closing, the roll and the turnout.' },
    { name: 'results', description: 'Counting, ties, publishing, invalid ballots and batches.' },
    { name: 'settings', description: 'What holds for all elections.' },
    { name: 'audit log', description: 'Who did what, when and why; chained, so that a change is detected.' },
    { name: 'system', description: 'How every service is.' },
  ],
  securitySchemes: {
    accessToken: { type: 'http', scheme: 'bearer', description: 'The access token of POST /v1/login of access.' },
  },
  exampleExtras: {
    'invalid-request': { errors: [{ path: 'body/title', detail: 'Give a title in at least one language.' }] },
    'invalid-election': {
      errors: [
        {
          path: 'body/contests/0/options/1/participantId',
          detail: 'There is no such participant. Create it, or choose one of GET /v1/participants.',
        },
      ],
    },
    conflict: { detail: changedMeanwhile },
    unauthenticated: { detail: 'Log in (POST /v1/login of access), or get a new access token (POST /v1/refresh).' },
  },
};
