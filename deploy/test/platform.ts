// The platform of docker-compose.yml on the engine, in a folder of its own: secrets, commands, containers.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeText } from '../../test/support/deploy/compose-file.ts';
import { containersWith, docker, runProgram } from './docker.ts';
import type { Answer, CommandOptions, Container } from './docker.ts';
import type { Operated } from './election.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type ComposedPlatform = {
  readonly folder: string;
  compose(...words: readonly string[]): Promise<Answer>;
  /** The same, and fails where the command fails. */
  must(...words: readonly string[]): Promise<string>;
  containers(): Promise<readonly Container[]>;
  /** Runs a line as an operator types it, and fails where it fails. */
  shell(line: string): Promise<string>;
  readonly operated: Operated;
  end(): Promise<void>;
};

/** Nothing is started yet. The engine of this test is older than `start_interval`, which only makes a start quicker. */
export function newPlatform(): ComposedPlatform {
  const folder = mkdtempSync(join(tmpdir(), 'popvote-compose-'));
  mkdirSync(join(folder, 'secrets'), { mode: 0o700 });
  symlinkSync(join(root, 'deploy'), join(folder, 'deploy'));
  writeFileSync(join(folder, 'docker-compose.yml'), composeText.replaceAll(/^ *start_interval: .*\n/gm, ''));
  const options: CommandOptions = {
    cwd: folder,
    environment: { COMPOSE_PROFILES: 'monitoring', EDGE_FILES: '20000' },
  };
  const compose = (...words: readonly string[]): Promise<Answer> =>
    runProgram('docker', ['compose', ...words], options);
  const must = async (...words: readonly string[]): Promise<string> => {
    const { code, out, err } = await compose(...words);
    if (code !== 0) throw new Error(`docker compose ${words.join(' ')}: ${err.slice(-3_000)}`);
    return out;
  };
  const shell = async (line: string): Promise<string> => {
    const { code, out, err } = await runProgram('bash', ['-c', line], options);
    if (code !== 0) throw new Error(`${line}: ${err.slice(-3_000)}`);
    return out;
  };
  const job = (...words: readonly string[]): Promise<string> => must('run', '--rm', '-T', '--no-deps', ...words);
  return {
    folder,
    compose,
    must,
    shell,
    containers: () => containersWith('com.docker.compose.project=popvote', 'com.docker.compose.service'),
    operated: {
      folder,
      edge: () => must('ps', '-q', 'edge').then((id) => id.trim()),
      example: () => job('operate', 'election', 'example'),
      async load(definition) {
        const file = join(folder, 'example.json');
        writeFileSync(file, definition);
        await job('-v', `${file}:/example.json:ro`, 'operate', 'election', 'load', '/example.json');
      },
      newAdministrator: (email) => job('access', 'admin', 'create', '--email', email),
      secret: (name) => readFileSync(join(folder, 'secrets', name), 'utf8'),
    },
    async end() {
      await compose('--profile', 'jobs', 'down', '--volumes', '--remove-orphans', '--timeout', '1');
      await docker('volume', 'prune', '-f');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
