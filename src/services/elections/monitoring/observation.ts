// Reads everything for the live page of an election. Each source is read separately, so that an unavailable source
// hides only its own data. Exact counts are for alarms only and are never shown.
import { z } from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import type { PrivateClient } from '../../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { Funnel } from '../../../protocol/control/live-api.ts';
import type { Finding } from '../../../protocol/control/system-api.ts';
import { publicationsKey } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { countCurrentElections } from '../../../store/elections/lifecycle.ts';
import { countBatches, incompleteBatches } from '../../../store/ledger.ts';
import type { IncompleteBatch } from '../../../store/ledger.ts';
import { capacityOf } from './capacity.ts';
import type { Capacity } from './capacity.ts';
import { readFunnel, readProviders, readTextCodes } from './edge-sums.ts';
import type { ProviderReports, TextCodeSums } from './edge-sums.ts';
import { arrivingFiles, queuedBatches } from '../publishing/queued-batches.ts';
import type { QueuedBatch } from '../publishing/queued-batches.ts';
import type { TurnoutObservation, Turnouts } from '../turnout/turnout.ts';

/** Longest wait for the health of `ballots`, in milliseconds. */
const healthMsMax = 2_500;

export type Observation = {
  readonly election: TurnoutObservation;
  readonly edge: {
    readonly funnel: Funnel | null;
    readonly providers: ProviderReports;
    /** Null while this user of Redis may not read them. */
    readonly textCodes: TextCodeSums | null;
    readonly published: boolean;
  } | null;
  readonly control: {
    readonly arriving: number;
    readonly queued: readonly QueuedBatch[];
    readonly published: boolean;
  } | null;
  /** Incomplete files that are not accepted as incomplete; null if the box is unavailable. */
  readonly incomplete: readonly IncompleteBatch[] | null;
  /** The elections that are open or upcoming; null if the database did not count them. */
  readonly capacity: Capacity | null;
  /** Services whose clock differs from a database, a Redis or another service; null if no report was read. */
  readonly clocks: readonly Finding[] | null;
  /** Whether ballots can be sealed; null if `ballots` did not report it. */
  readonly sealing: boolean | null;
};

type Parts = {
  readonly turnouts: Pick<Turnouts, 'observe'>;
  readonly edgeRedis: Redis;
  readonly controlRedis: Redis;
  readonly pool: Pool;
  readonly boxPool: Pool;
  readonly ballots: PrivateClient;
  /** Finds the clocks that differ. */
  readonly clocks: () => Promise<readonly Finding[]>;
  readonly clock: Clock;
};

/** Throws `election-not-found`, or `conflict` for a draft. Unavailable sources are null. */
export async function observe(parts: Parts, electionId: string): Promise<Observation> {
  const election = await parts.turnouts.observe(electionId);
  const { definition, turnout } = election;
  const step = stepBesideOf(definition);
  // The queue is read before the ledger, because a file leaves the queue only when all its rows are in the ledger.
  const control = await orNull(readControl(parts, definition));
  const [capacity, edge, incomplete, clocks, sealing] = await Promise.all([
    orNull(countCurrentElections(parts.pool).then(capacityOf)),
    orNull(readEdge(parts, electionId, step)),
    orNull(readIncomplete(parts.boxPool, definition)),
    orNull(parts.clocks()),
    turnout.live ? canSeal(parts.ballots) : null,
  ]);
  return { election, control, capacity, edge, incomplete, clocks, sealing };
}

/**
 * Funnel and provider numbers stay in whole steps after the end, because few voters may have used the rarer
 * verification method.
 */
const stepBesideOf = ({ rehearsal, minBatch }: ElectionDefinition): number => (rehearsal ? 1 : minBatch);

async function readEdge({ edgeRedis, clock }: Parts, electionId: string, step: number): Promise<Observation['edge']> {
  const [funnel, providers, textCodes, published] = await Promise.all([
    readFunnel(edgeRedis, electionId, step),
    readProviders(edgeRedis, clock(), step),
    orNull(readTextCodes(edgeRedis, clock())),
    edgeRedis.hexists(publicationsKey, electionId),
  ]);
  return { funnel, providers, textCodes, published: published === 1 };
}

async function readControl(parts: Parts, { id, channels }: ElectionDefinition): Promise<Observation['control']> {
  const { controlRedis, clock } = parts;
  const published = (await controlRedis.hexists(publicationsKey, id)) === 1;
  if (!channels.includes('batches')) return { arriving: 0, queued: [], published };
  const arriving = await arrivingFiles(controlRedis, id, clock());
  return { arriving, queued: await queuedBatches(controlRedis, id), published };
}

async function readIncomplete(pool: Pool, { id, channels }: ElectionDefinition): Promise<readonly IncompleteBatch[]> {
  if (!channels.includes('batches') || (await countBatches(pool, id)).missing === 0) return [];
  return incompleteBatches(pool, id);
}

const readiness = z.object({ checks: z.array(z.object({ name: z.string(), state: z.enum(['ok', 'failed']) })) });

/** Whether `ballots` has a key of the mixer for sealing; null if it did not report it. */
export async function canSeal(ballots: PrivateClient): Promise<boolean | null> {
  // Without a key `ballots` is not ready, and its answer is 503.
  const call = { method: 'GET', path: '/readyz', answer: readiness, alsoStatus: 503, msMax: healthMsMax } as const;
  const report = await orNull(ballots.call(call));
  const check = report?.checks.find(({ name }) => name === 'sealing-key');
  return check ? check.state === 'ok' : null;
}

const orNull = <Value>(promise: Promise<Value>): Promise<Value | null> => promise.catch(() => null);
