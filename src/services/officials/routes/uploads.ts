// Upload of a batch: a file of rows, streamed. Neither its content nor its name is logged.
import { batchFileBytesMax } from '../../../domain/batch-file.ts';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { acceptFiles, uploadedFile } from '../../../platform/http/uploaded-file.ts';
import { hasSecondFactor } from '../../../protocol/control/access-tokens.ts';
import { batchAnswer, uploadQuery } from '../../../protocol/control/officials-api.ts';
import { officialsExamples } from '../examples.ts';
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
  // JSON would otherwise be accepted too.
  app.removeAllContentTypeParsers();
  await acceptFiles(app, batchFileBytesMax);
  app.post(
    '/v1/batches',
    {
      schema: {
        operationId: 'uploadBatch',
        tags: ['batches'],
        summary: 'Upload a batch of paper ballots',
        description:
          'One line for each ballot: its id (a GUID), then the marked number for each contest in the order of the ' +
          'election. Several numbers, if a contest takes them, are separated by spaces or `+`. An empty cell is an ' +
          'abstention. Columns are separated by comma, semicolon or tab. The file is in UTF-8. A heading is optional. ' +
          'The election must be open when the file is accepted. Where the election has stations, name the one that the ballots ' +
          'are from; where its batches are confirmed, give the number of ballots on the protocol. One malformed line rejects the whole file, and every ' +
          'such line is listed. The same file is the same batch: sending it again counts nothing twice and restores ' +
          'lost rows. After the batch was withdrawn, the same file is another upload. `change-unknown`: the ledger does ' +
          'not have the file yet, because the worker or its database is down. Send the same file again.',
        querystring: uploadQuery,
        response: { 200: batchAnswer, 202: batchAnswer },
      },
      config: {
        ...allows('official'),
        ...documented({
          answers: {
            200: jsonAnswer('Every row of this file was checked before. Nothing was queued.', 'BatchAnswer', {
              done: { summary: 'Done', value: { batch: officialsExamples.done } },
            }),
            202: jsonAnswer('The ledger has the batch, and every row is safe in the queue.', 'BatchAnswer', {
              queued: { summary: 'Queued', value: { batch: officialsExamples.queued } },
            }),
          },
          rejections: [
            'invalid-request',
            'second-factor-missing',
            'not-open',
            'election-not-found',
            'invalid-batch',
            'conflict',
          ],
          streams,
        }),
      },
    },
    async (request, reply) => {
      const claims = guard.callerOf(request);
      const sender = { official: claims.sub, secondFactor: hasSecondFactor(claims) };
      const { batch, finished } = await uploads.accept(sender, request.query, uploadedFile(request, guard));
      return reply
        .code(finished ? 200 : 202)
        .header('location', `v1/batches/${batch.id}`)
        .header('cache-control', 'no-store')
        .send({ batch });
    },
  );
}
