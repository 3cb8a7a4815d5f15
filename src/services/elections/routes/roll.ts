// Route to import a roll from a file. The file is read as a stream and never stored. The answer counts the rows and
// contains no number.
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { rollReport } from '../../../protocol/control/election-lifecycle-api.ts';
import type { RollReport } from '../../../protocol/control/election-lifecycle-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { rollBytesMax } from '../roll/roll-import.ts';
import type { RollImport } from '../roll/roll-import.ts';
import { callerOf } from './caller.ts';

const example: RollReport = {
  rows: 12_004,
  heading: 1,
  added: 11_999,
  alreadyThere: 1,
  malformed: 2,
  blank: 1,
  malformedRows: [
    { row: 318, reason: 'not-a-number' },
    { row: 7_411, reason: 'quotes' },
  ],
};

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
        summary: 'Add people to the roll of an election',
        description:
          'Send `text/csv`, or `multipart/form-data` with `file`. The file is UTF-8 with one person per line. The number is ' +
          'in the column `number`, or in the first column. Only for elections with identity scheme `roll`, from the ' +
          'announcement until they are closed. People are never removed, and the same file again adds nothing. Malformed ' +
          'rows are skipped and listed by row number.',
        params: z.object({ electionId }),
        response: { 200: rollReport },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The outcome by row.', 'RollReport', {
              report: { summary: 'A roll', value: example },
            }),
          },
          rejections: ['election-not-found', 'conflict'],
          streams: files,
        }),
      },
    },
    async (request, reply) => {
      const report = await rolls.add(callerOf(guard, request), request.params.electionId, await rollFileOf(request));
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
  await plain.register(multipart, { limits: { files: 1, fields: 10, fileSize: rollBytesMax } });
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
