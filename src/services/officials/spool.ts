// Temporary storage of a file's rows between its two readings. No row leaves this process before every line is found to
// be well-formed. The file has a random name, which is removed as soon as the file is open, so that nothing remains of
// it however the process ends.
import { createHash, randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkCharactersMax, chunkRowsMax } from '../../protocol/control/batch-entries.ts';

/** Characters that are collected before a write. */
const writeCharacters = 256 * 1_024;
/** Bytes of one read. */
const readBytes = 256 * 1_024;

export type RowChunk = { readonly firstRow: number; readonly rows: number; readonly text: string };

export type Spool = AsyncDisposable & {
  /** Adds a row, which must not contain a line end. */
  add(row: string): void;
  /** Writes the collected rows if there are enough of them. */
  flush(): Promise<void>;
  readonly rows: number;
  /** Written and collected so far. */
  readonly bytes: number;
  /** When it was opened, by the clock of `performance`, in milliseconds. */
  readonly openedMs: number;
  /** Writes the rest. Returns the SHA-256 hash of the prefix and all rows, each with its line end, in base64url. */
  finish(): Promise<string>;
  /** All rows in their order, after `finish`. It can be read repeatedly. */
  chunks(): AsyncGenerator<RowChunk>;
};

/** The spools that are open in a process. */
export type OpenSpools = Set<Pick<Spool, 'bytes' | 'openedMs'>>;

/** The hash of the rows begins with `hashPrefix`. The spool is in `opened` while it is open. */
export async function createSpool(
  directory: string,
  hashPrefix: string,
  opened: OpenSpools = new Set(),
): Promise<Spool> {
  const path = join(directory, `popvote-${randomUUID()}.rows`);
  const file = await open(path, 'wx+', 0o600);
  // Windows keeps the name of an open file. There it is removed after closing.
  const removed = await unlink(path).then(
    () => true,
    () => false,
  );
  const hash = createHash('sha256').update(hashPrefix);
  let text = '';
  let rows = 0;
  let bytesTotal = 0;
  const openedMs = performance.now();
  const write = async (): Promise<void> => {
    const bytes = Buffer.from(text);
    text = '';
    hash.update(bytes);
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
  };
  const spool: Spool = {
    openedMs,
    add(row) {
      text += `${row}\n`;
      rows += 1;
      bytesTotal += row.length + 1;
    },
    flush: async () => (text.length >= writeCharacters ? write() : undefined),
    get rows() {
      return rows;
    },
    get bytes() {
      return bytesTotal;
    },
    async finish() {
      await write();
      return hash.digest('base64url');
    },
    chunks: () => readChunks(file),
    async [Symbol.asyncDispose]() {
      opened.delete(spool);
      await file.close();
      if (!removed) await unlink(path).catch(() => undefined);
    },
  };
  opened.add(spool);
  return spool;
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
    // Rows are ASCII, so no character is cut in two.
    const text = rest + buffer.toString('latin1', 0, bytesRead);
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      yield text.slice(from, at + 1);
      from = at + 1;
    }
    rest = text.slice(from);
  }
}
