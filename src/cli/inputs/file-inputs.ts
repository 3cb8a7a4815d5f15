// Files and pipes that a person names, for commands that read or send them. What is wrong with one is said of the file, also
// when it is found while the file is being sent.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { bounded, whyUnreadable } from '../../platform/files.ts';
import { CommandFailed, exitCodes } from '../context.ts';

export const unreadable = (name: string, error: unknown, exitCode: number = exitCodes.failed): CommandFailed =>
  new CommandFailed(`${name} cannot be read (${whyUnreadable(error)}).`, exitCode);

/** The bytes of a file or of a stream, for sending. It ends with `CommandFailed` where it cannot be read to its end. */
export const sendable = (name: string, open: () => Readable, bytesMax: number): Readable =>
  Readable.from(readWhole(name, open, bytesMax), { objectMode: false });

/** The same of a file, or of a device or a pipe, which has no size. */
export const sendableFile = (path: string, bytesMax: number): Readable =>
  sendable(path, () => createReadStream(path), bytesMax);

// Opened when it is read: no one listens earlier to a stream that fails.
async function* readWhole(name: string, open: () => Readable, bytesMax: number): AsyncGenerator<Buffer> {
  try {
    yield* bounded(open() as AsyncIterable<Buffer>, bytesMax);
  } catch (error) {
    throw unreadable(name, error);
  }
}
