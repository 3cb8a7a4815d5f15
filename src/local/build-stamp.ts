// Checks that dist is the build of the current sources. `npm run build` writes a fingerprint of its sources into
// dist/build.json. Everything that runs dist compares it first, so that no test and no bench runs an old build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const stampOf = (root: string): string => join(root, 'dist/build.json');
const pendingStampOf = (root: string): string => join(root, 'dist/build-pending.json');
/** Files besides src that determine the build: packages are a part of it. */
const settings = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** A hash of the path and content of every file that the build reads. */
export function sourceFingerprint(root: string): string {
  const paths = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  const hash = createHash('sha256');
  for (const path of [...settings, ...paths]) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Empties dist and records the current sources. A change during the build makes the build stale. */
export function beginBuild(root: string): void {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  mkdirSync(join(root, 'dist'));
  writeFileSync(pendingStampOf(root), JSON.stringify({ sources: sourceFingerprint(root) }));
}

export function finishBuild(root: string): void {
  renameSync(pendingStampOf(root), stampOf(root));
}

let checkedRoot: string | undefined;

/** The file of the built popvote command. Throws if dist is not the build of the sources. Checked once per process. */
export function builtCommand(root: string): string {
  if (checkedRoot !== root) requireFreshBuild(root);
  checkedRoot = root;
  return join(root, 'dist/cli/main.js');
}

/** Throws if dist is missing, incomplete or from other sources. */
export function requireFreshBuild(root: string): void {
  const stamp = stampOf(root);
  if (!existsSync(stamp)) throw new Error('There is no complete build in dist: run npm run build.');
  const { sources } = JSON.parse(readFileSync(stamp, 'utf8')) as { sources: string };
  if (sources !== sourceFingerprint(root)) throw new Error('dist is older than src: run npm run build.');
}
