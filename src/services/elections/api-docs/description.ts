// The general part of the OpenAPI document of `elections`.
import type { Described } from '../../../platform/http/openapi.ts';
import { changedMeanwhile } from '../drafts/rejections.ts';

export const electionsDescription: Omit<Described, 'version'> = {
  title: 'PopVote: elections',
  description:
    'Participants, elections from the draft to published results, and the audit log of every administrative action. ' +
    'Send the access token of `access` as `Authorization: Bearer …`. Administrators can use every operation. Auditors ' +
    'can read everything. Officials can read elections and turnout, and activate voters. Errors are RFC 9457 problems. Their `type` ends in a ' +
    'stable code.',
  tags: [
    { name: 'participants', description: 'Parties and individuals for the options of contests.' },
    { name: 'elections', description: 'Drafts, and announced elections until they open.' },
    { name: 'voting', description: 'Announcing, extending, closing, the roll and the turnout.' },
    { name: 'proposals', description: 'Acts that wait for another administrator.' },
    { name: 'results', description: 'Counting, ties, publishing, invalid ballots and batches.' },
    { name: 'settings', description: 'Settings of all elections.' },
    { name: 'audit log', description: 'Who did what, when and why. A hash chain reveals changes.' },
    { name: 'system', description: 'The status of every service.' },
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
          detail: 'This participant does not exist. Create it, or choose one from GET /v1/participants.',
        },
      ],
    },
    conflict: { detail: changedMeanwhile },
    unauthenticated: { detail: 'Log in (POST /v1/login of access), or get a new access token (POST /v1/refresh).' },
  },
};
