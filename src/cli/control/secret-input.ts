// Input of passwords and codes: typed on a terminal without echo, or from a file or a pipe for scripts. Never from an
// argument, which every process of the machine can read, and never printed.
import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { bounded, readFileBytes } from '../../platform/files.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import type { Context } from '../context.ts';
import { unreadable } from '../inputs/file-inputs.ts';

/** Most of a pipe that is read to find the first line, and largest file, in bytes. */
const bytesMax = 16_384;

export type HiddenInput = {
  /** Asks on the terminal without echo. Fails where there is no terminal, or the user cancels. */
  ask(question: string): Promise<string>;
  close(): void;
};

export function hiddenInput({ stdin, say }: Context): HiddenInput {
  // One reader for all prompts, so that text typed early is not lost.
  let lines: AsyncIterator<string> | undefined;
  let reader: Interface | undefined;
  return {
    async ask(question) {
      if (!stdin.isTTY) throw new CommandFailed(`There is no terminal to ask on: ${question}`, exitCodes.usage);
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      reader ??= createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 });
      lines ??= reader[Symbol.asyncIterator]();
      say(`${question} (what you type is not shown)`);
      const line = await lines.next();
      // Ctrl-C or Ctrl-D.
      if (line.done) throw new CommandFailed('Nothing was typed. Nothing was sent.');
      return line.value;
    },
    close: () => reader?.close(),
  };
}

/** The first line of a file, or of standard input where the file is "-". */
export async function secretOf(context: Context, option: string, file: string): Promise<string> {
  const bytes = file === '-' ? await readPipe(context) : readOrFail(option, file);
  const end = bytes.indexOf('\n');
  const first = end === -1 ? bytes : bytes.subarray(0, end);
  if (!isUtf8(first)) throw new CommandFailed(`${option}: it is not encoded in UTF-8.`, exitCodes.usage);
  // The decoder leaves out the mark that some editors put at the beginning.
  const line = new TextDecoder().decode(first).replace(/\r$/, '');
  if (line === '') throw new CommandFailed(`${option}: nothing is in it.`, exitCodes.usage);
  return line;
}

/** What comes before the end of the first line, and perhaps more. */
async function readPipe({ stdin }: Context): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of bounded(stdin as AsyncIterable<Buffer>, bytesMax)) {
      parts.push(part);
      if (part.includes('\n')) break;
    }
  } catch (error) {
    throw unreadable('Standard input', error, exitCodes.usage);
  }
  return Buffer.concat(parts);
}

function readOrFail(option: string, file: string): Buffer {
  try {
    return readFileBytes(file, bytesMax);
  } catch (error) {
    throw unreadable(`${option}: ${file}`, error, exitCodes.usage);
  }
}
