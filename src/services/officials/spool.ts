// Where the rows of a file lie between the two readings: only when every line was found to be right does the first row
// leave this process. The file has a name that we make and that is removed as soon as it is open, so that nothing is left
// of it whatever happens to the process.
import { createHash, randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkCharactersMax, chunkRowsMax } from '../../protocol/control/batch-entries.ts';

/** Characters that are collected before they are written. */
const writeCharacters = 256 * 1_024;
/** Bytes that are read at once. */
const readBytes = 256 * 1_024;

export type RowChunk = { readonly firstRow: number; readonly rows: number; readonly text: string };

export type Spool = AsyncDisposable & {
  /** Adds a row, which must not hold the end of a line. */
  add(row: string): void;
  /** Writes what has been collected, if it is worth it. */
  flush(): Promise<void>;
  readonly rows: number;
  /** Writes the rest and returns SHA-256 over the prefix and all rows, each with its line end, in base64url. */
  finish(): Promise<string>;
  /** All rows in their order, as often as wanted, once it is finished. */
  chunks(): AsyncGenerator<RowChunk>;
};

/** `hashPrefix` is what the hash of the rows begins with. */
export async function createSpool(directory: string, hashPrefix: string): Promise<Spool> {
  const path = join(directory, `popvote-${randomUUID()}.rows`);
  const file = await open(path, 'wx+', 0o600);
  // Windows keeps a file that is open; there it goes when it is closed.
  const removed = await unlink(path).then(
    () => true,
    () => false,
  );
  const hash = createHash('sha256').update(hashPrefix);
  let text = '';
  let rows = 0;
  const write = async (): Promise<void> => {
    const bytes = Buffer.from(text);
    text = '';
    hash.update(bytes);
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
  };
  return {
    add(row) {
      text += `${row}\n`;
      rows += 1;
    },
    flush: async () => (text.length >= writeCharacters ? write() : undefined),
    get rows() {
      return rows;
    },
    async finish() {
      await write();
      return hash.digest('base64url');
    },
    chunks: () => readChunks(file),
    async [Symbol.asyncDispose]() {
      await file.close();
      if (!removed) await unlink(path).catch(() => undefined);
    },
  };
}

async function* readChunks(file: FileHandle): AsyncGenerator<RowChunk> {
  let firstRow = 1;
  let rows = 0;
  let text = '';
  for await (const row of readRows(file)) {
    if (rows === chunkRowsMax || (rows > 0 && text.length + row.length > chunkCharactersMax)) {
      yield { firstRow, rows, text };
      [firstRow, rows, text] = [firstRow + rows, 0, ''];
    }
    text += row;
    rows += 1;
  }
  if (rows > 0) yield { firstRow, rows, text };
}

/** Each row with its line end. */
async function* readRows(file: FileHandle): AsyncGenerator<string> {
  const buffer = Buffer.alloc(readBytes);
  let rest = '';
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, readBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    // Rows are ASCII: no character is cut in two.
    const text = rest + buffer.toString('latin1', 0, bytesRead);
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      yield text.slice(from, at + 1);
      from = at + 1;
    }
    rest = text.slice(from);
  }
}
