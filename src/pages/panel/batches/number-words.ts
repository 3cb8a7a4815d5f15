// Faults in the numbers of a well-formed row, in words, with the titles from the ballot paper. The domain judges the
// numbers, as in the service.
import { judgeCells } from '../../../domain/batch-row.ts';
import type { Contest } from '../../../domain/election.ts';
import { titleInEnglish } from '../words.ts';

/** One text per fault, such as "there is no option 9 in Parliament"; empty for valid numbers. */
export function numberFaults(contests: readonly Contest[], cells: string): readonly string[] {
  if (judgeCells(contests, cells).valid) return [];
  const columns = cells.split(',');
  return contests.flatMap((contest, index) => pollNumberFaults(contest, columns[index] ?? ''));
}

/** Faults of one contest. `cell` is normalised, such as `2+5`. */
function pollNumberFaults(contest: Contest, cell: string): readonly string[] {
  const title = titleInEnglish(contest.title);
  const numbers = cell.split('+').filter((number) => number !== '');
  const optionNumbers = new Set(contest.options.map(({ number }) => String(number)));
  const faults = [...new Set(numbers)]
    .filter((number) => !optionNumbers.has(number))
    .map((number) => `there is no option ${number} in ${title}`);
  if (new Set(numbers).size < numbers.length) faults.push(`the same option is marked twice in ${title}`);
  if (numbers.length > contest.maxChoices) {
    faults.push(`${numbers.length} options are marked in ${title}, and ${contest.maxChoices} may be`);
  }
  if (numbers.length === 0) {
    if (!contest.abstain && contest.minChoices > 0) faults.push(`nothing is marked in ${title}`);
  } else if (numbers.length < contest.minChoices) {
    faults.push(`${numbers.length} is marked in ${title}, and at least ${contest.minChoices} have to be`);
  }
  return faults;
}
