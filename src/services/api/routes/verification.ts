// Step 2 by a code that was texted to the voter, and sending again. Every try is judged by `sms`, which alone knows the
// code.
import type { App } from '../../../platform/http/http.ts';
import { problemCodesOf } from '../../../protocol/problem.ts';
import { codeRequest, pendingSession, resendRequest, verifiedSession } from '../../../protocol/public-api.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import { voterApiExamples } from '../examples.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import type { SessionGuard } from '../sessions/session-tokens.ts';
import type { VoterSessions } from '../sessions/sessions.ts';
import { pendingAnswer } from './pending-answer.ts';

const checkOperation: Operation = {
  answers: {
    200: jsonAnswer('The phone is verified: cast with the new token.', 'VerifiedSession', {
      verified: { summary: 'Verified', value: voterApiExamples.verified },
    }),
  },
  rejections: problemCodesOf('check-code'),
  requests: { code: { summary: 'The eight digits of the text', value: { code: '1234 5678' } } },
};

const resendOperation: Operation = {
  answers: { 200: pendingAnswer('The same session, with a new token that replaces the old.') },
  rejections: problemCodesOf('resend-code'),
  requests: {
    again: { summary: 'The same again', value: {} },
    other: { summary: 'Another method', value: { method: 'text-in' } },
  },
};

const shared = { tags: ['sessions'], security: [{ pendingToken: [] }] };

export type VerificationOptions = { readonly sessions: VoterSessions; readonly guard: SessionGuard<PendingClaims> };

export async function verificationRoutes(app: App, { sessions, guard }: VerificationOptions) {
  app.post(
    '/v1/sessions/current/code',
    {
      onRequest: guard.onRequest,
      schema: {
        ...shared,
        operationId: 'checkCode',
        summary: 'Step 2 by a code: verified, or the tries that are left',
        description: 'For sessions of the method `code`. The pending token is the bearer.',
        body: codeRequest,
        response: { 200: verifiedSession },
      },
      config: documented(checkOperation),
    },
    async (request, reply) => {
      const verified = await sessions.checkCode(guard.claimsOf(request), request.body.code);
      return reply.header('cache-control', 'no-store').send(verified);
    },
  );

  app.post(
    '/v1/sessions/current/resend',
    {
      onRequest: guard.onRequest,
      schema: {
        ...shared,
        operationId: 'resendCode',
        summary: 'The same code again, or another method',
        description:
          'A code that was sent is sent again while it is valid. A code to text in is not kept anywhere, so a new one is ' +
          'shown. The session keeps its end; the new token replaces the old.',
        body: resendRequest,
        response: { 200: pendingSession },
      },
      config: documented(resendOperation),
    },
    async (request, reply) => {
      const session = await sessions.resend(guard.claimsOf(request), request.body.method);
      return reply.header('cache-control', 'no-store').send(session);
    },
  );
}
