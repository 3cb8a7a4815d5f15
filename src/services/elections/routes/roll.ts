// Route to import a roll from a file. The file is read as a stream and never stored. The answer counts the rows and
// contains no number.
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { rollFileBytesMax } from '../../../domain/roll/roll-file.ts';
import { rollQuery, rollReport } from '../../../protocol/control/roll-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { rollExamples } from '../api-docs/roll-examples.ts';
import type { RollImport } from '../roll/roll-import.ts';
import { callerOf } from './caller.ts';

const files = {
  'text/csv': {
    schema: { type: 'string', format: 'binary' },
    examples: { roll: { summary: 'Numbers and names', value: 'number;name\nA1234567;"Ana Anić"\n' } },
  },
  'multipart/form-data': {
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
    examples: { roll: { summary: 'One file', value: { file: 'number\nA1234567\n' } } },
  },
} as const;

export type RollOptions = { readonly rolls: RollImport; readonly guard: RoleGuard };

export async function rollRoutes(app: App, { rolls, guard }: RollOptions): Promise<void> {
  await acceptRollFiles(app);
  app.post(
    '/v1/elections/:electionId/roll',
    {
      schema: {
        operationId: 'importRoll',
        tags: ['voting'],
        summary: 'Change the roll of an election by a file, or check what a file would change',
        description:
          'Send `text/csv`, or `multipart/form-data` with `file`. The file is UTF-8 with one person per row. The number is ' +
          'in the column with a known heading such as `number`, or in `column`; otherwise the answer is `roll-columns`. The ' +
          'same holds for the second element, where the election has one, and `second`. Birth dates are `YYYY-MM-DD` or ' +
          '`DD.MM.YYYY`; others are malformed, because the order of day and month would be guessed. ' +
          'Only for elections with identity scheme `roll`, from the draft on until they are closed; people leave a roll ' +
          'only until it opens. The same file again adds nothing. Malformed rows are skipped and listed by row number.',
        params: z.object({ electionId }),
        querystring: rollQuery,
        response: { 200: rollReport },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The outcome by row.', 'RollReport', {
              report: { summary: 'A roll', value: rollExamples.report },
            }),
          },
          rejections: ['election-not-found', 'conflict', 'roll-columns'],
          streams: files,
        }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const report = await rolls.add(callerOf(guard, request), params.electionId, query, await rollFileOf(request));
      return reply.header('cache-control', 'no-store').send(report);
    },
  );
}

/** Registers parsers for uploaded files in this scope. */
export async function acceptRollFiles(app: App): Promise<void> {
  const plain = app as unknown as FastifyInstance;
  plain.addContentTypeParser('text/csv', (_request, payload, done) => {
    done(null, payload);
  });
  await plain.register(multipart, { limits: { files: 1, fields: 10, fileSize: rollFileBytesMax } });
}

/** The unread uploaded file. Throws `invalid-request` without a file, and `unsupported-media-type`. */
export async function rollFileOf(request: FastifyRequest): Promise<AsyncIterable<Buffer>> {
  if (!request.isMultipart()) {
    const { body } = request;
    if (body !== null && typeof body === 'object' && Symbol.asyncIterator in body) return body as AsyncIterable<Buffer>;
    throw new Problem('unsupported-media-type', { detail: 'Send text/csv, or multipart/form-data with "file".' });
  }
  const part = await request.file();
  if (part) return part.file;
  throw new Problem('invalid-request', { errors: [{ path: 'body/file', detail: 'There is no file.' }] });
}
