// Codes. Only `api` may call these. A code that is sent to a phone is never part of an answer. A code that voters text in is:
// they see it on the page.
import { createCallFaultLog } from '../../../platform/fault-log.ts';
import type { CallFaultLog } from '../../../platform/fault-log.ts';
import type { App } from '../../../platform/http/http.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { sheds } from '../../../platform/http/shedding.ts';
import { admits } from '../../../platform/private-calls/private-calls.ts';
import { Problem, problemBody, rejectedItemOf } from '../../../protocol/problem.ts';
import type { Attestation } from '../../../protocol/proofs/attestation.ts';
import {
  checkCodeAnswer,
  checkCodeCall,
  checkCodesAnswer,
  checkCodesCall,
  confirmCall,
  resendCodeCall,
  sendCodeAnswer,
  sendCodeCall,
  textCodesAnswer,
  textCodesCall,
} from '../../../protocol/sms-service.ts';
import type { CodeCheckOutcome } from '../../../protocol/sms-service.ts';
import type { CheckCode } from '../codes/check-codes.ts';
import type { CodeSender } from '../codes/send-codes.ts';
import type { MakeTextCodes } from '../inbound/make-text-codes.ts';

type CodeParts = {
  readonly sender: CodeSender;
  readonly check: CheckCode;
  readonly makeTextCodes: MakeTextCodes;
};

const rejections = { 401: problemBody, 403: problemBody, 422: problemBody, 429: problemBody, 503: problemBody };
const config = { ...admits('api'), ...sheds('last') };

export async function codeRoutes(app: App, { sender, check, makeTextCodes }: CodeParts): Promise<void> {
  app.post(
    '/private/text-codes',
    {
      config,
      schema: {
        summary: 'Makes the codes that voters text in, for many sessions.',
        body: textCodesCall,
        response: { 200: textCodesAnswer, ...rejections },
      },
    },
    (request) => ({ codes: makeTextCodes(request.body.items) }),
  );
  app.post(
    '/private/codes',
    {
      config,
      schema: {
        summary: 'Makes a code and sends it by text.',
        body: sendCodeCall,
        response: { 200: sendCodeAnswer, ...rejections },
      },
    },
    (request) => sender.send(request.body),
  );
  app.post(
    '/private/confirmations',
    {
      config,
      schema: {
        summary: 'Sends a code back to a phone that texted the code of its session.',
        body: confirmCall,
        response: { 200: sendCodeAnswer, ...rejections },
      },
    },
    (request) => sender.confirm(request.body),
  );
  app.post(
    '/private/codes/resend',
    {
      config,
      schema: {
        summary: 'Sends the same code again.',
        body: resendCodeCall,
        response: { 200: sendCodeAnswer, ...rejections },
      },
    },
    (request) => sender.resend(request.body.challenge),
  );
  checkRoutes(app, check);
}

function checkRoutes(app: App, check: CheckCode): void {
  const faults = createCallFaultLog(app.log, 'error');
  app.post(
    '/private/codes/check',
    {
      config,
      schema: {
        summary: 'Checks a code that was sent.',
        body: checkCodeCall,
        response: { 200: checkCodeAnswer, ...rejections },
      },
    },
    async (request) => ({ attestation: await check(request.body) }),
  );
  app.post(
    '/private/codes/checks',
    {
      config,
      schema: {
        summary: 'Checks codes that came together.',
        body: checkCodesCall,
        response: { 200: checkCodesAnswer, ...rejections },
      },
    },
    async (request) => ({
      outcomes: await Promise.all(request.body.checks.map((one) => outcomeOf(check(one), faults))),
    }),
  );
}

/** A code that could not be checked does not reject the others. */
async function outcomeOf(checking: Promise<Attestation>, faults: CallFaultLog): Promise<CodeCheckOutcome> {
  try {
    return { attestation: await checking };
  } catch (error) {
    if (error instanceof Problem) return rejectedItemOf(error);
    faults.failed('check', error, 'check.failed');
    return rejectedItemOf(new Problem('verification-unavailable', retrySoon()));
  }
}
