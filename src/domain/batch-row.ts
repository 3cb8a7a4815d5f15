// A row of a batch: the id of a paper ballot and, for each contest, the numbers that are marked on it. A row has
// exactly one normalised form, so that the same file is the same batch in every spelling of a spreadsheet. Whether the
// form is right is checked separately from whether the numbers are on the ballot: the typist can correct the form, the
// numbers are the voter's mark.
import { canonicalBallotText, judgeBallot } from './ballot.ts';
import type { Ballot } from './ballot.ts';
import type { Contest } from './election.ts';
import { withoutTrailing } from './tables/table-reader.ts';

/**
 * A GUID in its one spelling, then a comma before the numbers of each contest, joined by `+`; an empty value is an
 * abstention.
 */
export type RowText = string;
/** The fault in the form of a line, by how to correct it. */
export type RowFaultKind =
  | 'quotes'
  | 'values'
  | 'ballot-id'
  | 'other-station'
  | 'abstention'
  | 'number'
  | 'empty'
  | 'long'
  | 'control'
  | 'heading';
export type RowFault = {
  readonly kind: RowFaultKind;
  /** From 1; null for the line as a whole. */
  readonly column: number | null;
  /** The value of that column as it was sent. */
  readonly value: string;
  /** How to correct it. */
  readonly detail: string;
};
export type ReadRow =
  { readonly ok: true; readonly text: RowText } | { readonly ok: false; readonly faults: readonly RowFault[] };

/** Most characters of a normalised row: every option of every contest named. */
export const rowCharactersMax = 65_536;

/** The beginning of the hashed text of a batch id; the normalised rows follow, each with its line end. */
export const batchIdPrefix = (election: string, station: string | null): string =>
  `popvote/batch/v1|${election}${station === null ? '' : `|${station}`}\n`;

const guidForm = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;
const numberForm = /^0*([1-9]\d{0,8})$/;
/** Names of the first column in a heading, without separators between words. */
const guidHeadings: ReadonlySet<string> = new Set(['guid', 'uuid', 'id', 'ballot', 'ballotid', 'ballotguid']);

/** How well rows suit a batch with a number of columns: see `TableOptions`. */
export function batchLikeness(rows: readonly (readonly string[])[], columns: number): number {
  const fitting = rows.filter((cells) => withoutTrailing(cells, columns).length === columns).length;
  const ballots = rows.filter(([first = '']) => isBallotId(first)).length;
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  return fitting * 1_000 + ballots * 500 + Math.min(width, 400);
}

export const isBallotId = (cell: string): boolean => guidForm.test(cell);

/** The kind of a row: a heading, a heading with the contests in another order, or a row (null). */
export function readHeading(
  contests: readonly Contest[],
  rawCells: readonly string[],
): { readonly ok: true } | { readonly ok: false; readonly detail: string } | null {
  const [first = '', ...names] = withoutTrailing(rawCells, contests.length + 1);
  if (!guidHeadings.has(first.toLowerCase().replace(/[\s_-]/g, ''))) return null;
  if (names.some((name) => !/\p{L}/u.test(name))) return null;
  if (names.length !== contests.length) return { ok: false, detail: wrongCount(contests, names.length + 1) };
  const places = names.map((name) => contests.findIndex(({ id }) => id.toLowerCase() === name.toLowerCase()));
  if (places.every((place, index) => place === -1 || place === index)) return { ok: true };
  const order = contests.map(({ id }) => id).join(', ');
  return { ok: false, detail: `Put the columns in the order of the contests: ${order}.` };
}

/** Reads the cells of a row in any of their spellings. Reports every fault. */
export function readRow(contests: readonly Contest[], rawCells: readonly string[]): ReadRow {
  const cells = withoutTrailing(rawCells, contests.length + 1);
  if (cells.length !== contests.length + 1) return wholeRow('values', wrongCount(contests, cells.length));
  const faults: RowFault[] = [];
  const guid = guidForm.exec(cells[0] ?? '')?.[1]?.toLowerCase();
  if (guid === undefined) {
    const detail = 'The first value is not a ballot ID such as 728a5df9-f99d-22f3-c3e9-956fb02d46ce.';
    faults.push({ kind: 'ballot-id', column: 1, value: cells[0] ?? '', detail });
  }
  let text = guid ?? '';
  for (const [index, contest] of contests.entries()) {
    const column = index + 2;
    const value = cells[index + 1] ?? '';
    const numbers = readNumbers(contest, value);
    if (typeof numbers === 'string') text += `,${numbers}`;
    else faults.push({ ...numbers, column, value, detail: `Column ${column} (${contest.id}): ${numbers.detail}` });
  }
  return faults.length === 0 ? { ok: true, text } : { ok: false, faults };
}

/** A fault in a line as a whole. */
export const wholeRow = (kind: RowFaultKind, detail: string): ReadRow => ({
  ok: false,
  faults: [{ kind, column: null, value: '', detail }],
});

function wrongCount(contests: readonly Contest[], values: number): string {
  const numbers = contests.length === 1 ? 'the number' : `one number for each of the ${contests.length} contests`;
  return `Give ${contests.length + 1} values: the ballot ID and ${numbers}. This line has ${values}.`;
}

function readNumbers(contest: Contest, cell: string): string | Pick<RowFault, 'kind' | 'detail'> {
  if (cell === '') {
    return contest.abstain || contest.minChoices === 0
      ? ''
      : { kind: 'abstention', detail: 'this contest offers no abstention; give a number.' };
  }
  // By far the most frequent: one number.
  const alone = numberForm.exec(cell);
  if (alone) return alone[1] ?? '';
  const parts = contest.maxChoices > 1 ? cell.split(/\s*\+\s*|\s+/) : [cell];
  const numbers = parts.map((part) => numberForm.exec(part)?.[1]);
  if (numbers.includes(undefined)) {
    const several =
      contest.maxChoices > 1 ? 'whole numbers above 0, separated by spaces or +' : 'one whole number above 0';
    return { kind: 'number', detail: `give ${several}, of at most nine digits.` };
  }
  return numbers.sort((a, b) => Number(a) - Number(b)).join('+');
}

export type CellsVerdict =
  /** The ballot's canonical text. */
  | { readonly valid: true; readonly ballot: string }
  /** The first contest whose numbers are not on the ballot, are repeated or are too many or too few. */
  | { readonly valid: false; readonly contestId: string };

/** Judges the numbers of a normalised row: everything after its first comma. */
export function judgeCells(contests: readonly Contest[], cells: string): CellsVerdict {
  const columns = cells.split(',');
  const ballot = contests.map((contest, index) => {
    const options = new Map(contest.options.map(({ id, number }) => [String(number), id]));
    const numbers = (columns[index] ?? '').split('+').filter((number) => number !== '');
    // A number that is not on the ballot has no id: '' is never one.
    return { contestId: contest.id, choices: numbers.map((number) => options.get(number) ?? '') };
  });
  const verdict = judgeBallot(contests, { contests: ballot });
  if (verdict.valid) return { valid: true, ballot: canonicalBallotText(verdict.ballot) };
  return { valid: false, contestId: verdict.faults[0]?.contestId ?? '' };
}

/** The cells of a normalised row that says this ballot: the reverse of `judgeCells`. Throws for another election's. */
export function cellsOf(contests: readonly Contest[], { contests: answers }: Ballot): string {
  const columns = contests.map(({ id, options }) => {
    const answer = answers.find(({ contestId }) => contestId === id);
    const numbers = answer?.choices.map((choice) => options.find((option) => option.id === choice)?.number);
    if (numbers === undefined || numbers.includes(undefined)) throw new RangeError('a ballot of another election');
    return numbers.join('+');
  });
  return columns.join(',');
}
