// The inputs and outputs of a command, instead of globals, so that a test can run each command.
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../platform/environment.ts';

export type Context = {
  readonly environment: Environment;
  /** Data, for pipes and scripts: standard output. */
  readonly out: (text: string) => void;
  /** Messages for people: standard error. */
  readonly say: (text: string) => void;
  /** The terminal, or a pipe: answers to prompts are read here. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** For binary output, such as a downloaded file, with back-pressure. */
  readonly stdout: Writable;
  /** Whether the reader of the output has ended (`… | head`): what goes on printing ends then. */
  readonly isOutputClosed: () => boolean;
  /** The file of this command: `start` runs it again for each zone. */
  readonly entry: string;
};

/** The last four are of calls of the control API, so that a script can tell them apart. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, notAllowed: 4, conflict: 5, busy: 6 } as const;

/** A command could not do its work for a reason that its user can fix: the message says how. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}
