// Splits a text stream of any size into lines, in bounded memory. Lines that are too long are marked and not stored.

export type FileLine = { readonly row: number; readonly text: string | null };

/** Yields the lines of a text stream with row numbers from 1. `text` is null for lines over `lineCharactersMax`. */
export async function* boundedLines(
  chunks: AsyncIterable<string>,
  lineCharactersMax: number,
): AsyncGenerator<FileLine> {
  let row = 1;
  // null while the line is too long.
  let buffer: string | null = '';
  const finish = (): FileLine => {
    const line = { row, text: buffer === null ? null : buffer.replace(/\r$/, '') };
    row += 1;
    buffer = '';
    return line;
  };
  const append = (text: string): void => {
    buffer = buffer === null || buffer.length + text.length > lineCharactersMax ? null : buffer + text;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      append(chunk.slice(start, end));
      yield finish();
      start = end + 1;
    }
    append(chunk.slice(start));
  }
  if (buffer !== '') yield finish();
}
