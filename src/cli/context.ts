// What a command works with, instead of globals: so that each can be run by a test.
import type { Environment } from '../platform/environment.ts';

export type Context = {
  readonly environment: Environment;
  /** Data, for pipes and scripts: standard output. */
  readonly out: (text: string) => void;
  /** Talk, for people: standard error. */
  readonly say: (text: string) => void;
  /** The file of this command: `start` runs it again for each zone. */
  readonly entry: string;
};

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** A command could not do its work, for a reason that its user can mend: the message says how. */
export class CommandFailed extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}
