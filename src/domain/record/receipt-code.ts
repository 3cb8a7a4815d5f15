// The short code of a receipt, for people to read and type: the first 70 bits of its leaf in the public log, and two check
// characters.
import { checkCharacters, checkedCode, readCheckedCode } from '../text/checked-code.ts';
import type { ReadSymbols } from '../text/checked-code.ts';

const dataCharacters = 14;
/** Characters of a code, of which the last two check the others. */
export const receiptCodeCharacters = dataCharacters + checkCharacters;

/** The code of a leaf: 16 characters without spaces. */
export const codeOfLeaf = (leaf: Uint8Array): string => checkedCode(leaf, dataCharacters);

export type ReadCode =
  | Exclude<ReadSymbols, { readonly kind: 'code' }>
  /** `start` has the first 8 bytes of the leaf. */
  | { readonly kind: 'code'; readonly code: string; readonly start: Uint8Array };

/** Reads a code as people type it: see `readCheckedCode`. */
export function readReceiptCode(text: string): ReadCode {
  const read = readCheckedCode(text, receiptCodeCharacters);
  return read.kind === 'code' ? { kind: 'code', code: read.code, start: startOf(read.symbols) } : read;
}

function startOf(symbols: readonly number[]): Uint8Array {
  const bits = symbols.map((symbol) => symbol.toString(2).padStart(5, '0')).join('');
  return Uint8Array.from({ length: 8 }, (_, at) => parseInt(bits.slice(at * 8, at * 8 + 8), 2));
}
