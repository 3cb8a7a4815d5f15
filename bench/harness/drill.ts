// What every drill shares: voters who vote while a disturbance runs, and the count afterwards. Every acknowledged ballot
// must be in the box, once, with a receipt that verifies and that the same cast gets again, and participation = outbox + box.
import { setTimeout as pause } from 'node:timers/promises';
import { castAnswer } from '../../src/protocol/public-api.ts';
import { promisedLeaf } from '../../test/support/record/manifests.ts';
import { leavesInBox } from './box-leaves.ts';
import { ConnectionPool, NoAnswer } from './keep-alive-client.ts';
import type { Answer, Origin } from './keep-alive-client.ts';
import type { Counts } from './ballot-counts.ts';
import type { Platform } from './platform.ts';
import { checkReceipts } from './receipt-check.ts';
import type { Bench } from './run.ts';
import { vote } from './voter.ts';
import type { Doors, Target } from './voter.ts';

/** Voters under way at once. */
const voters = 40;
/** Longest wait for the outbox to empty when the disturbance has ended, in milliseconds. */
const settleMsMax = 60_000;
/** A voter who failed comes back after this, in milliseconds. */
const comeBackMs = 200;
/** Of how many casts one is sent again at the end, and how many in all. */
const oneRepeatedOf = 10;
const repeatedMax = 500;
/** Times that a cast is sent again while its answer is not certain, and the pause in between, in milliseconds. */
const repeatTimesMax = 40;
const repeatPauseMs = 250;

/** The bytes of a cast, and the answer with its receipt. */
type AnsweredCast = { readonly request: string; readonly answer: string };

export type Votes = {
  readonly receipts: readonly string[];
  /** When each receipt came, by performance.now(), in milliseconds. */
  readonly receivedAtMs: readonly number[];
  /** Voters who began. */
  readonly began: number;
  /** Casts that were sent again after an uncertain answer. */
  readonly resent: number;
  /** Longest time without an acknowledgement, in milliseconds. */
  readonly gapMs: number;
  readonly failures: ReadonlyMap<string, number>;
  /** Some of the casts, as they were sent. */
  readonly casts: readonly AnsweredCast[];
};

/** Notes each answer to a request, or the reason why there was none. */
export type NoteAnswer = (request: string, answer: Answer | Error) => void;

/** Passes each answer on. */
class WatchedPool extends ConnectionPool {
  readonly #note: NoteAnswer | undefined;

  constructor(origin: Origin, connectionsMax: number, note: NoteAnswer | undefined) {
    super(origin, connectionsMax);
    this.#note = note;
  }

  override async request(text: string): Promise<Answer> {
    try {
      const answer = await super.request(text);
      this.#note?.(text, answer);
      return answer;
    } catch (error) {
      this.#note?.(text, error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }
}

/** Keeps some of the casts that got a receipt, the latest ones: a session ends a quarter of an hour after its text. */
class CastWatchingPool extends WatchedPool {
  readonly casts: AnsweredCast[] = [];
  #count = 0;

  override async request(text: string): Promise<Answer> {
    const answer = await super.request(text);
    if (answer.status === 201 && text.startsWith('POST /v1/ballots ')) {
      this.#count += 1;
      if (this.#count % oneRepeatedOf !== 1) return answer;
      this.casts.push({ request: text, answer: answer.body });
      if (this.casts.length > repeatedMax) this.casts.shift();
    }
    return answer;
  }
}

export type Voting = {
  /** The number of the first voter. */
  readonly firstVoter?: number;
  /** Most voters who begin in a second. Without it the next one begins when one has ended. */
  readonly perSecond?: number;
  readonly note?: NoteAnswer;
};

/**
 * Votes for a time, while the disturbance runs. It must end by itself within that time; where the time is Infinity, voting
 * ends with it.
 */
export async function voteWhile(
  platform: Target,
  seconds: number,
  disturb: (endsAt: number, acknowledged: () => number) => Promise<void>,
  { firstVoter = 0, perSecond, note }: Voting = {},
): Promise<Votes> {
  const api = new CastWatchingPool(platform.api, 500, note);
  const doors: Doors = { api, sms: new WatchedPool(platform.sms, 100, note) };
  const began = performance.now();
  const endsAt = began + seconds * 1_000;
  const receipts: string[] = [];
  const receivedAtMs: number[] = [];
  const failures = new Map<string, number>();
  let next = firstVoter;
  let resent = 0;
  let last = began;
  let gapMs = 0;
  let turnAt = began;
  const turn = async (): Promise<void> => {
    if (perSecond === undefined) return;
    turnAt = Math.max(turnAt + 1_000 / perSecond, performance.now());
    await pause(turnAt - performance.now());
  };
  let disturbed = false;
  const disturbance = async (): Promise<void> => {
    await disturb(endsAt, () => receipts.length).finally(() => (disturbed = true));
  };
  const voter = async (): Promise<void> => {
    while (performance.now() < endsAt && !(disturbed && endsAt === Infinity)) {
      await turn();
      const result = await vote(platform, doors, (next += 1));
      if (result.outcome === 'recorded') {
        receipts.push(result.receipt);
        receivedAtMs.push(performance.now());
        resent += result.resent.length;
        gapMs = Math.max(gapMs, performance.now() - last);
        last = performance.now();
      } else {
        const why = `${result.step}: ${result.why}`;
        failures.set(why, (failures.get(why) ?? 0) + 1);
        await pause(comeBackMs);
      }
    }
  };
  await Promise.all([disturbance(), ...Array.from({ length: voters }, voter)]);
  doors.api.close();
  doors.sms.close();
  return {
    receipts,
    receivedAtMs,
    began: next - firstVoter,
    resent,
    gapMs: Math.max(gapMs, performance.now() - last),
    failures,
    casts: api.casts,
  };
}

/** What is counted afterwards: a platform, or its parts. */
export type Countable = Pick<Platform, 'api' | 'counts' | 'databaseUrl' | 'keys'> & {
  readonly election: { readonly id: string };
};

/**
 * Waits until every ballot is in the box, and compares all of them with the receipts. `gapSecondsMax`: longest time without
 * an acknowledgement that the fault may cause, in seconds, where one is promised.
 */
export async function countAfterwards(
  { findings, say }: Bench,
  platform: Countable,
  votes: Votes,
  gapSecondsMax?: number,
): Promise<void> {
  say('sending casts again, and waiting for the last ballots to reach the box');
  const different = await differentReceipts(platform, votes.casts);
  const { participation, outbox, box } = await settledCounts(platform);
  const leaves = await leavesInBox(platform.databaseUrl('box'), platform.election.id);
  const acknowledged = votes.receipts.map(leafOf);
  const missing = acknowledged.filter((leaf) => !leaves.has(leaf));
  const { verified } = checkReceipts(votes.receipts, platform.keys('public'));
  findings.ballots = {
    acknowledged: acknowledged.length,
    lost: missing.length,
    doubled: Math.max(0, box - leaves.size, participation - votes.began),
    receiptsDifferent: different,
    gapSeconds: votes.gapMs / 1_000,
  };
  findings.figure('votes acknowledged', votes.receipts.length, '');
  findings.figure('casts sent again after an uncertain answer', votes.resent, '');
  findings.figure('longest time without an acknowledgement', votes.gapMs / 1_000, 's');
  for (const [why, count] of votes.failures) findings.figure(`voters who gave up: ${why}`, count, '');
  if (gapSecondsMax !== undefined) {
    const gap = `${(votes.gapMs / 1_000).toFixed(1)} s`;
    findings.check(`voting goes on within ${gapSecondsMax} s`, votes.gapMs <= gapSecondsMax * 1_000, gap);
  }
  findings.check('votes were acknowledged', acknowledged.length > 0, `${acknowledged.length}`);
  findings.check('no acknowledged ballot is lost', missing.length === 0, `${missing.length} of ${acknowledged.length}`);
  findings.check('every receipt verifies', verified === acknowledged.length, `${verified} of ${acknowledged.length}`);
  findings.check(
    'the same cast gets the same receipt',
    different === 0,
    `${different} of ${votes.casts.length} differ`,
  );
  findings.check(
    'participation = outbox + box',
    participation === outbox + box,
    `${participation} = ${outbox} + ${box}`,
  );
  findings.check(
    'no ballot is doubled',
    participation <= votes.began && leaves.size === box && box >= acknowledged.length,
    `${acknowledged.length} acknowledged <= ${box} in the box <= ${votes.began} voters`,
  );
}

/** The leaf of the receipt in an answer. */
export const leafOf = (answer: string): string => promisedLeaf(castAnswer.parse(JSON.parse(answer)).receipt);

/** Sends casts again, and counts those that get another receipt, or none. */
async function differentReceipts(platform: Countable, casts: readonly AnsweredCast[]): Promise<number> {
  const pool = new ConnectionPool(platform.api, voters);
  let different = 0;
  for (const { request, answer } of casts) {
    const again = await certainAnswer(pool, request);
    if (again?.status !== 201 || again.body !== answer) different += 1;
  }
  pool.close();
  return different;
}

async function certainAnswer(pool: ConnectionPool, request: string): Promise<Answer | null> {
  for (let times = 0; times < repeatTimesMax; times += 1) {
    const answer = await pool.request(request).catch((error: unknown) => {
      if (error instanceof NoAnswer) return null;
      throw error;
    });
    if (answer && answer.status !== 503) return answer;
    await pause(repeatPauseMs);
  }
  return null;
}

/** The counts when every ballot is in the box, or when that takes too long. */
export async function settledCounts(platform: Pick<Platform, 'counts'>): Promise<Counts> {
  const deadline = performance.now() + settleMsMax;
  for (;;) {
    const counts = await platform.counts().catch(() => null);
    if (counts && counts.outbox === 0 && counts.participation === counts.box) return counts;
    if (performance.now() > deadline) return counts ?? platform.counts();
    await pause(250);
  }
}
