// How the platform is, for administrators and auditors: what `popvote doctor` finds in every running service.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import { systemAnswer } from '../../../protocol/control/system-api.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import type { System } from '../monitoring/system.ts';

const example: SystemAnswer = {
  at: '2026-06-20T10:15:30.000Z',
  services: [
    {
      service: 'access',
      instance: 'control-1-4711',
      version: '0.1.0',
      reportedAt: '2026-06-20T10:15:02.000Z',
      findings: [
        { check: 'configuration', state: 'ok', observed: 'complete' },
        {
          check: 'CONTROL_REDIS_URL append-only file',
          state: 'failed',
          observed: 'off',
          next: 'Set appendonly yes and appendfsync always: accepted batches lie in it until they are stored.',
        },
      ],
    },
  ],
  silent: [
    {
      service: 'worker',
      since: '2026-06-20T10:04:41.000Z',
      next: 'Start worker. Where it runs, read its log: it reports once a minute.',
    },
  ],
};

export async function systemRoutes(app: App, { system }: { readonly system: System }): Promise<void> {
  app.get(
    '/v1/system',
    {
      schema: {
        operationId: 'getSystem',
        tags: ['system'],
        summary: 'How every service is',
        description:
          'Every service examines itself as `popvote doctor` does, once a minute, and every ten seconds while something ' +
          'has failed. Each expected service is in `services`, with each of its processes that reported within three ' +
          'minutes, or in `silent`, with what to do. Of `ballots` it is the process that answered. The panel says by its ' +
          'own `/readyz` how it is.',
        response: { 200: systemAnswer },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The findings.', 'System', { one: { summary: 'Of two of them', value: example } }),
          },
          rejections: [],
        }),
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send(await system.show()),
  );
}
