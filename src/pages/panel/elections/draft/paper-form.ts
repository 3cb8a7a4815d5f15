// The rules of paper ballots as administrators type them: a line for each station. Ballot ids that were printed for a
// station are kept as they are.
import type { Definition } from './definition.ts';

type PaperRules = NonNullable<Definition['paper']>;
type Station = NonNullable<PaperRules['stations']>[number];

export type PaperForm = { readonly confirmation: boolean; readonly stations: string };

const lineForm = /^([A-Za-z0-9_.-]{1,64})\s*[;,\t]\s*(\S.*)$/;

export const paperFormOf = ({ confirmation, stations = [] }: PaperRules): PaperForm => ({
  confirmation: confirmation === true,
  stations: stations.map(({ id, name }) => `${id}; ${name}`).join('\n'),
});

/** The first line that names no station, from 1; null where all do. */
export function wrongStationLine({ stations }: PaperForm): number | null {
  const at = linesOf(stations).findIndex((line) => !lineForm.test(line));
  return at === -1 ? null : at + 1;
}

export function paperRulesOf({ confirmation, stations }: PaperForm, before: PaperRules): PaperRules {
  const read = linesOf(stations).flatMap((line): Station[] => {
    const [, id, name] = lineForm.exec(line) ?? [];
    if (id === undefined || name === undefined) return [];
    const printed = before.stations?.find((station) => station.id === id)?.printed;
    return [{ id, name, ...(printed && { printed }) }];
  });
  return { confirmation, ...(read.length > 0 && { stations: read }) };
}

const linesOf = (text: string): readonly string[] =>
  text
    .normalize('NFC')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
