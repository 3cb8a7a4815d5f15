// promtool, the tool of Prometheus that tests rules. `.ci/run` installs it; elsewhere tests say by name that it is missing.
import { spawnSync } from 'node:child_process';

const isThere = spawnSync('promtool', ['--version']).status === 0;

/** In CI a test that needs it fails without it. */
export const skipsPromtool = !isThere && process.env['CI'] !== 'true';
/** Ends the title of a test that is left out. */
export const promtoolMissing = skipsPromtool ? ' (promtool is missing here)' : '';

/** Its exit code, null if it cannot be started, and all that it printed. */
export function runPromtool(...words: readonly string[]): readonly [number | null, string] {
  const { status, stdout, stderr } = spawnSync('promtool', words, { encoding: 'utf8' });
  return [status, `${stdout}${stderr}`];
}
