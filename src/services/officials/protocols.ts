// What an upload says of the protocol of its station: which station, and how many ballots were counted there by hand.
import type { PaperRules, Station } from '../../domain/paper.ts';
import type { UploadQuery } from '../../protocol/control/officials-api.ts';
import { Problem } from '../../protocol/problem.ts';

/** The station of an upload; null in an election without stations. Throws `invalid-request`. */
export function stationOf(
  { confirmation, stations = [] }: PaperRules,
  { stationId, ballots }: UploadQuery,
): Station | null {
  if (confirmation === true && ballots === undefined) throw rejected('ballots', noNumber);
  const station = stations.find(({ id }) => id === stationId);
  if (station) return station;
  if (stations.length === 0 && stationId === undefined) return null;
  throw rejected('stationId', stations.length === 0 ? noStations : stationId === undefined ? noStation : otherStation);
}

/** Throws `invalid-batch` where the file has another number of ballots than the protocol. */
export function rejectOtherNumber({ confirmation }: PaperRules, { ballots }: UploadQuery, rows: number): void {
  if (confirmation !== true || ballots === rows) return;
  const detail =
    `The protocol has ${ballots} ballots, and the file has ${rows}. Correct the number, or send a file with every ballot ` +
    'of the protocol. Nothing was recorded.';
  throw new Problem('invalid-batch', { detail, lines: [], linesTotal: 0 });
}

const rejected = (field: string, detail: string): Problem =>
  new Problem('invalid-request', { errors: [{ path: `query/${field}`, detail }] });
const noNumber = 'Give the number of ballots on the protocol: batches of this election are confirmed.';
const noStation = 'Name the station that the ballots are from.';
const otherStation = 'The election has no such station. Its document lists them.';
const noStations = 'The election has no stations. Leave this out.';
