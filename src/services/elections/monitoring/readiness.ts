// What is ready for an election, and what to do about what is not: asked before it opens, and useful while it is open.
// It only looks. Every check that is not well names its next act; no place that is away hides the others.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../../platform/redis.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { Readiness, ReadinessCheck } from '../../../protocol/control/live-api.ts';
import type { Pool } from '../../../store/database.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { lastRehearsal } from '../../../store/elections/turnout.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { readProviders } from './edge-sums.ts';
import type { Elections } from '../drafts/elections.ts';
import { canSeal } from './observation.ts';
import type { Publishing } from '../publishing/publishing.ts';
import {
  announcementCheck,
  batchesCheck,
  clocksCheck,
  codeCheck,
  failed,
  intakeCheck,
  methodsCheck,
  ok,
  publicationCheck,
  quotedMax,
  rehearsalCheck,
  rollCheck,
  sealingCheck,
  textInCheck,
  warning,
} from './readiness-checks.ts';
import type { Counts } from './readiness-checks.ts';
import type { System } from './system.ts';

/** How long what is published may be on its way into Redis before it counts as missing there, in milliseconds. */
const onItsWayMs = 500;

type Parts = {
  readonly pool: Pool;
  readonly elections: Pick<Elections, 'preview'>;
  readonly ballots: Pick<BallotsCalls, 'counts'>;
  readonly ballotsClient: PrivateClient;
  readonly publishing: Pick<Publishing, 'compare'>;
  readonly edgeRedis: Redis;
  readonly system: System;
  readonly clock: Clock;
};

/** Throws `election-not-found`. */
export type ShowReadiness = (electionId: string) => Promise<Readiness>;

export function createReadiness(parts: Parts): ShowReadiness {
  const { pool, clock } = parts;
  return async (electionId) => {
    const row = await findLifecycle(pool, electionId);
    if (!row) throw new Problem('election-not-found');
    const definition = await definitionCheck(parts, row);
    const checks = row.announced === null ? [] : await announcedChecks(parts, row);
    return {
      electionId,
      at: new Date(clock()).toISOString(),
      checks: [definition, announcementCheck(row), ...checks],
    };
  };
}

// In the order in which they are shown; those that do not concern this election are left out.
async function announcedChecks(parts: Parts, row: StoredLifecycle): Promise<ReadinessCheck[]> {
  const definition = electionDefinition.parse(row.announced);
  const online = definition.channels.includes('online');
  const { identity, verification } = definition;
  const [counts, sealing, comparisons, providers, system, rehearsal] = await Promise.all([
    countsOf(parts, row.id),
    canSeal(parts.ballotsClient),
    comparedPublications(parts.publishing, row.id),
    readProviders(parts.edgeRedis, parts.clock(), 1).catch(() => null),
    parts.system.show(),
    lastRehearsal(parts.pool),
  ]);
  return [
    intakeCheck(row, counts),
    ...(online ? [sealingCheck(sealing, system)] : []),
    publicationCheck(comparisons),
    ...(online ? [methodsCheck(definition)] : []),
    ...(online && verification.methods.includes('text-in') ? [textInCheck(providers)] : []),
    ...(online && verification.methods.includes('code') ? [codeCheck(providers, definition)] : []),
    ...(identity.scheme === 'roll' ? [rollCheck(counts)] : []),
    ...(definition.channels.includes('batches') ? [batchesCheck(comparisons[1] ?? null, system)] : []),
    clocksCheck(system),
    rehearsalCheck(definition, rehearsal, parts.clock()),
  ];
}

// A turnout that was stored this moment is in Redis the next.
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
    if (relevant.length === 0) return ok('definition', 'Nothing stands out.');
    const quoted = relevant.slice(0, quotedMax).map(({ path, detail }) => `${path}: ${detail}`);
    const more = relevant.length > quotedMax ? ` And ${relevant.length - quotedMax} more.` : '';
    const next = 'Look at the preview. Change what is not meant, and leave what is.';
    return warning('definition', `${quoted.join(' ')}${more}`, next);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'invalid-election') throw error;
    const observed = error.extras.errors?.map(({ path, detail }) => `${path}: ${detail}`).join(' ') ?? '';
    return failed('definition', `It cannot be announced as it is. ${observed}`, 'Mend what is named.');
  }
}

const countsOf = ({ ballots }: Parts, electionId: string): Promise<Counts> =>
  ballots
    .counts(electionId)
    .catch((error: unknown) =>
      error instanceof Problem && error.code === 'election-not-found' ? 'missing-there' : 'unavailable',
    );
