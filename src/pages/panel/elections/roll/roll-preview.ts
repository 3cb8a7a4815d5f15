// The first rows of a roll as they are read, and which column is likely the number. Everything stays in this browser.
import { readRollHead } from '../../../../domain/roll/roll-file.ts';
import type { SecondElement } from '../../../../domain/roll/second-element.ts';
import { rollLayout } from '../../../../domain/roll/roll-layout.ts';
import type { RollLayout } from '../../../../domain/roll/roll-layout.ts';

/** How much of a file is read for the preview, in bytes: more than decides in the service how a roll is read. */
const previewBytesMax = 262_144;
/** Rows and columns that are shown. */
const rowsMax = 8;
export const columnsMax = 12;

export type RollPreview = {
  /** Why the file cannot be read; null where it can. */
  readonly fault: string | null;
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[];
  readonly columns: number;
  /** The columns by a known heading, positions from 1; null where the user must say. */
  readonly guess: { readonly heading: number; readonly column: number; readonly second: number | null } | null;
};

/** `second`: what the roll must have beside the numbers. */
export async function previewRoll(file: Blob, second: SecondElement | undefined): Promise<RollPreview> {
  const bytes = new Uint8Array(await file.slice(0, previewBytesMax).arrayBuffer());
  const { rows, fault } = readRollHead(bytes, file.size <= previewBytesMax);
  const readable = rows.map(({ row, cells, text }) => ({ row, cells: cells ?? [text] }));
  const head = rows.flatMap(({ row, cells }) => (cells === null ? [] : [{ row, cells }]));
  const whole = rollLayout(head, second === undefined ? {} : { second: { kind: second } });
  // Where only the second element has no known heading, the user selects no more than that.
  const layout = whole.ok ? whole : rollLayout(head, {});
  return {
    fault: fault?.detail ?? null,
    rows: readable.slice(0, rowsMax),
    columns: Math.max(1, ...readable.map(({ cells }) => cells.length)),
    guess: layout.ok ? guessOf(layout.value) : null,
  };
}

const guessOf = ({ heading, column, second }: RollLayout): RollPreview['guess'] => ({
  heading,
  column: column + 1,
  second: second === null ? null : second.column + 1,
});
