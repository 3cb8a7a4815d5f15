// The file that stores a login between commands: the address of the panel and the pair of tokens. Only its owner can
// read it. It is replaced as a whole and never printed. A token is sent only to the address that issued it.
import { rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readEnvironment } from '../../platform/environment.ts';
import type { Environment } from '../../platform/environment.ts';
import { makeFolder, readTextFile } from '../../platform/files.ts';
import { parseJson } from '../../platform/json.ts';
import { replaceFile } from '../../platform/keys/key-directory.ts';
import { tokenPair } from '../../protocol/control/access-api.ts';
import { commandEnvironment } from '../command-environment.ts';
import { CommandFailed } from '../context.ts';
import { unreadable } from '../inputs/file-inputs.ts';

const keptSession = z.object({ origin: z.url({ protocol: /^https?$/ }), email: z.string(), pair: tokenPair });
export type KeptSession = z.infer<typeof keptSession>;

const stateVariables = commandEnvironment.pick({ POPVOTE_SESSION_FILE: true, XDG_STATE_HOME: true, HOME: true });

export type SessionFile = {
  readonly path: string;
  /** Null where no login is stored. */
  read(): KeptSession | null;
  replace(session: KeptSession): void;
  remove(): void;
};

/** POPVOTE_SESSION_FILE, or popvote/session.json in XDG_STATE_HOME (~/.local/state by default). */
export function sessionFile(environment: Environment): SessionFile {
  const variables = readEnvironment(stateVariables, environment);
  const state = variables.XDG_STATE_HOME ?? join(variables.HOME ?? homedir(), '.local', 'state');
  const path = variables.POPVOTE_SESSION_FILE ?? join(state, 'popvote', 'session.json');
  return {
    path,
    read: () => readKept(path),
    replace(session) {
      makeFolder(dirname(path));
      replaceFile(path, `${JSON.stringify(session, null, 2)}\n`, 0o600);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function readKept(path: string): KeptSession | null {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unreadable(path, error);
  }
  // File modes have no meaning on Windows.
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new CommandFailed(`${path} is open to others, and it holds a login. Close it: chmod 600 ${path}`);
  }
  const parsed = keptSession.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new CommandFailed(`${path} is no session of popvote. Remove it and log in again: popvote login`);
}
