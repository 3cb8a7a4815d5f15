// `--node PATH`: the whole bench runs with another Node, the platform, the generators and the peers alike.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { dirname, delimiter, resolve } from 'node:path';

/** Runs this command with the Node at `path` instead, and ends with its exit code. */
export function runUnderNode(path: string): never {
  const node = resolve(path);
  accessSync(node, constants.X_OK);
  const words = process.argv.slice(1);
  const at = words.findIndex((word) => word === '--node' || word.startsWith('--node='));
  words.splice(at, words[at] === '--node' ? 2 : 1);
  const { status } = spawnSync(node, ['--import', import.meta.resolve('tsx'), ...words], {
    stdio: 'inherit',
    // For npm and everything else that looks for `node`.
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  process.exit(status ?? 1);
}
