// Upload of a batch: a file of rows, streamed. Nothing of the file or of its name is logged.
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { batchAnswer, uploadQuery } from '../../../protocol/control/officials-api.ts';
import { officialsExamples } from '../examples.ts';
import { discardRest, formLimits, uploadedFile } from '../uploaded-file.ts';
import type { Uploads } from '../uploads.ts';

export type UploadOptions = { readonly uploads: Uploads; readonly guard: RoleGuard };

const csv = { csv: { summary: 'Three ballots of one contest', value: officialsExamples.file } };
const streams = {
  'text/csv': { schema: { type: 'string' }, examples: csv },
  'multipart/form-data': {
    schema: {
      type: 'object',
      required: ['file'],
      additionalProperties: true,
      properties: { file: { type: 'string', contentMediaType: 'text/csv' } },
    },
    examples: { form: { summary: 'The same in a form', value: { file: officialsExamples.file } } },
  },
};

export async function uploadRoutes(app: App, { uploads, guard }: UploadOptions): Promise<void> {
  // JSON would otherwise be read too.
  app.removeAllContentTypeParsers();
  await (app as unknown as FastifyInstance).register(multipart, { limits: formLimits });
  app.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  app.post(
    '/v1/batches',
    {
      schema: {
        operationId: 'uploadBatch',
        tags: ['batches'],
        summary: 'Upload a batch of paper ballots',
        description:
          'A line for each ballot: its id (a GUID), then the number that is marked for each contest in the order of the ' +
          'election; several numbers, where a contest takes them, are separated by spaces or `+`, and nothing is an ' +
          'abstention. Separated by comma, semicolon or tab; UTF-8; a heading is optional. The election must be open when ' +
          'the file is accepted. A file with any line of wrong form is refused whole, with every such line listed. The ' +
          'same file is the same batch: sending it again counts nothing twice, and brings what was lost on its way.',
        querystring: uploadQuery,
        response: { 200: batchAnswer, 202: batchAnswer },
      },
      config: {
        ...allows('official', 'administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('Every row of this file was checked before; nothing was queued.', 'BatchAnswer', {
              done: { summary: 'Done', value: { batch: officialsExamples.done } },
            }),
            202: jsonAnswer('Every row is safe in the queue, or was already.', 'BatchAnswer', {
              queued: { summary: 'Queued', value: { batch: officialsExamples.queued } },
            }),
          },
          rejections: ['not-open', 'election-not-found', 'invalid-batch'],
          streams,
        }),
      },
    },
    async (request, reply) => {
      const { sub } = guard.callerOf(request);
      try {
        const { batch, finished } = await uploads.accept(sub, request.query.electionId, uploadedFile(request));
        return await reply
          .code(finished ? 200 : 202)
          .header('location', `v1/batches/${batch.id}`)
          .header('cache-control', 'no-store')
          .send({ batch });
      } catch (error) {
        discardRest(request);
        throw error;
      }
    },
  );
}
