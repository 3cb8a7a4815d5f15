// Voters who come at a given rate, whether or not anybody is served (an open model). Each does what the voter page does:
// one that is refused at the first step leaves, and a cast is sent again after Retry-After until its answer is certain.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { drawBallot } from '../../test/support/voter/voter-requests.ts';
import { ConnectionPool, NoAnswer } from './keep-alive-client.ts';
import type { Answer } from './keep-alive-client.ts';
import { StepFailed, castText, problemOf, startSession, verify } from './voter.ts';
import type { Doors, Step, Target } from './voter.ts';

/** Connections to each service. A voter who finds none free waits for one. */
const connectionsMax = 8_000;
/** Most voters under way. Voters beyond it are counted as dropped, and not hidden. */
const underWayMax = 7_000;
/** Part of the time from which receipts count: before it the queues fill, and a collapse does not show. */
const steadyFrom = 0.4;
/** Pause before a cast is sent again, after Retry-After, in milliseconds: random, up to this. */
const againMsMax = 800;

export type ArrivalsResult = {
  readonly arrived: number;
  readonly dropped: number;
  /** Receipts per second in the steady part of the time in which voters came. */
  readonly goodput: number;
  /** Voters with a receipt. */
  readonly recorded: number;
  /** Voters who were refused before they cast, by step and reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Casts with a certain rejection, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Answers to casts after which they were sent again, by reason. */
  readonly again: Readonly<Record<string, number>>;
  /** Voters whose cast was sent and had no certain answer when the patience ended. */
  readonly unanswered: number;
  /** Voters who were still before their cast when the patience ended, by step. */
  readonly underWay: Readonly<Record<string, number>>;
  /** From the first sending of a cast to its receipt, in milliseconds. */
  readonly castMs: readonly number[];
};

/** `rate` voters a second at random times (Poisson) for some seconds; then voters under way have `patienceSeconds` more. */
export async function arrive(
  target: Target,
  firstVoter: number,
  { rate, seconds, patienceSeconds }: { rate: number; seconds: number; patienceSeconds: number },
): Promise<ArrivalsResult> {
  const doors: Doors = {
    api: new ConnectionPool(target.api, connectionsMax),
    sms: new ConnectionPool(target.sms, connectionsMax),
  };
  const count = { arrived: 0, dropped: 0, recorded: 0, unanswered: 0 };
  let steady = 0;
  const refused: Record<string, number> = {};
  const rejected: Record<string, number> = {};
  const again: Record<string, number> = {};
  const castMs: number[] = [];
  const begin = performance.now();
  const endsAt = begin + seconds * 1_000;
  const steadyAt = begin + steadyFrom * seconds * 1_000;
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  const underWay = new Map<number, Step>();

  const cast = async (text: string): Promise<void> => {
    const sentAt = performance.now();
    count.unanswered += 1;
    while (!isOver()) {
      const answer = await doors.api.request(text).catch(noAnswer);
      if (isOver()) return;
      if (answer !== null && answer.status !== 503) {
        count.unanswered -= 1;
        if (answer.status !== 201) {
          add(rejected, problemOf(answer));
          return;
        }
        count.recorded += 1;
        const now = performance.now();
        castMs.push(now - sentAt);
        if (now >= steadyAt && now < endsAt) steady += 1;
        return;
      }
      add(again, answer ? problemOf(answer) : 'no answer');
      await pause((answer?.retryAfterSeconds ?? 1) * 1_000 + Math.random() * againMsMax);
    }
  };
  const voter = async (n: number): Promise<void> => {
    try {
      underWay.set(n, 'session');
      const ballotKey = randomBytes(32).toString('base64url');
      const session = await startSession(target, doors, n, ballotKey);
      underWay.set(n, 'verify');
      const token = await verify(target, doors, n, session);
      underWay.set(n, 'cast');
      await cast(castText(target, token, ballotKey, drawBallot(target.election.contests)));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      if (!isOver()) add(refused, `${error.step}: ${error.message}`);
    } finally {
      underWay.delete(n);
    }
  };

  for (let dueAt = begin; ;) {
    dueAt -= (Math.log(1 - Math.random()) / rate) * 1_000;
    if (dueAt > endsAt) break;
    const earlyMs = dueAt - performance.now();
    if (earlyMs > 1) await pause(earlyMs);
    count.arrived += 1;
    if (underWay.size >= underWayMax) {
      count.dropped += 1;
      continue;
    }
    void voter(firstVoter + count.arrived);
  }
  const givesUpAt = endsAt + patienceSeconds * 1_000;
  while (underWay.size > 0 && performance.now() < givesUpAt) await pause(50);
  over.abort();
  const unfinished: Record<string, number> = {};
  for (const step of underWay.values()) if (step !== 'cast') add(unfinished, step);
  doors.api.close();
  doors.sms.close();
  return {
    ...count,
    goodput: steady / ((1 - steadyFrom) * seconds),
    refused,
    rejected,
    again,
    castMs,
    underWay: unfinished,
  };
}

function noAnswer(error: unknown): Answer | null {
  if (error instanceof NoAnswer) return null;
  throw error;
}

const add = (counts: Record<string, number>, name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
