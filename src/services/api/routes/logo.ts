// The logo of an organiser as a picture. The document of the election names it by its digest, and so does the address that
// pages use: its answer never changes.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented } from '../../../platform/http/openapi.ts';
import { sendPrepared } from '../../../platform/http/prepared-answer.ts';
import { Problem, problemCodesOf } from '../../../protocol/problem.ts';
import { bytes32, electionId } from '../../../protocol/public-values.ts';
import type { FindElections } from '../documents/find-elections.ts';
import { voterApiExamples } from '../examples.ts';

const params = z.strictObject({ electionId });
const querystring = z.strictObject({
  sha256: bytes32.optional().describe('`logo.sha256` of the document. A cache then keeps the answer without end.'),
});
const headers = {
  ETag: 'Strong, from the content.',
  'Cache-Control': 'public, with the seconds for which it is fresh; immutable with `sha256`.',
};

export async function logoRoutes(app: App, { elections }: { readonly elections: FindElections }) {
  app.get(
    '/v1/elections/:electionId/logo',
    {
      schema: {
        operationId: 'getLogo',
        tags: ['elections'],
        summary: 'The logo of the organiser, where the election has one',
        description:
          'A PNG. Its SHA-256 is `logo.sha256` in the signed document of the election. `not-found` without a logo, and for ' +
          'any other `sha256`.',
        params,
        querystring,
      },
      config: documented({
        answers: {
          200: {
            description: 'The picture.',
            content: { 'image/png': { examples: { logo: { summary: 'A PNG', value: voterApiExamples.logo } } } },
            headers,
          },
          304: { description: 'The client has this picture already (If-None-Match).', headers },
        },
        rejections: [...problemCodesOf('election-document'), 'not-found'],
      }),
    },
    async (request, reply) => {
      const { election, logo } = await elections.find(request.params.electionId);
      const { sha256 } = request.query;
      if (!logo || (sha256 !== undefined && sha256 !== election.logo?.sha256)) throw new Problem('not-found');
      return sendPrepared(request, reply, logo.answer, sha256 === undefined ? logo.freshSeconds : 'always');
    },
  );
}
