// Another commit of this repository, built in the bench's own folder, to be measured by turns with this one.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Longest installation and longest build, in milliseconds. */
const stepMsMax = 600_000;

/** The file of the popvote command of a commit. Its files are copied, so that no other working copy is touched. */
export async function buildOtherVersion(bench: Bench, commit: string): Promise<string> {
  const directory = join(bench.directory, `version-${commit.replaceAll(/[^\w.-]/g, '-')}`);
  const archive = `${directory}.tar`;
  mkdirSync(directory);
  const run = async (command: string, words: readonly string[], cwd: string): Promise<void> => {
    await promisify(execFile)(command, [...words], { cwd, timeout: stepMsMax, maxBuffer: 64 * 1_024 * 1_024 });
  };
  bench.say(`building ${commit}`);
  await run('git', ['archive', '--format=tar', `--output=${archive}`, commit], root);
  await run('tar', ['-xf', archive], directory);
  await run('npm', ['ci', '--no-audit', '--no-fund'], directory);
  await run('npm', ['run', '--silent', 'build'], directory);
  return join(directory, 'dist/cli/main.js');
}
