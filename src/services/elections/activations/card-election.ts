// The election of cards and devices, as it was announced: whether its organiser allows them, its stations, and which have devices.
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { countDevices } from '../../../store/elections/devices.ts';
import type { StoredPhase } from '../../../store/elections/elections.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { Caller } from '../audit/audit.ts';
import { requireSecondFactor } from '../proposals/second-factor.ts';

type CardElection = { readonly definition: ElectionDefinition; readonly phase: StoredPhase };

/** Throws `election-not-found`, also for a draft. */
export async function announcedElection(pool: Pool, electionId: string): Promise<CardElection> {
  const election = await findLifecycle(pool, electionId);
  if (!election || election.announced === null) throw new Problem('election-not-found');
  return { definition: electionDefinition.parse(election.announced), phase: election.phase };
}

/** The election in which a person acts. Throws also `activation-not-allowed` and `second-factor-missing`. */
export async function cardElection(pool: Pool, electionId: string, caller: Caller): Promise<CardElection> {
  const election = await announcedElection(pool, electionId);
  const { definition } = election;
  if (definition.verification.activation !== true) throw new Problem('activation-not-allowed');
  requireSecondFactor(caller, { announced: definition, definition });
  return election;
}

/** The station that a person named; null in an election without stations. Throws `invalid-request` for its place. */
export function namedStation(
  { paper }: ElectionDefinition,
  typed: string | undefined,
  path: 'body/stationId' | 'querystring/stationId' = 'body/stationId',
): string | null {
  const stations = paper?.stations ?? [];
  if (stations.some(({ id }) => id === typed)) return typed ?? null;
  if (stations.length === 0 && typed === undefined) return null;
  const detail = stations.length === 0 ? noStations : noStation;
  throw new Problem('invalid-request', { errors: [{ path, detail }] });
}

export type StationDevices = {
  readonly stationId: string | null;
  /** Null in an election without stations. */
  readonly name: string | null;
  readonly devices: number;
};

/** How many devices each station has, in the order of the election: at one without a device no card is made. */
export async function devicesByStation(
  pool: Pool,
  electionId: string,
  { paper }: ElectionDefinition,
): Promise<StationDevices[]> {
  const stations = paper?.stations?.length ? paper.stations : [{ id: null, name: null }];
  const counts = await countDevices(
    pool,
    electionId,
    stations.map(({ id }) => id ?? ''),
  );
  return stations.map(({ id, name }, place) => ({ stationId: id, name, devices: counts[place] ?? 0 }));
}

const noStation = 'Name a station of the election. Its document lists them.';
const noStations = 'The election has no stations. Leave this out.';
