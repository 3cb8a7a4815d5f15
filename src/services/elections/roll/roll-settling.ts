// Sends the changes of rolls to `ballots`: digests of people who joined a roll or leave it. A change is stored before it
// is sent, and one process at a time sends those of an election, so nothing is lost and nothing overtakes. An import
// waits for it; what an import could not send is sent by the loop, and so is the roll of an election when it is
// announced. The loop also destroys the rolls of published elections.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createAttempt, createFaultLog } from '../../../platform/fault-log.ts';
import type { Logger } from '../../../platform/logger.ts';
import { createLoop } from '../../../platform/loop.ts';
import type { Loop } from '../../../platform/loop.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import { canonicalRollNumber } from '../../../domain/roll/roll-number.ts';
import { rollIdentitiesMax, rollSubject } from '../../../protocol/ballot-service.ts';
import { Problem, isTemporary } from '../../../protocol/problem.ts';
import type { Pool } from '../../../store/database.ts';
import {
  destroyRolls,
  holdRoll,
  releaseRoll,
  settleRoll,
  unsettledRoll,
  unsettledRolls,
} from '../../../store/elections/rolls.ts';
import type { UnsettledPerson } from '../../../store/elections/rolls.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { personOf } from './roll-seal.ts';
import type { RollSeal } from './roll-seal.ts';
import type { RollSeals } from './roll-seals.ts';

/** People in one call. */
const partPeopleMax = Math.min(5_000, rollIdentitiesMax);
/** Most tries of one part, and the base of the pause between tries, in milliseconds. */
const partTriesMax = 4;
const partPauseMs = 250;
/** Pause before asking again whether another process has finished, in milliseconds, and how often. */
const holdPauseMs = 250;
const holdTriesMax = 240;
/** How long an announcement waits for its roll, in milliseconds. What is left is sent beside it. */
const announcedMsMax = 5_000;
/** Between two looks at the database, in milliseconds; elections in one look; people destroyed in one look. */
const pollMs = 1_000;
const electionsMax = 100;
const destroyedMax = 5_000;
/** After a turn in which a part failed, in milliseconds. */
const failureMs = 5 * pollMs;

/** `refused`: `ballots` takes no one off, or adds no one, any more. */
export type Settled = 'settled' | 'refused' | 'unavailable';

export type RollSettling = Pick<Loop, 'start' | 'stop'> & {
  /** Sends all changes of a roll. Never rejects for what `ballots` answers. */
  settle(electionId: string): Promise<Settled>;
  /** Sends the roll of an election that was just announced. Waits for a bounded time, and never rejects. */
  announced(electionId: string): Promise<void>;
};

export type SettlingParts = {
  readonly pool: Pool;
  readonly ballots: Pick<BallotsCalls, 'addRoll' | 'removeFromRoll'>;
  readonly seals: RollSeals;
  readonly logger: Logger;
};

export function createRollSettling(parts: SettlingParts): RollSettling {
  const { pool, logger } = parts;
  const settle = async (electionId: string, triesMax: number): Promise<Settled> => {
    const sender = randomUUID();
    for (let tries = 1; !(await holdRoll(pool, electionId, sender)); tries += 1) {
      if (tries >= triesMax) return 'unavailable';
      await pause(holdPauseMs);
    }
    try {
      return await sendAll(parts, electionId, sender);
    } finally {
      await releaseRoll(pool, electionId, sender);
    }
  };
  const loop = createSettlingLoop(parts, (electionId) => settle(electionId, 1));
  return {
    settle: (electionId) => settle(electionId, holdTriesMax),
    async announced(electionId) {
      const sending = settle(electionId, 1).catch((error: unknown) => {
        logger.warn({ err: error, electionId }, 'roll.not-sent');
      });
      await Promise.race([sending, pause(announcedMsMax, undefined, { ref: false })]);
    },
    start: () => loop.start(),
    stop: () => loop.stop(),
  };
}

// An election whose changes cannot be read or sent does not prevent those of others, or the destruction of rolls.
function createSettlingLoop({ pool, logger }: SettlingParts, settle: (electionId: string) => Promise<Settled>): Loop {
  const faults = createFaultLog(logger, 'warn');
  let failures = 0;
  const attempt = createAttempt(faults, 'roll.settling-failed', () => (failures += 1));
  return createLoop({
    async turn() {
      failures = 0;
      for (const electionId of (await attempt('list', () => unsettledRolls(pool, electionsMax))) ?? []) {
        const outcome = await attempt(electionId, () => settle(electionId));
        const unsettled = `unsettled ${electionId}`;
        if (outcome === 'settled') faults.succeeded(unsettled);
        else if (outcome) faults.failed(unsettled, undefined, 'roll.not-settled', { electionId, outcome });
      }
      const destroyed = await attempt('destroy', () => destroyRolls(pool, destroyedMax));
      if (destroyed !== undefined && destroyed > 0) logger.info({ people: destroyed }, 'roll.destroyed');
      if (failures > 0) return failureMs;
      return destroyed === destroyedMax ? 0 : pollMs;
    },
    failureMs,
    onError: (error) => faults.failed('turn', error, 'roll.settling-failed'),
  });
}

async function sendAll(parts: SettlingParts, electionId: string, sender: string): Promise<Settled> {
  let outcome: Settled = 'settled';
  for (;;) {
    const people = await unsettledRoll(parts.pool, electionId, partPeopleMax);
    const [first] = people;
    if (!first) return outcome;
    // People in one state: their changes are of one kind.
    const part = people.filter(({ state }) => state === first.state);
    const answer = await sendPart(parts, electionId, part, first.state);
    if (answer === 'unavailable' || (answer === 'refused' && first.state === 'waiting')) return answer;
    if (answer === 'refused') outcome = answer;
    const names = part.map(({ name }) => name);
    await settleRoll(parts.pool, electionId, names, { state: first.state, refused: answer === 'refused' });
    if (!(await holdRoll(parts.pool, electionId, sender))) return 'unavailable';
  }
}

async function sendPart(
  { ballots, seals }: SettlingParts,
  electionId: string,
  people: readonly UnsettledPerson[],
  state: UnsettledPerson['state'],
): Promise<Settled> {
  const seal = await seals(electionId);
  for (let tries = 1; ; tries += 1) {
    try {
      const identities = people.map((person) => identityOf(seal, person));
      await (state === 'waiting'
        ? ballots.addRoll(electionId, identities)
        : ballots.removeFromRoll(electionId, identities));
      return 'settled';
    } catch (error) {
      const temporary = error instanceof CallFailed || (error instanceof Problem && isTemporary(error.code));
      if (!temporary && !(error instanceof Problem)) throw error;
      if (!temporary) return 'refused';
      if (tries >= partTriesMax) return 'unavailable';
      await pause(partPauseMs * 2 ** tries * (0.5 + Math.random()));
    }
  }
}

function identityOf(seal: RollSeal, { number }: UnsettledPerson): string {
  const person = personOf(seal.open(number));
  const canonical = canonicalRollNumber(person.number);
  if (canonical === null) throw new Error('A number of a roll has no canonical form.');
  return seal.identity(rollSubject(canonical, person.second));
}
