// "Am I on the roll?", for voters before the opening.
import { z } from 'zod';
import type { App } from '../../../platform/http/http.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import { rollAnswered, rollQuestion } from '../../../protocol/public-api.ts';
import { electionId } from '../../../protocol/public-values.ts';
import type { RollQuestions } from '../sessions/roll-questions.ts';

export async function rollQuestionRoutes(app: App, { rollQuestions }: { rollQuestions: RollQuestions }) {
  app.post(
    '/v1/elections/:electionId/roll-question',
    {
      schema: {
        operationId: 'askRoll',
        tags: ['elections'],
        summary: 'Ask whether a number is on the roll, before voting opens',
        description:
          'Only for elections with identity scheme `roll`, until they open; then `not-open`. Both answers have the same ' +
          'size and take the same time. Where the election has a second element, it is asked for too, and a wrong one is ' +
          '`absent`. Few questions are answered for one address block, and few wrong ones of an election with a second ' +
          'element. None is remembered.',
        params: z.object({ electionId }),
        body: rollQuestion,
        response: { 200: rollAnswered },
      },
      config: documented({
        answers: {
          200: jsonAnswer('Whether the number is on the roll.', 'RollAnswer', {
            listed: { summary: 'On the roll', value: { roll: 'listed' } },
            absent: { summary: 'Not on the roll', value: { roll: 'absent' } },
          }),
        },
        rejections: ['election-not-found', 'not-open', 'invalid-identity', 'too-many-requests', 'busy'],
        requests: {
          number: { summary: 'A number', value: { number: 'A-1234' } },
          second: { summary: 'A number and a PIN', value: { number: 'A-1234', second: '004217' } },
        },
      }),
    },
    async (request, reply) => {
      const answer = await rollQuestions.ask(request.params.electionId, request.body, request.ip);
      return reply.header('cache-control', 'no-store').send(answer);
    },
  );
}
