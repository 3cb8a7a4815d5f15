// Step 2 by a text: a request that is held open until the text arrives, as one answer or as server-sent events. The
// request leaves the framework's hands, so that what is kept of it is small.
import type { App } from '../../../platform/http/http.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { Problem, problemCodesOf } from '../../../protocol/problem.ts';
import { waitQuery, waitSecondsMax } from '../../../protocol/public-api.ts';
import type { SessionState } from '../../../protocol/public-api.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import { voterApiExamples } from '../examples.ts';
import { HeldAnswer } from '../waiting/held-answer.ts';
import { documented } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import type { SessionGuard } from '../sessions/session-tokens.ts';
import type { VoterSessions } from '../sessions/sessions.ts';
import type { VerificationState, Watched } from '../waiting/verification-state.ts';
import type { Waiters, Waiting } from '../waiting/waiters.ts';

const operation: Operation = {
  answers: {
    200: {
      description: 'The state, at once when it changes and otherwise when the wait is over.',
      content: {
        'application/json': {
          schema: 'SessionState',
          examples: {
            pending: { summary: 'No text yet: ask again', value: { state: 'pending' } },
            wrongSender: { summary: 'The code came from another phone', value: { state: 'wrong-sender' } },
            wrongCode: { summary: 'The phone sent another code', value: { state: 'wrong-code' } },
            verified: { summary: 'Verified: cast with the new token', value: voterApiExamples.verified },
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
  readonly waiters: Waiters;
  readonly read: (watched: readonly Watched[]) => Promise<VerificationState[]>;
  readonly headers: Readonly<Record<string, string>>;
};

export async function waitRoutes(app: App, { sessions, guard, waiters, read, headers }: WaitOptions) {
  app.get(
    '/v1/sessions/current',
    {
      onRequest: guard.onRequest,
      schema: {
        operationId: 'waitForVerification',
        tags: ['sessions'],
        security: [{ pendingToken: [] }],
        summary: 'Step 2: held open until the text arrives',
        description:
          'Answers at once when the text arrives and otherwise after `wait` seconds; then ask again. A new request of ' +
          'the same session displaces the one before, which is answered `pending`. With `Accept: text/event-stream` the ' +
          'states come as server-sent events named `state`, until one is `verified` or the wait is over.',
        querystring: waitQuery,
      },
      config: documented(operation),
    },
    async (request, reply) => {
      const session = waitingOf(guard.claimsOf(request));
      const { wait } = request.query;
      const style = wantsEvents(request.headers.accept) ? 'events' : 'json';
      if (wait === 0 && style === 'json') {
        return reply.header('cache-control', 'no-store').send(await stateNow(session, read, sessions));
      }
      if (waiters.full(session.sid)) throw new Problem('busy', retrySoon());
      reply.hijack();
      const seconds = wait === 0 ? waitSecondsMax : wait;
      void waiters.hold(session, new HeldAnswer(reply.raw, headers, request.id, style), seconds * 1_000);
      return reply;
    },
  );
}

function waitingOf({ sid, electionId, identity, phoneKey, codeTag, startedAtMs }: PendingClaims): Waiting {
  return { sid, electionId, identity, phoneKey, codeTag, startedAtMs };
}

async function stateNow(session: Waiting, read: WaitOptions['read'], sessions: VoterSessions): Promise<SessionState> {
  const { codeTag } = session;
  if (codeTag === undefined) return { state: 'pending' };
  const [finding] = await read([{ ...session, codeTag }]).catch(() => {
    throw new Problem('verification-unavailable', retrySoon());
  });
  if (finding?.state === 'verified') return sessions.verify(session, finding.attestation);
  return { state: finding?.state ?? 'pending' };
}

const wantsEvents = (accept: string | undefined): boolean => /(?:^|[\s,])text\/event-stream\b/i.test(accept ?? '');
