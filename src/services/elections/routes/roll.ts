// Route to import a roll from a file. The file is read as a stream and never stored. The answer counts the rows and
// contains no number.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { acceptFiles, uploadedFile } from '../../../platform/http/uploaded-file.ts';
import { rollFileBytesMax } from '../../../domain/roll/roll-file.ts';
import { rollQuery, rollReport } from '../../../protocol/control/roll-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { rollExamples } from '../api-docs/roll-examples.ts';
import type { ImportOrProposeRoll } from '../proposals/roll-proposals.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

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

export type RollOptions = { readonly importRoll: ImportOrProposeRoll; readonly guard: RoleGuard };

export async function rollRoutes(app: App, { importRoll, guard }: RollOptions): Promise<void> {
  await acceptFiles(app, rollFileBytesMax);
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
          'only until it opens. Where another administrator must confirm, that administrator sends the same file with ' +
          '`proposal`. The same file again adds nothing. Malformed rows are skipped and listed by row number.',
        params: z.object({ electionId }),
        querystring: rollQuery,
        response: { 200: rollReport, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The outcome by row.', 'RollReport', {
              report: { summary: 'A roll', value: rollExamples.report },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'proposal-not-found', 'conflict', 'roll-columns'],
          streams: files,
        }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const file = uploadedFile(request, guard);
      const outcome = await importRoll(callerOf(guard, request), params.electionId, query, file);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.header('cache-control', 'no-store').send(outcome.result);
    },
  );
}
