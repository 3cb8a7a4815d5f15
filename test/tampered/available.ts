// The verifiers that can run here: the one file of the build, and the one in Go where Go is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Verifier } from './verifiers.ts';

const root = join(import.meta.dirname, '../..');
const goSource = join(root, 'src/verifier-go');

/** Whether there is a verifier in Go that this machine cannot build. Where everything must run, that is a fault. */
export const isWithoutGo =
  !existsSync(goSource) || (spawnSync('go', ['version']).status !== 0 && process.env['CI'] === undefined);

/** Builds the verifier in Go into a folder, and names all verifiers that there are. */
export function availableVerifiers(folder: string): Verifier[] {
  const verifiers: Verifier[] = [];
  if (existsSync(join(root, 'src/verifier'))) {
    verifiers.push({ name: 'TypeScript', command: [process.execPath, join(root, 'dist/popvote-verify.mjs')] });
  }
  if (!isWithoutGo) {
    const program = join(folder, 'popvote-verify-go');
    const env = { ...process.env, GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false' };
    execFileSync('go', ['build', '-o', program, '.'], { cwd: goSource, env });
    verifiers.push({ name: 'Go', command: [program] });
  }
  return verifiers;
}
