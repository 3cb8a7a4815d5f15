// Step 2 by an inbound SMS: a long-poll until the text arrives, with one answer or with server-sent events. The request
// is hijacked from the framework, so that it needs little memory.
import type { HoldAnswer } from '../../../platform/http/after-answer.ts';
import type { App } from '../../../platform/http/http.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { Problem, problemCodesOf } from '../../../protocol/problem.ts';
import { waitQuery, waitSecondsMax } from '../../../protocol/public-api.ts';
import type { SessionState } from '../../../protocol/public-api.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import { voterApiExamples } from '../examples.ts';
import { LongPollResponse } from '../waiting/long-poll-response.ts';
import { documented } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import type { SessionGuard } from '../sessions/session-tokens.ts';
import type { VoterSessions } from '../sessions/sessions.ts';
import type { Watched } from '../waiting/text-proof.ts';
import type { VerificationState } from '../waiting/verification-state.ts';
import type { PollingSession } from '../waiting/long-poll.ts';
import type { LongPolls } from '../waiting/long-polls.ts';

const operation: Operation = {
  answers: {
    200: {
      description: 'The state, as soon as it changes or when the wait is over.',
      content: {
        'application/json': {
          schema: 'SessionState',
          examples: {
            pending: { summary: 'No text yet. Request again', value: { state: 'pending' } },
            wrongSender: { summary: 'The code came from another phone', value: { state: 'wrong-sender' } },
            sendAgain: { summary: 'The text may be lost. Send it again', value: { state: 'send-again' } },
            texted: { summary: 'The text came. Ask for the code back', value: { state: 'texted' } },
            verified: { summary: 'Verified. Cast with the new token', value: voterApiExamples.verified },
          },
        },
        'text/event-stream': {
          examples: { events: { summary: 'Events', value: 'event: state\ndata: {"state":"pending"}\n\n' } },
        },
      },
    },
  },
  rejections: problemCodesOf('wait'),
};

export type WaitOptions = {
  readonly sessions: VoterSessions;
  readonly guard: SessionGuard<PendingClaims>;
  readonly longPolls: LongPolls;
  readonly read: (watched: readonly Watched[]) => Promise<VerificationState[]>;
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly holdAnswer: HoldAnswer;
};

export async function waitRoutes(app: App, options: WaitOptions) {
  const { sessions, guard, longPolls, read, headers } = options;
  app.get(
    '/v1/sessions/current',
    {
      onRequest: guard.onRequest,
      schema: {
        operationId: 'waitForVerification',
        tags: ['sessions'],
        security: [{ pendingToken: [] }],
        summary: 'Step 2 by an inbound SMS: long-poll until the text arrives',
        description:
          'Answers as soon as the text arrives, otherwise after `wait` seconds. Then request again. A new request of the ' +
          'same session replaces the previous one, which is answered `pending`. With `Accept: text/event-stream` the ' +
          'states are server-sent events named `state`, until one is `verified` or `texted`, or the wait is over. After ' +
          '`texted`, `POST /v1/sessions/current/resend` sends the code back to the phone.',
        querystring: waitQuery,
      },
      config: { ...documented(operation), ...sheds('last') },
    },
    async (request, reply) => {
      const session = pollingSessionOf(guard.claimsOf(request));
      const { wait } = request.query;
      const style = acceptsEvents(request.headers.accept) ? 'events' : 'json';
      if (wait === 0 && style === 'json') {
        return reply.header('cache-control', 'no-store').send(await stateNow(session, read, sessions));
      }
      if (longPolls.full(session.sid)) throw new Problem('busy', retrySoon());
      const response = options.holdAnswer(request, reply);
      const seconds = wait === 0 ? waitSecondsMax : wait;
      void longPolls.add(session, new LongPollResponse(response, headers, request.id, style), seconds * 1_000);
      return reply;
    },
  );
}

// A challenge is long, and a session with one waits for no text.
const pollingSessionOf = ({ challenge: _challenge, ...session }: PendingClaims): PollingSession => session;

async function stateNow(
  session: PollingSession,
  read: WaitOptions['read'],
  sessions: VoterSessions,
): Promise<SessionState> {
  const { codeTag } = session;
  if (codeTag === undefined) return { state: 'pending' };
  const [finding] = await read([{ ...session, codeTag }]).catch(() => {
    throw new Problem('verification-unavailable', retrySoon());
  });
  if (finding?.state === 'texted') return sessions.texted(session, finding.attestation);
  return { state: finding?.state ?? 'pending' };
}

const acceptsEvents = (accept: string | undefined): boolean => /(?:^|[\s,])text\/event-stream\b/i.test(accept ?? '');
