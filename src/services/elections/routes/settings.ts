// Routes of the settings of all elections.
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { settings } from '../../../protocol/control/elections-api.ts';
import type { ElectionSettings } from '../drafts/election-settings.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import { callerOf } from './caller.ts';

const tags = ['settings'];
const theSettings = jsonAnswer('The settings.', 'Settings', {
  settings: { summary: 'One at a time', value: electionsExamples.settings },
});

export type SettingsOptions = { readonly settings: ElectionSettings; readonly guard: RoleGuard };

export async function settingsRoutes(app: App, { settings: electionSettings, guard }: SettingsOptions): Promise<void> {
  app.get(
    '/v1/settings',
    {
      schema: { operationId: 'getSettings', tags, summary: 'Get the settings', response: { 200: settings } },
      config: {
        ...allows('administrator', 'auditor'),
        ...documented({ answers: { 200: theSettings }, rejections: [] }),
      },
    },
    async (_request, reply) => reply.header('cache-control', 'no-store').send(await electionSettings.find()),
  );
  app.patch(
    '/v1/settings',
    {
      schema: {
        operationId: 'changeSettings',
        tags,
        summary: 'Allow one or several elections at a time',
        description:
          '`oneAtATime` is rejected while announced elections overlap. `errors` lists each pair. An election may open at ' +
          'the moment when another one closes. Rehearsals do not count.',
        body: settings,
        response: { 200: settings },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: { 200: theSettings },
          rejections: ['conflict'],
          requests: { one: { summary: 'One at a time', value: electionsExamples.settings } },
        }),
      },
    },
    async (request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .send(await electionSettings.change(callerOf(guard, request), request.body)),
  );
}
