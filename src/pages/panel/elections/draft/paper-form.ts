// The rules of paper ballots as administrators type them: a line for each station, and one for each range of ballot ids
// that were printed for a station.
import type { Definition } from './definition.ts';

type PaperRules = NonNullable<Definition['paper']>;
type Station = NonNullable<PaperRules['stations']>[number];

export type PaperForm = { readonly confirmation: boolean; readonly stations: string; readonly printed: string };

const stationLine = /^([A-Za-z0-9_.-]{1,64})\s*[;,\t]\s*(\S.*)$/;
const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const printedLine = new RegExp(`^([A-Za-z0-9_.-]{1,64})\\s*[;,\\t]\\s*(${guid})\\s*[;,\\t]\\s*(${guid})$`, 'i');

export const paperFormOf = ({ confirmation, stations = [] }: PaperRules): PaperForm => ({
  confirmation: confirmation === true,
  stations: stations.map(({ id, name }) => `${id}; ${name}`).join('\n'),
  printed: stations
    .flatMap(({ id, printed = [] }) => printed.map(({ from, to }) => `${id}; ${from}; ${to}`))
    .join('\n'),
});

/** The first line that names no station, from 1; null where all do. */
export const wrongStationLine = ({ stations }: PaperForm): number | null =>
  firstLine(stations, (line) => !stationLine.test(line));

/** The first line that is no range of ballot ids of one of the stations, from 1; null where all are. */
export function wrongPrintedLine({ stations, printed }: PaperForm): number | null {
  const ids = new Set(linesOf(stations).map((line) => stationLine.exec(line)?.[1]));
  return firstLine(printed, (line) => !ids.has(printedLine.exec(line)?.[1] ?? ''));
}

function firstLine(text: string, isWrong: (line: string) => boolean): number | null {
  const at = linesOf(text).findIndex(isWrong);
  return at === -1 ? null : at + 1;
}

export function paperRulesOf({ confirmation, stations, printed }: PaperForm): PaperRules {
  const ranges = linesOf(printed).flatMap((line) => {
    const [, id, from, to] = printedLine.exec(line) ?? [];
    return from === undefined || to === undefined ? [] : [{ id, from: from.toLowerCase(), to: to.toLowerCase() }];
  });
  const read = linesOf(stations).flatMap((line): Station[] => {
    const [, id, name] = stationLine.exec(line) ?? [];
    if (id === undefined || name === undefined) return [];
    const own = ranges.filter((range) => range.id === id).map(({ from, to }) => ({ from, to }));
    return [{ id, name, ...(own.length > 0 && { printed: own }) }];
  });
  return { confirmation, ...(read.length > 0 && { stations: read }) };
}

const linesOf = (text: string): readonly string[] =>
  text
    .normalize('NFC')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
