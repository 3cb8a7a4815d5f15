// Routes of activations: an official gives a voter without a phone a code, and who runs the election sees how many.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { activationAnswer, activationCounts, activationRequest } from '../../../protocol/control/activations-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { Activations } from '../activations/activations.ts';
import { activationExamples } from '../api-docs/activation-examples.ts';
import { callerOf } from './caller.ts';

const params = z.object({ electionId });
const tags = ['voting'];
const uncached = { 'cache-control': 'no-store' };

export type ActivationOptions = { readonly activations: Activations; readonly guard: RoleGuard };

export async function activationRoutes(app: App, { activations, guard }: ActivationOptions): Promise<void> {
  app.post(
    '/v1/elections/:electionId/activations',
    {
      schema: {
        operationId: 'activateVoter',
        tags,
        summary: 'Give a voter without a phone a code',
        description:
          'Where the election has `verification.activation`, while voting is open. Check at the table who the voter is, and ' +
          'send the number. The voter types the code at a device that is enrolled at the station now. It works once, for ten ' +
          'minutes. The answer does not say whether the person is on the roll or voted: the device does, at the end. Each call is ' +
          'in the audit log with your account and the station, without the number. An official has 120 in an hour.',
        params,
        body: activationRequest,
        response: { 201: activationAnswer },
      },
      config: {
        ...allows('official'),
        ...documented({
          answers: {
            201: jsonAnswer('The code. It is shown once.', 'Activation', {
              made: { summary: 'A code', value: activationExamples.answer },
            }),
          },
          rejections: [
            'second-factor-missing',
            'activation-not-allowed',
            'not-open',
            'election-not-found',
            'invalid-identity',
            'device-missing',
            'too-many-requests',
          ],
          requests: { voter: { summary: 'A voter at the town hall', value: activationExamples.request } },
        }),
      },
    },
    async (request, reply) => {
      const answer = await activations.make(callerOf(guard, request), request.params.electionId, request.body);
      return reply.code(201).headers(uncached).send(answer);
    },
  );
  app.get(
    '/v1/elections/:electionId/activations',
    {
      schema: {
        operationId: 'countActivations',
        tags,
        summary: 'How many voters officials activated, by station',
        description: 'Compare them with the list of the table. An activation is not a vote: not everyone casts.',
        params,
        response: { 200: activationCounts },
      },
      config: {
        ...allows('administrator', 'auditor', 'official'),
        ...documented({
          answers: {
            200: jsonAnswer('The numbers.', 'ActivationCounts', {
              counts: { summary: 'One station', value: activationExamples.counts },
            }),
          },
          rejections: ['election-not-found'],
        }),
      },
    },
    async (request, reply) => reply.headers(uncached).send(await activations.counts(request.params.electionId)),
  );
  await Promise.resolve();
}
