// Lines of a file of any size in bounded memory: a line that is too long is told as such and never held.

export type FileLine = { readonly row: number; readonly text: string | null };

/** Yields the lines of a text stream with their row numbers from 1; `text` is null where the line is too long. */
export async function* boundedLines(
  chunks: AsyncIterable<string>,
  lineCharactersMax: number,
): AsyncGenerator<FileLine> {
  let row = 1;
  // null once it is too long.
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
