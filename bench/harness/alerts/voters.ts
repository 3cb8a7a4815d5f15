// The voters of the drill `alerts`: those who vote, and those who are verified and cast while something is broken.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { drawBallot } from '../../../test/support/voter/voter-requests.ts';
import { ConnectionPool } from '../keep-alive-client.ts';
import type { Platform } from '../platform.ts';
import type { Bench } from '../run.ts';
import { StepFailed, castText, startSession, verify, vote } from '../voter.ts';
import type { BallotPaper, Doors, Target } from '../voter.ts';

/** Pause of a voter whose cast had no certain answer, in milliseconds. */
const againMs = 200;
/** Longest wait until people can vote again after a fault, in milliseconds. */
const votingMsMax = 90_000;

export type Voters = {
  /** So many people vote, one after the other, in the rehearsal or in another election. */
  vote(count: number, election?: BallotPaper): Promise<void>;
  /** So many people are verified. Returns what lets all of them cast, again and again, until they are recorded or `over` aborts. */
  verified(count: number): Promise<(over: AbortSignal) => Promise<void>>;
};

export function createVoters(bench: Bench, platform: Platform): Voters {
  const doors: Doors = { api: new ConnectionPool(platform.api, 100), sms: new ConnectionPool(platform.sms, 20) };
  bench.cleanup.add(() => {
    doors.api.close();
    doors.sms.close();
  });
  let next = 0;
  const verifiedCast = async (target: Target): Promise<string> => {
    const number = (next += 1);
    const ballotKey = randomBytes(32).toString('base64url');
    const session = await startSession(target, doors, number, ballotKey);
    const token = await verify(target, doors, number, session);
    return castText(target, token, ballotKey, drawBallot(target.election.contests));
  };
  const castUntilRecorded = async (text: string, over: AbortSignal): Promise<void> => {
    while (!over.aborted) {
      const answer = await doors.api.request(text).catch(() => null);
      if (answer?.status === 201) return;
      await pause(againMs);
    }
  };
  const voteOnce = async (election: BallotPaper): Promise<void> => {
    const result = await vote({ ...platform, election }, doors, (next += 1));
    if (result.outcome !== 'recorded') throw new StepFailed(result.step, result.why);
  };
  return {
    async vote(count, election = platform.election) {
      for (let number = 0; number < count; number += 1) await untilSucceeds(() => voteOnce(election));
    },
    async verified(count) {
      const texts = await Promise.all(Array.from({ length: count }, () => untilSucceeds(() => verifiedCast(platform))));
      return async (over) => {
        await Promise.all(texts.map((text) => castUntilRecorded(text, over)));
      };
    },
  };
}

/** Somebody else tries when a step failed: a busy service asks for it, and after a fault it may last. */
async function untilSucceeds<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + votingMsMax;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StepFailed) || performance.now() > deadline) throw error;
      await pause(againMs);
    }
  }
}
