// Which rejections of another service are forwarded to the voter: those that answer the call (`answersTo` in the problem
// table). Any other failure becomes the fallback of the call.
import type { CallFaultLog } from '../../platform/fault-log.ts';
import { retrySoon } from '../../platform/http/problems.ts';
import { CallFailed } from '../../platform/private-calls/private-calls.ts';
import { Problem, problems } from '../../protocol/problem.ts';
import type { ProblemCode } from '../../protocol/problem.ts';

/** Wait in seconds for a 429 without a wait from the callee. */
const tooManySeconds = 60;

/** Throws the callee's rejection if it answers this call, else the fallback. */
export function reject(
  error: unknown,
  forwarded: readonly ProblemCode[],
  fallback: ProblemCode,
  faults: CallFaultLog,
): never {
  if (!(error instanceof Problem || error instanceof CallFailed)) throw error;
  throw answeredRejection(error, forwarded, fallback, faults);
}

/** The callee's rejection if it answers this call, else the fallback. `null`: an answer that is no rejection. */
export function answeredRejection(
  error: Problem | CallFailed | null,
  forwarded: readonly ProblemCode[],
  fallback: ProblemCode,
  faults: CallFaultLog,
): Problem {
  const rejection = error instanceof Problem ? forwardedRejection(error, forwarded) : null;
  if (rejection) return rejection;
  logFailedCall(faults, error);
  return new Problem(fallback, retrySoon());
}

export function logFailedCall(faults: CallFaultLog, error: unknown): void {
  const rejection = error instanceof Problem ? error.code : 'none';
  faults.failed(rejection, error ?? undefined, 'call.failed', { rejection });
}

/** The callee's rejection as the voter gets it, or null if it does not answer the voter's call. */
export function forwardedRejection({ code, extras }: Problem, forwarded: readonly ProblemCode[]): Problem | null {
  if (!forwarded.includes(code)) return null;
  const { status, constantBody } = problems[code];
  if (constantBody) return new Problem(code);
  const wait = status === 429 ? { retryAfterSeconds: tooManySeconds } : status === 503 ? retrySoon() : {};
  return new Problem(code, { ...wait, ...extras });
}
