// Participants as a file for other programs.
import { csvRow } from '../../../domain/csv-text.ts';
import type { Participant } from '../../../protocol/control/participants-api.ts';

/** A row for each participant: the name, or the names by language. */
export function participantsCsv(participants: readonly Participant[]): string {
  const languages = [
    ...new Set(participants.flatMap(({ name }) => (typeof name === 'string' ? [] : Object.keys(name)))),
  ];
  const cells = ({ name }: Participant): string[] =>
    typeof name === 'string' ? [name, ...languages.map(() => '')] : ['', ...languages.map((tag) => name[tag] ?? '')];
  const rows = participants.map((each) => csvRow([each.id, each.kind, ...cells(each)]));
  return csvRow(['id', 'kind', 'name', ...languages.map((tag) => `name (${tag})`)]) + rows.join('');
}
