// The Node that runs the services of `popvote start`. Node 24 needs less processor time for a vote than Node 20, which gets
// no security fixes any more. So the services run with the best one that is here, whichever runs the command (decision 0024).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The release that the platform is developed on, and that its image has. */
const wantedMajor = 24;
/** Longest wait for a Node to say its version, in milliseconds. */
const versionMsMax = 5_000;
/** Most folders of the search path that are looked at. */
const foldersMax = 100;

export type ServiceNode = { readonly path: string; readonly version: string };

/** The folder in which `npm start` installs Node 24. It is the same for the sources and the build. */
export const installedNodeFolder = fileURLToPath(new URL('../../../tools/node24', import.meta.url));

/**
 * This process's own Node if it is recent enough or `choice` is `own`. Otherwise the installed one, or the first one on the
 * search path that is recent enough and that `account`, if any, can run. Without one, this process's own.
 */
export function findServiceNode(options: {
  readonly own: ServiceNode;
  readonly choice: 'best' | 'own';
  readonly searchPath: string;
  readonly folder?: string;
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
}): ServiceNode {
  const { own, choice, searchPath, folder = installedNodeFolder, account } = options;
  if (choice === 'own' || isRecent(own.version)) return own;
  const installed = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  const onPath = searchPath
    .split(delimiter)
    .filter((each) => each !== '')
    .slice(0, foldersMax)
    .map((each) => join(each, 'node'));
  for (const path of [installed, ...onPath].filter((candidate) => existsSync(candidate))) {
    const { status, stdout } = spawnSync(path, ['--version'], {
      encoding: 'utf8',
      timeout: versionMsMax,
      env: {},
      ...account,
    });
    const version = /^v(\d+\.\d+\.\d+)\s*$/.exec(stdout ?? '')?.[1];
    if (status === 0 && version !== undefined && isRecent(version)) return { path, version };
  }
  return own;
}

export const isRecent = (version: string): boolean => Number(version.split('.')[0]) >= wantedMajor;
