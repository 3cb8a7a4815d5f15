// Route of the platform's status, for administrators and auditors: the findings of `popvote doctor` in every running
// service.
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
          next: 'Set appendonly yes and appendfsync always. It has accepted batches until they are stored.',
        },
      ],
    },
  ],
  silent: [
    {
      service: 'worker',
      since: '2026-06-20T10:04:41.000Z',
      next: 'Start worker. If it is running, read its log. It reports once a minute.',
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
        summary: 'Get the status of every service',
        description:
          'Every service runs the checks of `popvote doctor` once a minute, and every ten seconds while a check fails. Each ' +
          'expected service is in `services`, with each process that reported within three minutes, or in `silent`, with ' +
          'the next step. For `ballots` only the process that answered is listed. The status of the panel is at its ' +
          '`/readyz`.',
        response: { 200: systemAnswer },
      },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({
          answers: {
            200: jsonAnswer('The findings.', 'System', { one: { summary: 'Two services', value: example } }),
          },
          rejections: [],
        }),
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send(await system.show()),
  );
}
