// Tables for tests: written as many programs write them, and read by both importers.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { createFileReader } from '../../src/domain/batch-file.ts';
import type { Contest } from '../../src/domain/election.ts';
import type { AskedColumns } from '../../src/domain/roll/roll-layout.ts';
import { createRollReader } from '../../src/domain/roll/roll-file.ts';
import type { RollFault, RollRow } from '../../src/domain/roll/roll-file.ts';

/** The bytes of a file that a reader once got wrong. */
export const tableFixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/tables/${name}.csv`, import.meta.url));

export type ReadRoll = { readonly rows: readonly RollRow[]; readonly fault: RollFault | null };

/** Reads a roll in parts of a size. */
export function readRollOf(bytes: string | Uint8Array, choice: AskedColumns = {}, size = 1_000): ReadRoll {
  const rows: RollRow[] = [];
  const reader = createRollReader(choice, (row) => rows.push(row));
  return { rows, fault: readAll(reader, bytes, size) };
}

export const peopleOf = ({ rows }: ReadRoll): string[] =>
  rows.flatMap((row) => (row.kind === 'person' ? [row.spelling] : []));

/** The rows of a file of paper ballots, and what is wrong with it. */
export function readBatchOf(bytes: string | Uint8Array, contests: readonly Contest[], size = 1_000) {
  const rows: string[] = [];
  const wrong: { readonly line: number; readonly kinds: readonly string[] }[] = [];
  const reader = createFileReader(contests, {
    row: (text) => rows.push(text),
    wrong: ({ line, faults }) => wrong.push({ line, kinds: faults.map(({ kind }) => kind) }),
  });
  const fault = readAll(reader, bytes, size);
  return { rows, wrong, fault, findings: reader.findings() };
}

function readAll<Fault>(
  reader: { add(bytes: Uint8Array): Fault | null; end(): Fault | null },
  content: string | Uint8Array,
  size: number,
): Fault | null {
  const bytes = Buffer.from(content as string);
  for (let at = 0; at < bytes.length; at += size) {
    const fault = reader.add(bytes.subarray(at, at + size));
    if (fault !== null) return fault;
  }
  return reader.end();
}

/** How a program writes a table. */
export type Writing = {
  readonly delimiter: string;
  readonly end: string;
  readonly mark: boolean;
  readonly separatorLine: boolean;
  readonly quotes: 'all' | 'needed';
  readonly titles: readonly string[];
  /** Empty cells at the end of each row. */
  readonly trailing: number;
  /** Rows of empty cells at the end. */
  readonly blanks: number;
  readonly lastEnd: boolean;
};

export const anyWriting: fc.Arbitrary<Writing> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  end: fc.constantFrom('\r\n', '\n', '\r', '\r\r\n'),
  mark: fc.boolean(),
  separatorLine: fc.boolean(),
  quotes: fc.constantFrom('all', 'needed'),
  titles: fc.array(fc.constantFrom('Members', 'Savez, Niš; 2026', '“Клуб”', 'A "quoted" title'), { maxLength: 3 }),
  trailing: fc.nat(2),
  blanks: fc.nat(3),
  lastEnd: fc.boolean(),
});

export function writeTable(rows: readonly (readonly string[])[], writing: Writing): Buffer {
  const { delimiter, end, mark, separatorLine, quotes, titles, trailing, blanks, lastEnd } = writing;
  const cellOf = (cell: string): string =>
    quotes === 'all' || /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const tableLines = [...titles.map((title) => [title]), ...rows].map(
    (cells) => cells.map(cellOf).join(delimiter) + delimiter.repeat(trailing),
  );
  const lines = [
    ...(separatorLine ? [`sep=${delimiter}`] : []),
    ...tableLines,
    ...Array.from({ length: blanks }, () => delimiter.repeat((rows[0]?.length ?? 1) - 1 + trailing)),
  ];
  return Buffer.from(`${mark ? '\uFEFF' : ''}${lines.join(end)}${lastEnd ? end : ''}`);
}
