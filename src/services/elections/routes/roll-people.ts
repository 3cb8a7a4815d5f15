// Routes to the people of a roll: list, search, export, and taking one off. Only administrators see numbers.
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { rollListQuery, rollPage, rollRemoval, rollRemoved } from '../../../protocol/control/roll-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { rollExamples } from '../api-docs/roll-examples.ts';
import type { Proposals } from '../proposals/proposals.ts';
import type { RollPeople } from '../roll/roll-people.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const tags = ['voting'];
const uncached = { 'cache-control': 'no-store' };

export type RollPeopleOptions = {
  readonly people: RollPeople;
  readonly proposals: Proposals;
  readonly guard: RoleGuard;
};

export async function rollPeopleRoutes(app: App, options: RollPeopleOptions): Promise<void> {
  listRoute(app, options);
  removalRoute(app, options);
  await Promise.resolve();
}

function listRoute(app: App, { people, guard }: RollPeopleOptions): void {
  app.get(
    '/v1/elections/:electionId/roll',
    {
      schema: {
        operationId: 'listRoll',
        tags,
        summary: 'List and search the people on the roll of an election',
        description:
          'In the order of the import. For the next page, send `next` as `after`. Each call is audited. The list is ' +
          'destroyed when the results are published.',
        params,
        querystring: rollListQuery,
        response: { 200: rollPage },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('A page.', 'RollPage', { page: { summary: 'Two people', value: rollExamples.page } }),
          },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      const page = await people.list(callerOf(guard, request), request.params.electionId, request.query);
      return reply.headers(uncached).send(page);
    },
  );
  app.get(
    '/v1/elections/:electionId/roll.csv',
    {
      schema: {
        operationId: 'exportRoll',
        tags,
        summary: 'Export the roll of an election as CSV',
        description:
          'Columns `number` and `label`, and between them `pin` or `birth date` where the election has a second element. No ' +
          'cell is a formula. The export is audited.',
        params,
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: {
              description: 'One person per row.',
              content: {
                'text/csv': { examples: { roll: { summary: 'A roll', value: 'number,label\r\n1/11,Ana\r\n' } } },
              },
            },
          },
          rejections: ['election-not-found', 'conflict'],
        }),
      },
    },
    async (request, reply) => {
      const parts = await people.export(callerOf(guard, request), request.params.electionId);
      return reply
        .headers({
          'cache-control': 'no-store',
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="roll.csv"',
        })
        .send(Readable.from(parts));
    },
  );
}

function removalRoute(app: App, { proposals, guard }: RollPeopleOptions): void {
  app.post(
    '/v1/elections/:electionId/roll/removals',
    {
      schema: {
        operationId: 'removeFromRoll',
        tags,
        summary: 'Take a person off the roll of an election',
        description:
          'Until the election opens. For many people, import a file with mode `remove` or `replace`. The audit log has ' +
          'the reason and never the number.',
        params,
        body: rollRemoval,
        response: { 200: rollRemoved, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers: {
            200: jsonAnswer('The person is off the roll.', 'RollRemoved', {
              removed: { summary: 'Removed', value: { settled: true } },
            }),
            202: proposedResponse,
          },
          rejections: ['second-factor-missing', 'election-not-found', 'conflict'],
          requests: { person: { summary: 'A person', value: rollExamples.removal } },
        }),
      },
    },
    async (request, reply) => {
      const { params: at, body } = request;
      const outcome = await proposals.act('remove-from-roll', callerOf(guard, request), at.electionId, body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      return reply.headers(uncached).send({ settled: outcome.result });
    },
  );
}
