// Routes for elections until they open: drafts, their preview, and changes of announced elections. The ETag is the
// version of the election. Changes require If-Match.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  copyRequest,
  electionAnswer,
  electionChange,
  electionPage,
  electionPreview,
  electionRequest,
  electionsQuery,
} from '../../../protocol/control/elections-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Elections, Expected } from '../drafts/elections.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

/** Largest definition, in bytes. Enough for 32 contests of 500 options in several languages. */
const definitionBytesMax = 2 * 1_024 * 1_024;

const params = z.object({ electionId });
const tags = ['elections'];
const ifMatch = 'Send If-Match with the ETag of GET, such as "3", or * for any version.';
const headers = z.looseObject({
  'if-match': z
    .string({ error: ifMatch })
    .regex(/^(?:\*|(?:W\/)?"[1-9][0-9]{0,8}")$/, ifMatch)
    .describe('The ETag of GET, or *.'),
});
const oneElection = (description: string) => ({
  ...jsonAnswer(description, 'ElectionAnswer', {
    election: { summary: 'A draft', value: { election: electionsExamples.election } },
  }),
  headers: { ETag: 'The version, for If-Match.' },
});

export type ElectionOptions = {
  readonly elections: Elections;
  readonly proposals: Proposals;
  readonly guard: RoleGuard;
};

export async function electionRoutes(app: App, options: ElectionOptions): Promise<void> {
  creatingRoute(app, options);
  copyingRoute(app, options);
  listingRoute(app, options);
  readingRoutes(app, options);
  changingRoute(app, options);
  removingRoute(app, options);
}

function creatingRoute(app: App, { elections, guard }: ElectionOptions): void {
  app.post(
    '/v1/elections',
    {
      bodyLimit: definitionBytesMax,
      schema: {
        operationId: 'createElection',
        tags,
        summary: 'Create an election as a draft',
        description:
          'Drafts are not public. Options refer to participants or have titles. Ids and ballot numbers can be omitted. ' +
          'An error lists all faults.',
        body: electionRequest,
        response: { 201: electionAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 201: oneElection('The draft.') },
          rejections: ['conflict', 'invalid-election'],
          requests: {
            parliament: { summary: 'Seats by D’Hondt among parties', value: electionsExamples.electionRequest },
            referendum: { summary: 'A motion, as a rehearsal', value: electionsExamples.referendumRequest },
          },
        }),
      },
    },
    async (request, reply) => {
      const election = await elections.create(callerOf(guard, request), request.body);
      return reply
        .code(201)
        .headers({ 'cache-control': 'no-store', etag: `"${election.version}"` })
        .send({ election });
    },
  );
}

function copyingRoute(app: App, { elections, guard }: ElectionOptions): void {
  app.post(
    '/v1/elections/:electionId/copy',
    {
      schema: {
        operationId: 'copyElection',
        tags,
        summary: 'Copy an election as a draft or as a rehearsal',
        description:
          'The draft has the definition of the election, in any state of it, and what the body changes. The roll, ballots ' +
          'and results are not copied. Change times that are in the past before you announce it.',
        params,
        body: copyRequest,
        response: { 201: electionAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 201: oneElection('The draft.') },
          rejections: ['election-not-found', 'conflict', 'invalid-election'],
          requests: { rehearsal: { summary: 'As a rehearsal', value: electionsExamples.copyRequest } },
        }),
      },
    },
    async (request, reply) => {
      const election = await elections.copy(callerOf(guard, request), request.params.electionId, request.body);
      return reply
        .code(201)
        .headers({ 'cache-control': 'no-store', etag: `"${election.version}"` })
        .send({ election });
    },
  );
}

function listingRoute(app: App, { elections }: ElectionOptions): void {
  app.get(
    '/v1/elections',
    {
      schema: {
        operationId: 'listElections',
        tags,
        summary: 'List elections, newest first',
        description: 'For the next page, send `next` as `before`.',
        querystring: electionsQuery,
        response: { 200: electionPage },
      },
      config: {
        ...allows('administrator', 'official', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'ElectionPage', {
              page: { summary: 'One election', value: electionsExamples.electionPage },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await elections.list(request.query)),
  );
}

function readingRoutes(app: App, { elections }: ElectionOptions): void {
  app.get(
    '/v1/elections/:electionId',
    {
      schema: {
        operationId: 'getElection',
        tags,
        summary: 'Get an election with its definition and state',
        params,
        response: { 200: electionAnswer },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({ answers: { 200: oneElection('The election.') }, rejections: ['election-not-found'] }),
      },
    },
    async (request, reply) => {
      const election = await elections.find(request.params.electionId);
      return reply.headers({ 'cache-control': 'no-store', etag: `"${election.version}"` }).send({ election });
    },
  );
  app.get(
    '/v1/elections/:electionId/preview',
    {
      schema: {
        operationId: 'previewElection',
        tags,
        summary: 'Preview the public document, with warnings',
        params,
        response: { 200: electionPreview },
      },
      config: {
        ...allows('administrator', 'official', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The unsigned document and warnings.', 'ElectionPreview', {
              preview: { summary: 'With a warning', value: electionsExamples.preview },
            }),
          },
          rejections: ['election-not-found', 'invalid-election'],
        }),
      },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await elections.preview(request.params.electionId)),
  );
}

function changingRoute(app: App, { proposals, guard }: ElectionOptions): void {
  app.patch(
    '/v1/elections/:electionId',
    {
      bodyLimit: definitionBytesMax,
      schema: {
        operationId: 'changeElection',
        tags,
        summary: 'Change an election before it opens',
        description:
          'Each field in the request replaces the current one. An announced election is announced again with the current ' +
          'names of its participants. An empty object only does that. After the opening only the end can change.',
        params,
        headers,
        body: electionChange,
        response: { 200: electionAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneElection('The changed election.'), 202: proposedResponse },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict', 'invalid-election'],
          requests: {
            end: { summary: 'A later end', value: electionsExamples.change },
            logo: { summary: 'A logo', value: electionsExamples.logoChange },
          },
        }),
      },
    },
    async (request, reply) => {
      const { id, version } = expectedOf(request.params.electionId, request.headers['if-match']);
      const amendment = { version, change: request.body };
      const outcome = await proposals.act('change', callerOf(guard, request), id, amendment);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      const { result: election } = outcome;
      return reply.headers({ 'cache-control': 'no-store', etag: `"${election.version}"` }).send({ election });
    },
  );
}

function removingRoute(app: App, { elections, guard }: ElectionOptions): void {
  app.delete(
    '/v1/elections/:electionId',
    {
      schema: {
        operationId: 'deleteElection',
        tags,
        summary: 'Remove a draft',
        description: 'Announced elections cannot be removed.',
        params,
        headers,
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 204: { description: 'The draft is removed.' } },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      const expected = expectedOf(request.params.electionId, request.headers['if-match']);
      await elections.remove(callerOf(guard, request), expected);
      return reply.code(204).send();
    },
  );
}

function expectedOf(id: string, tag: string): Expected {
  return { id, version: tag === '*' ? null : Number(tag.replace(/\D/g, '')) };
}
