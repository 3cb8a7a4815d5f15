// One voter's way through the public API: session, held-open wait while the text is sent from the phone, cast. It does
// what a good client does: keeps the ballot key, and after an uncertain answer sends the same bytes again.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hkid, phone } from '../../test/support/identities.ts';
import { NoAnswer, requestText } from './keep-alive-client.ts';
import type { Answer, ConnectionPool, Origin } from './keep-alive-client.ts';

/** Held requests that come back empty before the voter gives up. */
const waitsMax = 4;
const waitSeconds = 25;
/** Times that one cast is sent. */
const castsMax = 20;

export type BallotPaper = {
  readonly id: string;
  readonly identity: { readonly scheme: string };
  readonly contests: readonly {
    readonly id: string;
    readonly minChoices: number;
    readonly maxChoices: number;
    readonly options: readonly { readonly id: string }[];
  }[];
};

export type Target = {
  readonly api: Origin;
  readonly sms: Origin;
  readonly election: BallotPaper;
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

/** A valid ballot, drawn anew for each voter. */
export function drawBallot(paper: BallotPaper): { contests: { contestId: string; choices: string[] }[] } {
  return {
    contests: paper.contests.map(({ id, minChoices, maxChoices, options }) => {
      const count = Math.max(1, minChoices) + Math.floor(Math.random() * (maxChoices - Math.max(1, minChoices) + 1));
      const left = options.map((option) => option.id);
      const choices = Array.from({ length: count }, () => left.splice(Math.floor(Math.random() * left.length), 1)[0]!);
      return { contestId: id, choices };
    }),
  };
}

/** The nth voter's number, in schemes that have one that can be made up. */
function numberOf(scheme: string, n: number): { number: string } | undefined {
  if (scheme === 'hkid') return { number: hkid(n) };
  if (scheme === 'phone-only') return undefined;
  throw new Error(`Numbers of the scheme ${scheme} cannot be made up: use an election with hkid or phone-only.`);
}

class StepFailed extends Error {
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
  ballot = drawBallot(target.election),
): Promise<Vote> {
  try {
    const started = performance.now();
    const session = await startSession(target, doors, n);
    const began = performance.now();
    const token = await verify(target, doors, n, session);
    const verified = performance.now();
    const ballotKey = randomBytes(32).toString('base64url');
    const { receipt, resent } = await cast(doors, castText(target, token, ballotKey, ballot));
    const ms = { session: began - started, verify: verified - began, cast: performance.now() - verified };
    return { outcome: 'recorded', receipt, ms, resent };
  } catch (error) {
    if (error instanceof StepFailed) return { outcome: 'failed', step: error.step, why: error.message };
    throw error;
  }
}

type Session = { readonly token: string; readonly code: string; readonly sendTo: string };

export async function startSession(target: Target, doors: Doors, n: number): Promise<Session> {
  const identity = numberOf(target.election.identity.scheme, n);
  const body = { electionId: target.election.id, ...(identity && { identity }), phone: phone(n), method: 'text-in' };
  const answer = await sent('session', doors.api.request(requestText(target.api, 'POST', '/v1/sessions', { body })));
  if (answer.status !== 201) throw new StepFailed('session', problemOf(answer));
  const { token, verification } = JSON.parse(answer.body) as {
    token: string;
    verification: { code: string; sendTo: string };
  };
  return { token, ...verification };
}

/** Waits, held open, while the text goes from the phone to the simulator. */
export async function verify(target: Target, doors: Doors, n: number, session: Session): Promise<string> {
  const wait = requestText(target.api, 'GET', `/v1/sessions/current?wait=${waitSeconds}`, { token: session.token });
  const text = { from: phone(n), to: session.sendTo, body: session.code };
  const held = doors.api.request(wait);
  // Handled below; a text that fails first must not leave it unhandled.
  held.catch(() => undefined);
  const texted = await sent(
    'verify',
    doors.sms.request(requestText(target.sms, 'POST', '/simulator/texts', { body: text })),
  );
  if (texted.status >= 300) throw new StepFailed('verify', `the text: ${problemOf(texted)}`);
  let answer = await sent('verify', held);
  for (let waits = 1; ; waits += 1) {
    if (answer.status !== 200) throw new StepFailed('verify', problemOf(answer));
    const state = JSON.parse(answer.body) as { state: string; token?: string };
    if (state.token !== undefined) return state.token;
    if (waits === waitsMax) throw new StepFailed('verify', state.state);
    answer = await sent('verify', doors.api.request(wait));
  }
}

export function castText(target: Target, token: string, ballotKey: string, ballot: unknown): string {
  return requestText(target.api, 'POST', '/v1/ballots', { token, body: { ballotKey, ballot } });
}

/** Sends the same bytes until the answer is certain. */
export async function cast(doors: Doors, text: string): Promise<{ receipt: string; resent: readonly string[] }> {
  const resent: string[] = [];
  for (let casts = 1; ; casts += 1) {
    const answer = await doors.api.request(text).catch((error: unknown) => {
      if (error instanceof NoAnswer) return null;
      throw error;
    });
    if (answer?.status === 201) return { receipt: answer.body, resent };
    const uncertain = answer === null || answer.status === 503;
    const why = answer ? problemOf(answer) : 'no answer';
    if (!uncertain || casts === castsMax) throw new StepFailed('cast', why);
    resent.push(why);
    await pause((answer?.retryAfterSeconds ?? 1) * 1_000 * Math.random());
  }
}

async function sent(step: Step, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw new StepFailed(step, error instanceof Error ? error.message : 'no answer');
  }
}

/** Status and code of a rejection: a closed set, fit for counting. */
export function problemOf({ status, body }: Answer): string {
  const code = /"code":"([a-z-]+)"/.exec(body)?.[1];
  return `${status}${code === undefined ? '' : ` ${code}`}`;
}
