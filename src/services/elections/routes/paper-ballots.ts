// Batches of paper ballots: the ledger, the rows that do not count, and setting aside a batch that cannot be had whole.
// What a row chose is never shown.
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { electionId } from '../../../protocol/public-values.ts';
import {
  invalidBallotPage,
  invalidBallotsQuery,
  ledgerPage,
  ledgerParams,
  ledgerQuery,
  setAsideAnswer,
  setAsideRequest,
} from '../../../protocol/control/results-api.ts';
import type { PaperBallots } from '../results/paper-ballots.ts';
import { resultsExamples as examples } from '../api-docs/results-examples.ts';
import { callerOf } from './caller.ts';

const params = z.object({ electionId });
const tags = ['results'];
const uncached = { 'cache-control': 'no-store' };

export type PaperBallotOptions = { readonly paperBallots: PaperBallots; readonly guard: RoleGuard };

export async function paperBallotRoutes(app: App, options: PaperBallotOptions): Promise<void> {
  batchRoutes(app, options);
  invalidRoutes(app, options);
}

function batchRoutes(app: App, { paperBallots, guard }: PaperBallotOptions): void {
  app.get(
    '/v1/elections/:electionId/batches',
    {
      schema: {
        operationId: 'listLedger',
        tags,
        summary: 'Batches in the ledger of the ballot box',
        description: 'In the order in which they came. Page by page: send `next` as `after` of the next request.',
        params,
        querystring: ledgerQuery,
        response: { 200: ledgerPage },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'LedgerPage', { page: { summary: 'One batch', value: examples.batches } }),
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send(await paperBallots.batches(request.params.electionId, request.query)),
  );
  app.post(
    '/v1/elections/:electionId/batches/:batchId/set-aside',
    {
      schema: {
        operationId: 'setAsideBatch',
        tags,
        summary: 'Set aside a batch that cannot be had whole',
        description:
          'Rows that arrived stay and count; the others are told as missing in the results. Should they come all the same ' +
          'before the election is counted, they count.',
        params: ledgerParams,
        body: setAsideRequest,
        response: { 200: setAsideAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The batch.', 'SetAsideAnswer', { batch: { summary: 'Set aside', value: examples.batch } }),
          },
          rejections: ['election-not-found', 'batch-not-found', 'conflict'],
          requests: { lost: { summary: 'A lost file', value: examples.setAside } },
        }),
      },
    },
    async (request, reply) => {
      const batch = await paperBallots.setAside(callerOf(guard, request), request.params, request.body.reason);
      return reply.headers(uncached).send({ batch });
    },
  );
}

function invalidRoutes(app: App, { paperBallots }: PaperBallotOptions): void {
  app.get(
    '/v1/elections/:electionId/invalid-ballots',
    {
      schema: {
        operationId: 'listInvalidBallots',
        tags,
        summary: 'Rows of batches that do not count, with the reason',
        description: 'Page by page: send `next` as `after` of the next request.',
        params,
        querystring: invalidBallotsQuery,
        response: { 200: invalidBallotPage },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'InvalidBallotPage', {
              page: { summary: 'A duplicate', value: examples.invalidBallots },
            }),
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) =>
      reply.headers(uncached).send(await paperBallots.invalid(request.params.electionId, request.query)),
  );
  app.get(
    '/v1/elections/:electionId/invalid-ballots.csv',
    {
      schema: {
        operationId: 'getInvalidBallotsCsv',
        tags,
        summary: 'All rows of batches that do not count, as CSV',
        description: 'Columns keep their names; no cell is a formula.',
        params,
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: {
              description: 'A line for each row.',
              content: { 'text/csv': { examples: { csv: { summary: 'A duplicate', value: examples.invalidCsv } } } },
            },
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const lines = await paperBallots.invalidCsv(id);
      return reply
        .headers({ ...uncached, 'content-type': 'text/csv; charset=utf-8' })
        .header('content-disposition', `attachment; filename="${id}-invalid-ballots.csv"`)
        .send(Readable.from(lines));
    },
  );
}
