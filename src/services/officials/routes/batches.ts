// Batches and their progress. Officials see their own. Administrators and auditors see all. A batch that the caller may
// not see gets the same answer as a missing one.
import type { FastifyRequest } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { csvRow } from '../../../domain/csv-text.ts';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import {
  batchAnswer,
  batchPage,
  batchParams,
  batchesQuery,
  invalidCsvColumns,
} from '../../../protocol/control/officials-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { BatchProgress } from '../batch-progress.ts';
import { officialsExamples } from '../examples.ts';
import type { ProgressStreams } from '../progress-streams.ts';
import { createVisibility } from '../visibility.ts';
import type { Visibility } from '../visibility.ts';

export type BatchOptions = {
  readonly progress: BatchProgress;
  readonly streams: ProgressStreams;
  readonly guard: RoleGuard;
};
type Options = BatchOptions & { readonly visible: Visibility };

const tags = ['batches'];
const readers = allows('official', 'administrator', 'auditor');

export async function batchRoutes(app: App, options: BatchOptions): Promise<void> {
  const all = { ...options, visible: createVisibility(options.progress) };
  listRoute(app, all);
  oneRoute(app, all);
  eventsRoute(app, all);
  invalidRoute(app, all);
}

function listRoute(app: App, { visible, guard }: Options): void {
  app.get(
    '/v1/batches',
    {
      schema: {
        operationId: 'listBatches',
        tags,
        summary: 'Batches, newest first',
        description: 'Officials see their own. Page by page: send `next` of one answer as `after` of the next request.',
        querystring: batchesQuery,
        response: { 200: batchPage },
      },
      config: {
        ...readers,
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'BatchPage', {
              page: { summary: 'A page', value: { batches: [officialsExamples.checking], next: null } },
            }),
          },
          rejections: [],
        }),
      },
    },
    async (request, reply) => {
      const page = await visible.list(guard.callerOf(request), request.query);
      return reply.header('cache-control', 'no-store').send(page);
    },
  );
}

function oneRoute(app: App, { visible, guard }: Options): void {
  app.get(
    '/v1/batches/:batchId',
    {
      schema: {
        operationId: 'getBatch',
        tags,
        summary: 'The progress of a batch',
        description: 'The counts of one answer are from one moment and always add up.',
        params: batchParams,
        response: { 200: batchAnswer },
      },
      config: {
        ...readers,
        ...documented({
          answers: {
            200: jsonAnswer('The batch.', 'BatchAnswer', {
              checking: { summary: 'Being checked', value: { batch: officialsExamples.checking } },
              received: { summary: 'Waits for a second official', value: { batch: officialsExamples.received } },
              incomplete: { summary: 'Rows were lost', value: { batch: officialsExamples.incomplete } },
              withdrawn: { summary: 'Withdrawn', value: { batch: officialsExamples.withdrawn } },
            }),
          },
          rejections: ['batch-not-found'],
        }),
      },
    },
    async (request, reply) => {
      const batch = await visible.required(guard.callerOf(request), request.params.batchId);
      return reply.header('cache-control', 'no-store').send({ batch });
    },
  );
}

function eventsRoute(app: App, { visible, streams, guard }: Options): void {
  app.get(
    '/v1/batches/:batchId/events',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'watchBatch',
        tags,
        summary: 'The progress of a batch as it changes',
        description:
          'Server-sent events `batch`, each with the JSON of GET /v1/batches/{batchId}. The stream ends when the batch is ' +
          'done, received or withdrawn. It also ends when the token expires or the service stops. Then open it again.',
        params: batchParams,
      },
      config: {
        ...readers,
        ...documented({
          answers: {
            200: {
              description: 'Events, the present state first.',
              content: {
                'text/event-stream': { examples: { event: { summary: 'An event', value: officialsExamples.event } } },
              },
            },
          },
          rejections: ['batch-not-found'],
        }),
      },
    },
    async (request, reply) => {
      const claims = guard.callerOf(request);
      const batch = await visible.required(claims, request.params.batchId);
      if (streams.full()) throw new Problem('busy', retrySoon());
      reply.hijack();
      streams.hold(reply.raw, reply.getHeaders() as OutgoingHttpHeaders, claims, batch);
      return reply;
    },
  );
}

function invalidRoute(app: App, { visible, progress, guard }: Options): void {
  app.get(
    '/v1/batches/:batchId/invalid.csv',
    {
      schema: {
        operationId: 'getInvalidRows',
        tags,
        summary: 'The invalid rows of a batch, with reasons',
        description:
          'The rows that are checked so far. `Rows-Omitted` is the number of rows that are not in the file because there ' +
          'are too many. All rows are in the invalid ballots of the election.',
        params: batchParams,
      },
      config: {
        ...readers,
        ...documented({
          answers: {
            200: {
              description:
                'CSV with a heading. A text that a spreadsheet would run as a formula begins with an apostrophe.',
              content: {
                'text/csv': { examples: { csv: { summary: 'Two rows', value: officialsExamples.invalidCsv } } },
              },
              headers: { 'Rows-Omitted': 'How many invalid rows are not in this file.' },
            },
          },
          rejections: ['batch-not-found'],
        }),
      },
    },
    async (request, reply) => {
      const batch = await visible.required(guard.callerOf(request), request.params.batchId);
      const stored = await progress.countInvalidRows(batch.id);
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="invalid-${batch.id}.csv"`)
        .header('cache-control', 'no-store')
        .header('rows-omitted', Math.max(0, batch.rows.invalid - stored))
        .send(Readable.from(invalidCsv(request, progress, batch.id)));
    },
  );
}

async function* invalidCsv(request: FastifyRequest, progress: BatchProgress, batchId: string): AsyncGenerator<string> {
  // The heading comes with the first rows: until they are read, an error is still answered as such.
  let heading = csvRow(invalidCsvColumns);
  try {
    for await (const rows of progress.invalidRows(batchId)) {
      const lines = rows.map(({ row, guid, cells, reason, contestId, firstBatchId, firstRow }) =>
        csvRow([row, guid, cells, reason, contestId, firstBatchId, firstRow]),
      );
      yield heading + lines.join('');
      heading = '';
    }
    if (heading !== '') yield heading;
  } catch (error) {
    request.log.error({ err: error }, 'invalid-rows.broken-off');
    // The answer has begun. The error breaks it off, so that it does not look complete.
    throw new Problem('busy');
  }
}
