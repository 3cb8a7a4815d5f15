// GET and POST /v1/elections/:electionId/destruction: what is left of the data of an election, and the signed certificate that
// nothing is.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { destructionRequest, destructionState } from '../../../protocol/control/destruction-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { destructionExamples as examples } from '../api-docs/destruction-examples.ts';
import type { Destruction } from '../destruction/destruction.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const tags = ['results'];
const uncached = { 'cache-control': 'no-store' };

export type DestructionOptions = {
  readonly destruction: Destruction;
  readonly proposals: Proposals;
  readonly guard: RoleGuard;
};

export async function destructionRoutes(app: App, options: DestructionOptions): Promise<void> {
  readingRoute(app, options);
  certifyingRoute(app, options);
}

function readingRoute(app: App, { destruction }: DestructionOptions): void {
  app.get(
    '/v1/elections/:electionId/destruction',
    {
      schema: {
        operationId: 'getDestruction',
        tags,
        summary: 'What is left of the data of an election, and the certificate of its destruction',
        params,
        response: { 200: destructionState },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('What is left, and the certificate.', 'DestructionState', {
              ready: { summary: 'Nothing is left', value: examples.ready },
              certified: { summary: 'With the certificate', value: examples.certified },
            }),
          },
          rejections: ['election-not-found', 'results-not-counted'],
        }),
      },
    },
    async (request, reply) => reply.headers(uncached).send(await destruction.find(request.params.electionId)),
  );
}

function certifyingRoute(app: App, { proposals, guard }: DestructionOptions): void {
  app.post(
    '/v1/elections/:electionId/destruction',
    {
      schema: {
        operationId: 'certifyDestruction',
        tags,
        summary: 'Certify that the data of an election is destroyed',
        description:
          'After the certification of the results and the time of retention. Destroy the data first, as the runbook ' +
          '`destroy-election-data` says. The platform checks what it can see; backups and copies of keys are stated. The ' +
          'certificate is signed, published with the documents of the election, and never changed. Repeating this changes ' +
          'nothing.',
        params,
        body: destructionRequest,
        response: { 200: destructionState, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The certificate.', 'DestructionState', {
              certified: { summary: 'With the certificate', value: examples.certified },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'results-not-counted', 'conflict', 'busy'],
          requests: { destruction: { summary: 'Three months of retention', value: examples.request } },
        }),
      },
    },
    async (request, reply) => {
      const { params: at, body } = request;
      const outcome = await proposals.act('certify-destruction', callerOf(guard, request), at.electionId, body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send(outcome.result);
    },
  );
}
