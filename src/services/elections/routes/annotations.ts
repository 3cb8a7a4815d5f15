// Routes that add to an announced election: a notice, and the withdrawal of an option. Repeating a request changes
// nothing.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { allows } from '../../../platform/http/role-guard.ts';
import type { RoleGuard } from '../../../platform/http/role-guard.ts';
import { noticeRequest, withdrawnOption } from '../../../protocol/control/election-lifecycle-api.ts';
import { electionAnswer } from '../../../protocol/control/elections-api.ts';
import { proposedAnswer } from '../../../protocol/control/proposals-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import { electionsExamples } from '../api-docs/examples.ts';
import type { Elections } from '../drafts/elections.ts';
import type { Proposals } from '../proposals/proposals.ts';
import { callerOf } from './caller.ts';
import { proposedResponse, respondProposed } from './proposed.ts';

const params = z.object({ electionId });
const tags = ['voting'];
const added =
  'It is a signed part of the public document and is never removed. The ballot, the election page, the turnout and the ' +
  'result show it. If a service is unavailable, the answer is `busy`, and `changing` is true until the outcome is known.';
const answers = {
  200: {
    ...jsonAnswer('The election.', 'ElectionAnswer', {
      election: { summary: 'An election', value: { election: electionsExamples.election } },
    }),
    headers: { ETag: 'The version, for If-Match.' },
  },
  202: proposedResponse,
};

export type AnnotationOptions = {
  readonly proposals: Proposals;
  readonly elections: Pick<Elections, 'find'>;
  readonly guard: RoleGuard;
};

export async function annotationRoutes(app: App, options: AnnotationOptions): Promise<void> {
  noticeRoute(app, options);
  withdrawalRoute(app, options);
}

function noticeRoute(app: App, { proposals, elections, guard }: AnnotationOptions): void {
  app.post(
    '/v1/elections/:electionId/notices',
    {
      schema: {
        operationId: 'addNotice',
        tags,
        summary: 'Publish a notice, such as the correction of an error',
        description: `From the announcement until the election is closed. ${added}`,
        params,
        body: noticeRequest,
        response: { 200: electionAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers,
          rejections: ['second-factor-missing', 'election-not-found', 'conflict'],
          requests: {
            erratum: {
              summary: 'An erratum',
              value: {
                text: { en: 'Option 2 is a proposal of the works council, not of the board.' },
                reason: 'The description on the ballot was wrong.',
              },
            },
          },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const outcome = await proposals.act('add-notice', callerOf(guard, request), id, request.body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      const election = await elections.find(id);
      return reply.headers({ 'cache-control': 'no-store', etag: `"${election.version}"` }).send({ election });
    },
  );
}

function withdrawalRoute(app: App, { proposals, elections, guard }: AnnotationOptions): void {
  app.post(
    '/v1/elections/:electionId/withdrawn-options',
    {
      schema: {
        operationId: 'withdrawOption',
        tags,
        summary: 'Withdraw an option while voting is open',
        description:
          'From then on no ballot with this option is recorded. Ballots that were cast before stay valid. The result ' +
          `reports the votes for the option, and the option wins nothing. ${added}`,
        params,
        body: withdrawnOption,
        response: { 200: electionAnswer, 202: proposedAnswer },
      },
      config: {
        ...allows('administrator'),
        ...documented({
          answers,
          rejections: ['second-factor-missing', 'election-not-found', 'conflict', 'invalid-election'],
          requests: {
            withdrawal: {
              summary: 'A candidate who withdrew',
              value: {
                contestId: 'contest-1',
                optionId: 'option-2',
                reason: 'The candidate withdrew in writing on 20 June.',
              },
            },
          },
        }),
      },
    },
    async (request, reply) => {
      const { electionId: id } = request.params;
      const outcome = await proposals.act('withdraw-option', callerOf(guard, request), id, request.body);
      if (outcome.kind === 'proposed') return respondProposed(reply, outcome);
      const election = await elections.find(id);
      return reply.headers({ 'cache-control': 'no-store', etag: `"${election.version}"` }).send({ election });
    },
  );
}
