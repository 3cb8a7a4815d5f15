// The readiness of an election, before it opens and while it is open. Read only. Every check that is not ok has a next
// step. An unavailable source does not hide the other checks.
import { setTimeout as pause } from 'node:timers/promises';
import { receivesTexts, sendsCodes } from '../../../domain/verification-methods.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../../platform/redis.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { Readiness, ReadinessCheck } from '../../../protocol/control/live-api.ts';
import type { Pool } from '../../../store/database.ts';
import { countCurrentElections, findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { findElection } from '../../../store/elections/elections.ts';
import { lastRehearsal } from '../../../store/elections/turnout.ts';
import { devicesByStation } from '../activations/card-election.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { capacityOf } from './capacity.ts';
import { readProviders } from './edge-sums.ts';
import type { Elections } from '../drafts/elections.ts';
import { canSeal } from './observation.ts';
import { isRehearsal } from '../proposals/second-person.ts';
import type { SecondPerson } from '../proposals/second-person.ts';
import type { Publishing } from '../publishing/publishing.ts';
import { storedManifest } from '../record/manifest.ts';
import { publicLogCheck } from './public-log-check.ts';
import {
  announcementCheck,
  batchesCheck,
  capacityCheck,
  clocksCheck,
  codeCheck,
  devicesCheck,
  failed,
  intakeCheck,
  methodsCheck,
  ok,
  publicationCheck,
  quotedMax,
  rehearsalCheck,
  rollCheck,
  sealingCheck,
  secondFactorCheck,
  simulatorCheck,
  textInCheck,
  twoPeopleCheck,
  warning,
} from './readiness-checks.ts';
import type { Counts } from './readiness-checks.ts';
import type { System } from './system.ts';

/** Longest delay of a publication before it counts as missing in Redis, in milliseconds. */
const onItsWayMs = 500;

type Parts = {
  readonly pool: Pool;
  readonly elections: Pick<Elections, 'preview'>;
  readonly ballots: Pick<BallotsCalls, 'counts'>;
  readonly ballotsClient: PrivateClient;
  readonly publishing: Pick<Publishing, 'compare'>;
  readonly edgeRedis: Redis;
  readonly system: System;
  readonly secondPerson: Pick<SecondPerson, 'people'>;
  readonly clock: Clock;
};

/** Reads all checks of an election. Throws `election-not-found`. */
export type ShowReadiness = (electionId: string) => Promise<Readiness>;

export function createReadiness(parts: Parts): ShowReadiness {
  const { pool, clock } = parts;
  return async (electionId) => {
    const row = await findLifecycle(pool, electionId);
    if (!row) throw new Problem('election-not-found');
    const definition = await definitionCheck(parts, row);
    const capacity = capacityOf(await countCurrentElections(pool));
    const checks = row.announced === null ? [] : await announcedChecks(parts, row);
    const people = await peopleChecks(parts, electionId);
    return {
      electionId,
      at: new Date(clock()).toISOString(),
      checks: [definition, announcementCheck(row), capacityCheck(capacity), ...checks, ...people],
    };
  };
}

// One person may act alone in a rehearsal, and with a password.
async function peopleChecks({ pool, secondPerson }: Parts, electionId: string): Promise<ReadinessCheck[]> {
  const election = await findElection(pool, electionId);
  if (election === null || isRehearsal(election)) return [];
  const people = await secondPerson.people().catch(() => null);
  return [twoPeopleCheck(people?.confirmers ?? null), ...secondFactorCheck(people)];
}

// The checks that apply to this election, in display order.
async function announcedChecks(parts: Parts, row: StoredLifecycle): Promise<ReadinessCheck[]> {
  const definition = electionDefinition.parse(row.announced);
  const online = definition.channels.includes('online');
  const { identity, verification } = definition;
  const [counts, sealing, comparisons, providers, system, rehearsal, stations] = await Promise.all([
    countsOf(parts, row.id),
    canSeal(parts.ballotsClient),
    comparedPublications(parts.publishing, row.id),
    readProviders(parts.edgeRedis, parts.clock(), 1).catch(() => null),
    parts.system.show(),
    lastRehearsal(parts.pool),
    verification.activation === true ? devicesByStation(parts.pool, row.id, definition) : null,
  ]);
  return [
    intakeCheck(row, counts),
    ...(online ? [sealingCheck(sealing, system)] : []),
    publicationCheck(comparisons),
    ...(online ? [methodsCheck(definition)] : []),
    ...(online && receivesTexts(verification.methods) ? [textInCheck(providers)] : []),
    ...(online && (sendsCodes(verification.methods) || verification.notice) ? [codeCheck(providers, definition)] : []),
    ...simulatorCheck(providers, definition),
    ...(identity.scheme === 'roll' ? [rollCheck(counts)] : []),
    ...(stations === null ? [] : [devicesCheck(stations)]),
    ...(definition.channels.includes('batches') ? [batchesCheck(comparisons[1] ?? null, system)] : []),
    publicLogCheck(system, storedManifest(row.manifest)?.manifest ?? null),
    clocksCheck(system),
    rehearsalCheck(definition, rehearsal, parts.clock()),
  ];
}

// A turnout stored a moment ago may not be in Redis yet, so an older publication is compared a second time.
async function comparedPublications({ compare }: Parts['publishing'], electionId: string) {
  const comparisons = await compare(electionId);
  if (!comparisons.includes('older')) return comparisons;
  await pause(onItsWayMs);
  return compare(electionId);
}

async function definitionCheck({ elections }: Parts, { id }: StoredLifecycle): Promise<ReadinessCheck> {
  try {
    const { warnings } = await elections.preview(id);
    const relevant = warnings.filter(({ code }) => code !== 'one-verification-method');
    if (relevant.length === 0) return ok('definition', 'No warnings.');
    const quoted = relevant.slice(0, quotedMax).map(({ path, detail }) => `${path}: ${detail}`);
    const more = relevant.length > quotedMax ? ` And ${relevant.length - quotedMax} more.` : '';
    const next = 'Check the preview. Correct anything that is not intended.';
    return warning('definition', `${quoted.join(' ')}${more}`, next);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid-election') throw error;
    const observed = error.extras.errors?.map(({ path, detail }) => `${path}: ${detail}`).join(' ') ?? '';
    return failed('definition', `The definition cannot be announced. ${observed}`, 'Correct these faults.');
  }
}

const countsOf = ({ ballots }: Parts, electionId: string): Promise<Counts> =>
  ballots
    .counts(electionId)
    .catch((error: unknown) =>
      error instanceof Problem && error.code === 'election-not-found' ? 'missing-there' : 'unavailable',
    );
