// One voter's way through the public API: session, held-open wait while the text is sent from the phone, cast. It does
// what a good client does: keeps the ballot key, and after an uncertain answer sends the same bytes again.
import { randomBytes } from 'node:crypto';
import { hkid, phone } from '../../test/support/identities.ts';
import { drawBallot, voterRequests } from '../../test/support/voter/voter-requests.ts';
import type { Contests, VoterRequest } from '../../test/support/voter/voter-requests.ts';
import { castTagOf } from '../../test/support/voter/proofs.ts';
import { sendUntilCertain, verifyByText } from '../../test/support/voter/voter-steps.ts';
import type { SendRequest, VoterSession } from '../../test/support/voter/voter-steps.ts';
import { NoAnswer, requestText } from './keep-alive-client.ts';
import type { Answer, ConnectionPool, Origin } from './keep-alive-client.ts';
import { webhookText } from './webhook.ts';
import type { Webhook } from './webhook.ts';

/** Long-polls that end without a text before the voter gives up. */
const waitsMax = 4;
/** Times that one cast is sent, unless the target says another number. */
const castsMaxDefault = 20;

export type BallotPaper = {
  readonly id: string;
  readonly identity: { readonly scheme: string };
  readonly contests: Contests;
};

export type Target = {
  readonly api: Origin;
  readonly sms: Origin;
  readonly election: BallotPaper;
  /** Texts come by it; without it by the simulator. */
  readonly webhook?: Webhook;
  /** Times that one cast is sent, where it is not the usual number. */
  readonly castsMax?: number;
  /** A version from before sessions named the tag of their cast. */
  readonly withoutCastTag?: boolean;
};

export type Doors = { readonly api: ConnectionPool; readonly sms: ConnectionPool };

export type Step = 'session' | 'verify' | 'cast';
export type Vote =
  | {
      readonly outcome: 'recorded';
      readonly receipt: string;
      readonly ms: Readonly<Record<Step, number>>;
      /** Why the cast was sent again, once for each time. */
      readonly resent: readonly string[];
    }
  | { readonly outcome: 'failed'; readonly step: Step; readonly why: string };

/** The nth voter's number, in schemes that have one that can be made up. */
function numberOf(scheme: string, n: number): string | undefined {
  if (scheme === 'hkid') return hkid(n);
  if (scheme === 'phone-only') return undefined;
  throw new Error(`Numbers of the scheme ${scheme} cannot be made up: use an election with hkid or phone-only.`);
}

export class StepFailed extends Error {
  readonly step: Step;
  constructor(step: Step, why: string) {
    super(why);
    this.step = step;
  }
}

/** Casts the vote of the nth voter. Never throws: what went wrong is in the answer. */
export async function vote(
  target: Target,
  doors: Doors,
  n: number,
  ballot = drawBallot(target.election.contests),
): Promise<Vote> {
  try {
    const started = performance.now();
    const ballotKey = randomBytes(32).toString('base64url');
    const session = await startSession(target, doors, n, ballotKey);
    const began = performance.now();
    const token = await verify(target, doors, n, session);
    const verified = performance.now();
    const { receipt, resent } = await cast(doors, castText(target, token, ballotKey, ballot), target.castsMax);
    const ms = { session: began - started, verify: verified - began, cast: performance.now() - verified };
    return { outcome: 'recorded', receipt, ms, resent };
  } catch (error) {
    if (error instanceof StepFailed) return { outcome: 'failed', step: error.step, why: error.message };
    throw error;
  }
}

export async function startSession(target: Target, doors: Doors, n: number, ballotKey: string): Promise<VoterSession> {
  const number = numberOf(target.election.identity.scheme, n);
  const castTag = castTagOf(ballotKey);
  const session = { electionId: target.election.id, phone: phone(n), castTag, ...(number !== undefined && { number }) };
  const { body, ...rest } = voterRequests.session(session);
  const { castTag: _castTag, ...older } = body as Record<string, unknown>;
  const request = requestBytes(target.api, { ...rest, body: target.withoutCastTag === true ? older : body });
  const answer = await inStep('session', doors.api.request(request));
  if (answer.status !== 201) throw new StepFailed('session', problemOf(answer));
  const { token, verification } = JSON.parse(answer.body) as {
    token: string;
    verification: { code: string; sendTo: string };
  };
  return { token, ...verification };
}

/** Waits, held open, while the text goes from the phone to `sms`. */
export async function verify(target: Target, doors: Doors, n: number, session: VoterSession): Promise<string> {
  const send: SendRequest = async (service, request, token) => {
    const { webhook } = target;
    const text =
      service === 'sms' && webhook
        ? webhookText(target.sms, webhook, phone(n), session.code)
        : requestBytes(target[service], request, token);
    const { status, body } = await doors[service].request(text);
    return { status, text: body };
  };
  const verification = await inStep('verify', verifyByText(send, session, phone(n), waitsMax));
  if (verification.outcome === 'verified') return verification.token;
  const { at, answer } = verification;
  const problem = problemOf({ status: answer.status, body: answer.text });
  throw new StepFailed('verify', at === 'text' ? `the text: ${problem}` : at === 'pending' ? at : problem);
}

export function castText(target: Target, token: string, ballotKey: string, ballot: unknown): string {
  return requestBytes(target.api, voterRequests.cast(ballotKey, ballot), token);
}

/** Sends the same bytes until the answer is certain. */
export async function cast(
  doors: Doors,
  text: string,
  castsMax = castsMaxDefault,
): Promise<{ receipt: string; resent: readonly string[] }> {
  const resent: string[] = [];
  const send = (): Promise<Answer | null> =>
    doors.api.request(text).catch((error: unknown) => {
      if (error instanceof NoAnswer) return null;
      throw error;
    });
  const reason = (answer: Answer | null): string => (answer ? problemOf(answer) : 'no answer');
  const pauseMsAfter = (answer: Answer | null): number | null => {
    if (answer !== null && answer.status !== 503) return null;
    resent.push(reason(answer));
    return (answer?.retryAfterSeconds ?? 1) * 1_000 * Math.random();
  };
  const answer = await sendUntilCertain(send, pauseMsAfter, castsMax);
  if (answer?.status !== 201) throw new StepFailed('cast', reason(answer));
  return { receipt: answer.body, resent };
}

function requestBytes(origin: Origin, { method, path, body }: VoterRequest, token?: string): string {
  return requestText(origin, method, path, { body, ...(token !== undefined && { token }) });
}

/** The result of a step, or the step that failed. */
async function inStep<Result>(step: Step, result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw new StepFailed(step, error instanceof Error ? error.message : 'no answer');
  }
}

/** Status and code of a rejection: a closed set, fit for counting. */
export function problemOf({ status, body }: Pick<Answer, 'status' | 'body'>): string {
  const code = /"code":"([a-z-]+)"/.exec(body)?.[1];
  return `${status}${code === undefined ? '' : ` ${code}`}`;
}
