// The first reading of a file: every line is read, and those of wrong form are listed, all of them. One is enough for the
// whole file to be refused: what a typist meant is not ours to guess.
import { delimiterOf, readHeading, readRow } from '../domain/batch-row.ts';
import type { Delimiter } from '../domain/batch-row.ts';
import type { Contest } from '../domain/election.ts';
import { batchRowsMax } from '../protocol/batch-entries.ts';
import { Problem } from '../protocol/problem.ts';
import { wrongLinesMax } from '../protocol/wrong-lines.ts';
import type { WrongLine } from '../protocol/wrong-lines.ts';
import { readLines } from './line-reader.ts';
import type { Spool } from './spool.ts';

/** Of a line of wrong form this much is shown, in UTF-16 units. */
const shownUnitsMax = 80;

/** Reads a whole file into the spool. Throws `invalid-batch` with the lines that are of wrong form, or `payload-too-large`. */
export async function readFile(
  source: AsyncIterable<Buffer>,
  contests: readonly Contest[],
  spool: Spool,
): Promise<void> {
  const wrong = createWrongLines();
  let line = 0;
  let rows = 0;
  let delimiter: Delimiter | null = null;
  // Empty lines at the end are nothing; one between rows may be a ballot that got lost.
  let blank: number[] = [];
  const take = (text: string, tooLong: boolean): void => {
    line += 1;
    if (text.trim() === '') {
      if (blank.length <= wrongLinesMax) blank.push(line);
      return;
    }
    for (const each of blank) wrong.add({ line: each, row: (rows += 1), text: '', detail: 'Remove the empty line.' });
    blank = [];
    if (delimiter === null) {
      delimiter = delimiterOf(text, contests.length + 1);
      const heading = tooLong ? null : readHeading(contests, delimiter, text);
      if (heading?.ok === false) wrong.add({ line, row: null, text, detail: heading.detail });
      if (heading !== null) return;
    }
    rows += 1;
    if (rows > batchRowsMax) throw new Problem('payload-too-large', { detail: tooManyRows });
    const read = tooLong
      ? { ok: false as const, detail: 'The line is too long for any ballot.' }
      : readRow(contests, delimiter, text);
    if (!read.ok) wrong.add({ line, row: rows, text, detail: read.detail });
    else if (wrong.total === 0) spool.add(read.text);
  };
  await readLines(source, { take, pause: () => spool.flush() });
  wrong.refuse();
  if (rows === 0) {
    throw new Problem('invalid-batch', {
      detail: 'The file has no rows. Choose the right file. Nothing was recorded.',
    });
  }
}

const tooManyRows =
  `A file may have ${batchRowsMax} rows. Send it in several files: each is a batch of its own, and a ballot id that ` +
  'stands in two of them counts once. Nothing was recorded.';

function createWrongLines() {
  const lines: WrongLine[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    add(found: WrongLine): void {
      total += 1;
      if (lines.length < wrongLinesMax) lines.push({ ...found, text: printable(found.text) });
    },
    refuse(): void {
      if (total > 0) throw new Problem('invalid-batch', { lines, linesTotal: total });
    },
  };
}

/** Shortened, with a mark for each character that would not show. */
function printable(text: string): string {
  const shown = text.slice(0, shownUnitsMax).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return text.length > shownUnitsMax ? `${shown}…` : shown;
}
