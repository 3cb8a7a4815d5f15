// litewitness (filippo.io/torchwood), a witness of the C2SP protocol that others wrote, on a port of this machine. Its key is
// in an ssh-agent, and its logs in an SQLite database, to which they are added as its own tool does. `.ci/run` installs it
// from the Go module proxy, which does not serve everything that this tool needs.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base64Of } from '../../../src/domain/record/bytes.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { endProcess } from '../processes/child-process.ts';
import { freePort } from '../processes/ports.ts';

const emptyRoot = base64Of(sha256(new Uint8Array()));

export type Litewitness = AsyncDisposable & {
  /** The key as a manifest names it. */
  readonly key: string;
  readonly url: string;
  /** Serves a log that this key (of C2SP notes) signs. */
  trust(origin: string, logKey: string): void;
};

/** Programs that it needs. */
const programs = ['litewitness', 'python3', 'ssh-agent', 'ssh-add', 'ssh-keygen'];
/** Adds a log with an empty tree, and its key. The arguments: the database, the log's name, the root of no entries, the key. */
const addLog = `
import sqlite3, sys
name, origin, root, key = sys.argv[1:]
with sqlite3.connect(name, timeout=10) as database:
    database.execute('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)', (origin, root))
    database.execute('INSERT INTO key (origin, key) VALUES (?, ?)', (origin, key))
`;
const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0;
export const missingPrograms = (): readonly string[] => programs.filter((program) => !isInstalled(program));

function ran(program: string, words: readonly string[], variables: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, ...variables },
  });
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
  return stdout;
}

/** Resolves with what follows these words in what a program writes. Rejects if it ends before. */
async function untilWritten(child: ChildProcess, words: RegExp): Promise<string> {
  let text = '';
  const ending = once(child, 'exit').then(() => Promise.reject(new Error(`it ended: ${text}`)));
  const writing = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        text += part.toString();
        const [, match] = words.exec(text) ?? [];
        if (match !== undefined) resolve(match);
      });
    }
  });
  return Promise.race([writing, ending]);
}

export async function createLitewitness(name: string): Promise<Litewitness> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-litewitness-'));
  const [keyFile, socket, database] = ['key', 'agent', 'state.db'].map((file) => join(directory, file)) as [
    string,
    string,
    string,
  ];
  const children: ChildProcess[] = [];
  const dispose = async (): Promise<void> => {
    for (const child of children.splice(0).reverse()) await endProcess(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    ran('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', keyFile]);
    const [fingerprint = ''] = /SHA256:\S+/.exec(ran('ssh-keygen', ['-lf', `${keyFile}.pub`])) ?? [];
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(agent);
    await untilWritten(agent, /SSH_AUTH_SOCK=(\S+);/);
    ran('ssh-add', ['-q', keyFile], { SSH_AUTH_SOCK: socket });
    const listen = `127.0.0.1:${await freePort()}`;
    const words = ['-db', database, '-name', name, '-key', fingerprint, '-ssh-agent', socket, '-listen', listen];
    const witness = spawn('litewitness', words, { stdio: ['ignore', 'pipe', 'pipe'], cwd: directory });
    children.push(witness);
    const [key] = await Promise.all([/vkey=(\S+)/, /msg=(listening)/].map((words) => untilWritten(witness, words)));
    return {
      key: (key ?? '').replaceAll('"', ''),
      url: `http://${listen}`,
      trust(origin, logKey) {
        ran('python3', ['-c', addLog, database, origin, emptyRoot, logKey]);
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
