// Routes to count, decide ties, publish and read results, for administrators and auditors. No count by option exists
// before the end.
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { administeredResults, csvQuery, lotRequest, publishRequest } from '../../../protocol/control/results-api.ts';
import { resultsExamples as examples } from '../api-docs/results-examples.ts';
import type { Proposals } from '../proposals/proposals.ts';
import type { Results } from '../results/results.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const tags = ['results'];
const oneResult = (description: string) =>
  jsonAnswer(description, 'AdministeredResults', { results: { summary: 'Provisional', value: examples.results } });
const uncached = { 'cache-control': 'no-store' };

export type ResultOptions = {
  readonly results: Results;
  readonly proposals: Proposals;
  readonly guard: RoleGuard;
};

export async function resultRoutes(app: App, options: ResultOptions): Promise<void> {
  countingRoute(app, options);
  lotRoute(app, options);
  publishingRoute(app, options);
  readingRoutes(app, options);
  openingsRoute(app, options);
}

function countingRoute(app: App, { proposals, guard }: ResultOptions): void {
  app.post(
    '/v1/elections/:electionId/count',
    {
      schema: {
        operationId: 'countElection',
        tags,
        summary: 'Count a closed election',
        description:
          'Closes the ballot box permanently if it is complete, and counts it. If something is missing, `errors` lists it ' +
          'and nothing is counted. Another count gives the same results.',
        params,
        response: { 200: administeredResults, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneResult('The results. They are not published.'), 202: proposedResponse },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict', 'not-drained'],
        }),
      },
    },
    async (request, reply) => {
      const outcome = await proposals.act('count', callerOf(guard, request), request.params.electionId, {});
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send(outcome.result);
    },
  );
}

function lotRoute(app: App, { proposals, guard }: ResultOptions): void {
  app.post(
    '/v1/elections/:electionId/lots',
    {
      schema: {
        operationId: 'decideByLot',
        tags,
        summary: 'Record a drawing of lots for a tie',
        description:
          'Draw the lot outside the platform. List all tied options in the order of the draw. The first ones win. This ' +
          'creates a new revision of the results. A published lot cannot change.',
        params,
        body: lotRequest,
        response: { 200: administeredResults, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneResult('The results with the lot.'), 202: proposedResponse },
          rejections: ['second-factor-missing', 'election-not-found', 'results-not-counted', 'conflict'],
          requests: { lot: { summary: 'One seat, two options', value: examples.lot } },
        }),
      },
    },
    async (request, reply) => {
      const { params: at, body } = request;
      const outcome = await proposals.act('decide-by-lot', callerOf(guard, request), at.electionId, body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send(outcome.result);
    },
  );
}

function publishingRoute(app: App, { proposals, guard }: ResultOptions): void {
  app.post(
    '/v1/elections/:electionId/publish',
    {
      schema: {
        operationId: 'publishResults',
        tags,
        summary: 'Publish the newest results',
        description: 'Signs the results and makes them public. Repeating this changes nothing.',
        params,
        body: publishRequest,
        response: { 200: administeredResults, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: oneResult('The published results.'), 202: proposedResponse },
          rejections: [
            'second-factor-missing',
            'election-not-found',
            'results-not-counted',
            'tie-open',
            'not-witnessed',
            'conflict',
          ],
          requests: { first: { summary: 'A revision without open ties', value: examples.publish } },
        }),
      },
    },
    async (request, reply) => {
      const { params: at, body } = request;
      const outcome = await proposals.act('publish', callerOf(guard, request), at.electionId, body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send(outcome.result);
    },
  );
}

function readingRoutes(app: App, { results }: ResultOptions): void {
  app.get(
    '/v1/elections/:electionId/results',
    {
      schema: {
        operationId: 'getResults',
        tags,
        summary: 'Get the newest results, published or not',
        params,
        response: { 200: administeredResults },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: { 200: oneResult('The results.') },
          rejections: ['election-not-found', 'results-not-counted'],
        }),
      },
    },
    async (request, reply) => reply.headers(uncached).send(await results.find(request.params.electionId)),
  );
  app.get(
    '/v1/elections/:electionId/results.csv',
    {
      schema: {
        operationId: 'getResultsCsv',
        tags,
        summary: 'Get the newest results as CSV, published or not',
        description: 'The same table as the public one. Column names are stable. No cell is a formula.',
        params,
        querystring: csvQuery,
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: {
              description: 'One row per option and per other count.',
              content: { 'text/csv': { examples: { csv: { summary: 'One row', value: examples.csv } } } },
            },
          },
          rejections: ['election-not-found', 'results-not-counted'],
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const text = await results.csv(id, request.query.language);
      return reply
        .headers({ ...uncached, 'content-type': 'text/csv; charset=utf-8' })
        .header('content-disposition', `attachment; filename="${id}-results.csv"`)
        .send(text);
    },
  );
}

function openingsRoute(app: App, { results, guard }: ResultOptions): void {
  app.get(
    '/v1/elections/:electionId/openings',
    {
      schema: {
        operationId: 'exportOpenings',
        tags,
        summary: 'Export what the online ballots of a counted election say',
        description:
          'The file for `popvote-verify --openings`: docs/verify.md has its form. With a receipt it shows the vote of that ' +
          'receipt, so keep it secret. The export is audited.',
        params,
      },
      config: {
        ...allows('auditor'),
        ...documented({
          answers: {
            200: {
              description: 'Openings in the order of the log.',
              content: {
                'application/octet-stream': { examples: { none: { summary: 'No online ballots', value: '' } } },
              },
            },
          },
          rejections: ['election-not-found', 'results-not-counted', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const parts = await results.exportOpenings(callerOf(guard, request), id);
      return reply
        .headers({ ...uncached, 'content-type': 'application/octet-stream' })
        .header('content-disposition', `attachment; filename="${id}-openings"`)
        .send(Readable.from(parts));
    },
  );
}
