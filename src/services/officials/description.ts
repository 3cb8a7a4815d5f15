// The description of `officials` in its OpenAPI document.
import type { Described } from '../../platform/http/openapi.ts';
import { officialsExamples } from './examples.ts';

export const officialsDescription: Omit<Described, 'version'> = {
  title: 'PopVote: batches of paper ballots',
  description:
    'Officials upload files of paper ballots and follow the result of every row. A file is accepted whole or not at all. ' +
    'An accepted file (202) survives the end of any process. The same file can be sent again at any time, and nothing is ' +
    'counted twice. Send the access token of POST /v1/login of access control as `Authorization: Bearer …`. Rejections ' +
    'are RFC 9457 problems whose `type` ends in a stable code.',
  tags: [{ name: 'batches', description: 'Upload, progress, and invalid rows.' }],
  securitySchemes: {
    accessToken: { type: 'http', scheme: 'bearer', description: 'The access token of POST /v1/login or /v1/refresh.' },
  },
  exampleExtras: {
    'invalid-request': { errors: [{ path: 'query/electionId', detail: 'Name the election.' }] },
    'invalid-batch': { lines: officialsExamples.wrongLines, linesTotal: 1 },
    'not-open': { detail: 'The election opens at 2026-06-20T07:00:00.000Z. Nothing was recorded.' },
    unauthenticated: { detail: 'Log in (POST /v1/login), or get a new access token (POST /v1/refresh).' },
    'unsupported-media-type': { detail: 'Send text/csv or multipart/form-data. Nothing was recorded.' },
  },
};
