// "Am I on the roll?", until the election opens. The answer has one size and takes one time, whether or not the number is
// on the roll. Nothing is remembered but counts: for the asker's address block, so that lists of numbers cannot be tried,
// and where the roll has a second element for the number, so that PINs and dates cannot be tried from many addresses.
import { setTimeout as pause } from 'node:timers/promises';
import { phaseAt } from '../../../domain/election.ts';
import type { Clock } from '../../../platform/clock.ts';
import { addressBlock } from '../../../platform/http/address-block.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import { hashKey, keyedHash } from '../../../platform/keys/keyed-hash.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import { createDailyNames, createRateLimit, takeAllOrThrow } from '../../../platform/rate-limits.ts';
import type { Redis } from '../../../platform/redis.ts';
import { identityText, rollLookupAnswer } from '../../../protocol/ballot-service.ts';
import type { ApiKeys } from '../../../protocol/key-files.ts';
import { Problem, isTemporary } from '../../../protocol/problem.ts';
import type { RollAnswered, RollAsked } from '../../../protocol/public-api.ts';
import type { FindElections } from '../documents/find-elections.ts';
import { canonicalTyped } from './identity-number.ts';

/** Questions from one address block in a window, and the window in seconds: a family, a ward, an office. */
export const rollQuestionsMax = 20;
const windowSeconds = 600;
/** Questions about one number in a window, where the roll has a second element, and the window in seconds. */
export const questionsPerNumberMax = 5;
const numberWindowSeconds = 3_600;
/** Most address blocks or numbers that the in-process limit distinguishes, to limit its memory. */
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
  readonly keys: ApiKeys;
  readonly clock: Clock;
}): RollQuestions {
  const { elections, ballots, redis, keys, clock } = parts;
  const identityKey = hashKey(keys.identity);
  const nameOf = createDailyNames({ key: hashKey(keys.limits), purpose: 'popvote/limit/v1', clock });
  const limit = createRateLimit({
    redis,
    keyPrefix: 'limits:api:roll',
    points: rollQuestionsMax,
    seconds: windowSeconds,
    whenUnavailable: { kind: 'count-here', bucketsMax },
  });
  const numberLimit = createRateLimit({
    redis,
    keyPrefix: 'limits:api:roll-number',
    points: questionsPerNumberMax,
    seconds: numberWindowSeconds,
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
  return {
    async ask(electionId, question, address) {
      const { election } = await elections.find(electionId);
      if (election.identity.scheme !== 'roll') {
        throw new Problem('invalid-request', {
          errors: [{ path: 'electionId', detail: 'This election has no roll.' }],
        });
      }
      if (election.phase !== 'scheduled' || phaseAt(clock(), election) !== 'scheduled') {
        throw new Problem('not-open', { detail: opened });
      }
      const typed = canonicalTyped(election.identity, question, 'body');
      const digestOf = (subject: string): string => keyedHash(identityKey, identityText(electionId, 'roll', subject));
      const ofNumber = { limit: numberLimit, name: nameOf('roll-number', digestOf(typed.number)) };
      await takeAllOrThrow([
        { limit, name: nameOf('roll', addressBlock(address)) },
        ...(election.identity.second === undefined ? [] : [ofNumber]),
      ]);
      const [answer] = await Promise.all([lookUp(electionId, digestOf(typed.subject)), pause(rollAnswerMsMin)]);
      return answer;
    },
  };
}

const opened = 'The roll answers only until voting opens. Start a vote to see whether you can.';
