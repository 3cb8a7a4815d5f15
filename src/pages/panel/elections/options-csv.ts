// The options of an election as a file, which "Add many options" reads again: one row for each, in ballot order.
import { csvRow } from '../../../domain/csv-text.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { mainLanguage, optionTitle } from './draft/definition.ts';
import { titleInEnglish } from '../words.ts';

type Election = Pick<AdministeredElection, 'definition' | 'participants'>;

export function optionsCsv({ definition, participants }: Election): string {
  const main = mainLanguage(definition);
  const rows = definition.contests.flatMap((contest, index) =>
    [...contest.options]
      .sort((a, b) => a.number - b.number)
      .map((option) => {
        const title = optionTitle(option, participants);
        return csvRow([index + 1, option.number, title[main] ?? titleInEnglish(title)]);
      }),
  );
  return csvRow(['question', 'number', 'option']) + rows.join('');
}
