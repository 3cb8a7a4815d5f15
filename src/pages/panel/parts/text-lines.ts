// Pasted lists: each line is one text as it was written, whatever marks it has.

export type NumberedLine = { readonly at: number; readonly text: string };

/** Lines with their places from 1. Empty ones are left out. */
export const numberedLinesOf = (text: string): readonly NumberedLine[] =>
  text
    .split(/\r\n|\r|\n/)
    .map((line, index) => ({ at: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '');

export const linesOf = (text: string): readonly string[] => numberedLinesOf(text).map((line) => line.text);
