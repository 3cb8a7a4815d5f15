// Step 2 by a one-time code, and sending it again. Only `sms` can read the code, so it checks every try.
import type { App } from '../../../platform/http/http.ts';
import { problemCodesOf } from '../../../protocol/problem.ts';
import { codeRequest, pendingSession, resendRequest, verifiedSession } from '../../../protocol/public-api.ts';
import type { PendingClaims } from '../../../protocol/tokens.ts';
import { voterApiExamples } from '../examples.ts';
import { documented, jsonAnswer } from '../../../platform/http/openapi.ts';
import type { Operation } from '../../../platform/http/openapi.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import type { SessionGuard } from '../sessions/session-tokens.ts';
import type { VoterSessions } from '../sessions/sessions.ts';
import { pendingAnswer } from './pending-answer.ts';

const checkOperation: Operation = {
  answers: {
    200: jsonAnswer('The phone is verified. Cast with the new token.', 'VerifiedSession', {
      verified: { summary: 'Verified', value: voterApiExamples.verified },
    }),
  },
  rejections: problemCodesOf('check-code'),
  requests: { code: { summary: 'The eight digits of the text', value: { code: '1234 5678' } } },
};

const resendOperation: Operation = {
  answers: { 200: pendingAnswer('The same session, with a new token that replaces the old one.') },
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
        summary: 'Step 2 by a code: check the code',
        description:
          'For sessions of the methods `code` and `text-in-confirmed`. The bearer token is the pending one. A wrong code is answered with the remaining tries.',
        body: codeRequest,
        response: { 200: verifiedSession },
      },
      config: { ...documented(checkOperation), ...sheds('last') },
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
        summary: 'Send the code back, send it again, or use another method',
        description:
          'After `texted`, a session of the method `text-in-confirmed` gets the code back by text. A one-time code is sent ' +
          'again while it is valid. A text-in code is not stored, so the answer has a new one. ' +
          'The end of the session does not change. The new token replaces the old one.',
        body: resendRequest,
        response: { 200: pendingSession },
      },
      config: { ...documented(resendOperation), ...sheds('last') },
    },
    async (request, reply) => {
      const session = await sessions.resend(guard.claimsOf(request), request.body.method, request.ip);
      return reply.header('cache-control', 'no-store').send(session);
    },
  );
}
