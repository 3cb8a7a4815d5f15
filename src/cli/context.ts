// What a command works with, instead of globals: so that each can be run by a test.
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../platform/environment.ts';

export type Context = {
  readonly environment: Environment;
  /** Data, for pipes and scripts: standard output. */
  readonly out: (text: string) => void;
  /** Talk, for people: standard error. */
  readonly say: (text: string) => void;
  /** The terminal, or a pipe: what is asked for is read here. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** For what is no text of ours, such as a file that is downloaded: with an eye on how fast its reader is. */
  readonly stdout: Writable;
  /** The file of this command: `start` runs it again for each zone. */
  readonly entry: string;
};

/** The last four are of calls of the control API: what a script wants to tell apart without reading a text. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, notAllowed: 4, conflict: 5, busy: 6 } as const;

/** A command could not do its work, for a reason that its user can mend: the message says how. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}
