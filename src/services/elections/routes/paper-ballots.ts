// Routes of paper ballots: the ledger, the invalid rows, confirming a batch, accepting one as incomplete, withdrawing one. The choices
// of a row are never returned before the box is closed.
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import {
  confirmAnswer,
  confirmRequest,
  invalidBallotPage,
  invalidBallotsQuery,
  ledgerPage,
  ledgerParams,
  ledgerQuery,
  setAsideAnswer,
  setAsideRequest,
  withdrawAnswer,
  withdrawRequest,
} from '../../../protocol/control/results-api.ts';
import type { ConfirmBatch } from '../results/confirm-batch.ts';
import type { PaperBallots } from '../results/paper-ballots.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { resultsExamples as examples } from '../api-docs/results-examples.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const tags = ['results'];
const uncached = { 'cache-control': 'no-store' };

export type PaperBallotOptions = {
  readonly paperBallots: PaperBallots;
  readonly confirmBatch: ConfirmBatch;
  readonly proposals: Proposals;
  readonly guard: RoleGuard;
};

export async function paperBallotRoutes(app: App, options: PaperBallotOptions): Promise<void> {
  batchRoutes(app, options);
  confirmRoute(app, options);
  withdrawRoute(app, options);
  invalidRoutes(app, options);
}

function batchRoutes(app: App, { paperBallots, proposals, guard }: PaperBallotOptions): void {
  app.get(
    '/v1/elections/:electionId/batches',
    {
      schema: {
        operationId: 'listLedger',
        tags,
        summary: 'List batches in the ledger of the ballot box',
        description: 'In the order of arrival. For the next page, send `next` as `after`.',
        params,
        querystring: ledgerQuery,
        response: { 200: ledgerPage },
      },
      config: {
        ...allows('administrator', 'auditor', 'official'),
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
        summary: 'Accept a batch as incomplete',
        description:
          'Rows that arrived count. The results report the others as missing. Rows that arrive later but before the ' +
          'count are counted.',
        params: ledgerParams,
        body: setAsideRequest,
        response: { 200: setAsideAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The batch.', 'SetAsideAnswer', {
              batch: { summary: 'Accepted incomplete', value: examples.batch },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'batch-not-found', 'conflict'],
          requests: { lost: { summary: 'A lost file', value: examples.setAside } },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id, batchId } = request.params;
      const setAside = { batchId, reason: request.body.reason };
      const outcome = await proposals.act('set-aside-batch', callerOf(guard, request), id, setAside);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send({ batch: outcome.result });
    },
  );
}

function confirmRoute(app: App, { confirmBatch, guard }: PaperBallotOptions): void {
  app.post(
    '/v1/elections/:electionId/batches/:batchId/confirm',
    {
      schema: {
        operationId: 'confirmBatch',
        tags,
        summary: 'Confirm a batch against the protocol of its station',
        description:
          'For another official than the one who uploaded it, with the number of ballots on the protocol. Only then do its ' +
          'rows count. A different number, missing rows, and ballot ids that are also in another batch prevent it: ' +
          '"errors" names these batches. The same request again changes nothing.',
        params: ledgerParams,
        body: confirmRequest,
        response: { 200: confirmAnswer },
      },
      config: {
        ...allows('official'),
        ...documented({
          answers: {
            200: jsonAnswer('The batch.', 'ConfirmAnswer', {
              batch: { summary: 'Confirmed', value: examples.confirmedBatch },
            }),
          },
          rejections: ['second-factor-missing', 'election-not-found', 'batch-not-found', 'conflict'],
          requests: { protocol: { summary: 'The number of a protocol', value: examples.confirm } },
        }),
      },
    },
    async (request, reply) => {
      const batch = await confirmBatch(callerOf(guard, request), request.params, request.body.ballots);
      return reply.headers(uncached).send({ batch });
    },
  );
}

function withdrawRoute(app: App, { proposals, guard }: PaperBallotOptions): void {
  app.post(
    '/v1/elections/:electionId/batches/:batchId/withdraw',
    {
      schema: {
        operationId: 'withdrawBatch',
        tags,
        summary: 'Withdraw a batch that was uploaded wrongly',
        description:
          'None of its rows counts, each stays in the ledger, and its ballot ids are free: the same file or a corrected one ' +
          'can be uploaded while the election is open. Possible until the box is closed by the count. Officials withdraw ' +
          'their own batches until another official confirmed them. The same request again changes nothing.',
        params: ledgerParams,
        body: withdrawRequest,
        response: { 200: withdrawAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator', 'official'),
        ...documented({
          answers: {
            200: jsonAnswer('The batch.', 'WithdrawAnswer', {
              batch: { summary: 'Withdrawn', value: examples.withdrawnBatch },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'batch-not-found', 'conflict'],
          requests: { wrong: { summary: 'A wrong file', value: examples.withdraw } },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id, batchId } = request.params;
      const withdrawal = { batchId, reason: request.body.reason };
      const outcome = await proposals.act('withdraw-batch', callerOf(guard, request), id, withdrawal);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send({ batch: outcome.result });
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
        summary: 'List invalid rows of batches, with the reason',
        description: 'For the next page, send `next` as `after`.',
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
        summary: 'Get all invalid rows of batches as CSV',
        description: 'Column names are stable. No cell is a formula.',
        params,
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: {
              description: 'One line per row.',
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
