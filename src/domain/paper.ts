// How the paper ballots of an election are controlled: the stations that they come from, and whether a second official
// confirms each batch. An election without stations has one, which is not named.

/** Ids of ballots that were printed for a station: all from the first to the last, in the order of their text. */
export type PrintedIds = { readonly from: string; readonly to: string };
export type Station = {
  readonly id: string;
  readonly name: string;
  /** Where absent, any ballot id may come from it. */
  readonly printed?: readonly PrintedIds[] | undefined;
};
export type PaperRules = {
  /** Batches count only after a second official confirmed them against the protocol. */
  readonly confirmation?: boolean | undefined;
  readonly stations?: readonly Station[] | undefined;
};

/** Most stations of an election. */
export const stationsMax = 1_000;
/** Most ranges of printed ballot ids of a station. */
export const printedRangesMax = 100;
/** Most numbers in the votes by station of all stations: the published results have each of them. */
export const stationNumbersMax = 150_000;
/** Numbers of a contest in the votes of a station, beside the votes of its options. */
const numbersOfContest = 10;

/** Whether a ballot id, in its one spelling, may come from a station. */
export function isOfStation({ printed }: Pick<Station, 'printed'>, guid: string): boolean {
  return printed === undefined || printed.some(({ from, to }) => from <= guid && guid <= to);
}

/** What is wrong with stations beside the form of each: the place of the first fault, and how to correct it. */
export function faultOfStations(
  stations: readonly Station[],
  contests: readonly { readonly options: readonly unknown[] }[],
): { readonly place: number; readonly detail: string } | null {
  const numbers = contests.reduce((sum, { options }) => sum + options.length + numbersOfContest, 0);
  if (stations.length * numbers > stationNumbersMax) {
    const detail = `Votes by station would be too many to publish: ${Math.floor(stationNumbersMax / numbers)} stations at most.`;
    return { place: 0, detail };
  }
  const ids = new Set<string>();
  for (const [place, { id, printed = [] }] of stations.entries()) {
    if (ids.has(id)) return { place, detail: `The station id ${id} repeats.` };
    ids.add(id);
    if (printed.some(({ from, to }) => from > to))
      return { place, detail: 'A range of ballot ids ends before it begins.' };
  }
  const overlap = firstOverlap(stations);
  return overlap && { place: overlap.place, detail: `Its ballot ids are also those of the station ${overlap.other}.` };
}

function firstOverlap(stations: readonly Station[]): { readonly place: number; readonly other: string } | null {
  const ranges = stations.flatMap(({ id, printed = [] }, place) => printed.map((range) => ({ ...range, id, place })));
  ranges.sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [index, range] of ranges.entries()) {
    const before = ranges[index - 1];
    if (before && before.to >= range.from) return { place: range.place, other: before.id };
  }
  return null;
}
