// "Am I on the roll?", until the election opens. The answer has one size and takes one time, whether or not the number is
// on the roll. Nothing is remembered but counts: for the asker's address block, so that lists of numbers cannot be tried,
// and of the wrong answers of an election whose roll has a second element, so that PINs and dates cannot be tried from many
// addresses. A count by number would tell who asked, and keep its owner out (decision 0018).
import { setTimeout as pause } from 'node:timers/promises';
import { phaseAt } from '../../../domain/election.ts';
import type { Clock } from '../../../platform/clock.ts';
import { addressBlock } from '../../../platform/http/address-block.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { hashKey } from '../../../platform/keys/keyed-hash.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { createDailyNames, createRateLimit, takeAllOrThrow } from '../../../platform/rate-limits.ts';
import type { Redis } from '../../../platform/redis.ts';
import { rollLookupAnswer } from '../../../protocol/ballot-service.ts';
import type { ApiKeys } from '../../../protocol/key-files.ts';
import { Problem, isTemporary } from '../../../protocol/problem.ts';
import type { RollAnswered, RollAsked } from '../../../protocol/public-api.ts';
import type { FindElections } from '../documents/find-elections.ts';
import { canonicalTyped } from './identity-number.ts';
import type { VoterNames } from './voter-names.ts';

/** Questions from one address block in a window, and the window in seconds: a family, a ward, an office. */
export const rollQuestionsMax = 20;
const windowSeconds = 600;
/** Questions in a window whose answer is `absent`, of an election with a second element, and the window in seconds. */
export const wrongAnswersMax = 30;
const wrongAnswersSeconds = 3_600;
/** Most address blocks or elections that the in-process limit distinguishes, to limit its memory. */
const bucketsMax = 4_096;
/** Shortest time of an answer, in milliseconds: more than a lookup takes, found or not. */
export const rollAnswerMsMin = 250;
/** Longest wait for `ballots`, in milliseconds. */
const lookupMsMax = 2_500;

export type RollQuestions = {
  /**
   * Throws `election-not-found`, `not-open` once voting has opened, `invalid-request` without a roll, `invalid-identity`,
   * `too-many-requests` and `busy`.
   */
  ask(electionId: string, question: RollAsked, address: string): Promise<RollAnswered>;
};

export function createRollQuestions(parts: {
  readonly elections: FindElections;
  readonly ballots: PrivateClient;
  readonly redis: Redis;
  readonly names: VoterNames;
  readonly keys: Pick<ApiKeys, 'limits'>;
  readonly clock: Clock;
}): RollQuestions {
  const { elections, ballots, redis, names, keys, clock } = parts;
  const nameOf = createDailyNames({ key: hashKey(keys.limits), purpose: 'popvote/limit/v1', clock });
  const limit = createRateLimit({
    redis,
    keyPrefix: 'limits:api:roll',
    points: rollQuestionsMax,
    seconds: windowSeconds,
    whenUnavailable: { kind: 'count-here', bucketsMax },
  });
  const wrongAnswers = createRateLimit({
    redis,
    keyPrefix: 'limits:api:roll-wrong',
    points: wrongAnswersMax,
    seconds: wrongAnswersSeconds,
    whenUnavailable: { kind: 'count-here', bucketsMax },
  });
  const lookUp = async (electionId: string, identity: string): Promise<RollAnswered> => {
    const path = `/private/elections/${electionId}/roll/lookup`;
    try {
      const call = { method: 'POST', path, body: { identity }, answer: rollLookupAnswer, msMax: lookupMsMax } as const;
      return await ballots.call(call);
    } catch (error) {
      // `ballots` decides by its clock. It may also have opened the election a moment earlier.
      if (error instanceof Problem && error.code === 'conflict') throw new Problem('not-open', { detail: opened });
      if (error instanceof CallFailed || (error instanceof Problem && isTemporary(error.code))) {
        throw new Problem('busy', retrySoon());
      }
      throw error;
    }
  };
  // Taken before the lookup, so that questions at once are bounded too. No one waits for what is given back.
  const lookUpBounded = async (electionId: string, identity: string): Promise<RollAnswered> => {
    const name = nameOf('roll-wrong', electionId);
    await takeAllOrThrow([{ limit: wrongAnswers, name }]);
    let isWrong = false;
    try {
      const answer = await lookUp(electionId, identity);
      isWrong = answer.roll === 'absent';
      return answer;
    } finally {
      if (!isWrong) void wrongAnswers.giveBack(name);
    }
  };
  return {
    async ask(electionId, question, address) {
      const { election } = await elections.find(electionId);
      const { scheme, second } = election.identity;
      if (scheme !== 'roll') throw new Problem('invalid-request', { errors: [noRoll] });
      if (election.phase !== 'scheduled' || phaseAt(clock(), election) !== 'scheduled') {
        throw new Problem('not-open', { detail: opened });
      }
      const { subject } = canonicalTyped(election.identity, question, 'body');
      const identity = names.identity(election, subject);
      await takeAllOrThrow([{ limit, name: nameOf('roll', addressBlock(address)) }]);
      const lookedUp = second === undefined ? lookUp(electionId, identity) : lookUpBounded(electionId, identity);
      const [answer] = await Promise.all([lookedUp, pause(rollAnswerMsMin)]);
      return answer;
    },
  };
}

const noRoll = { path: 'electionId', detail: 'This election has no roll.' };
const opened = 'The roll answers only until voting opens. Start a vote to see whether you can.';
