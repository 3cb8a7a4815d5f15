// The Node that runs the services of `popvote start`. Node 24 needs less processor time for a vote than Node 20, which gets
// no security fixes any more. So the services run with the best one that is here, whichever runs the command (decision 0024).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectFolder } from '../../platform/project-folder.ts';

/** The release that the platform is developed on, and that its image has. */
const wantedMajor = 24;
/** Longest installation, in milliseconds. */
const installMsMax = 180_000;
/** Longest wait for a Node to say its version, in milliseconds. */
const versionMsMax = 5_000;

export type ServiceNode = { readonly path: string; readonly version: string };

/** The folder in which `npm start` installs Node 24. */
export const installedNodeFolder = fileURLToPath(new URL('deploy/node24', projectFolder));

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
  readonly versionMs?: number;
}): ServiceNode {
  const { own, choice, searchPath, folder = installedNodeFolder, account, versionMs = versionMsMax } = options;
  if (choice === 'own' || isRecent(own.version)) return own;
  const installed = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  const onPath = searchPath
    .split(delimiter)
    .filter((each) => each !== '')
    .map((each) => join(each, 'node'));
  for (const path of [installed, ...onPath].filter((candidate) => existsSync(candidate))) {
    const { status, stdout } = spawnSync(path, ['--version'], {
      encoding: 'utf8',
      timeout: versionMs,
      env: {},
      ...account,
    });
    const version = status === 0 ? /^v(\d+\.\d+\.\d+)\s*$/.exec(stdout)?.[1] : undefined;
    if (version !== undefined && isRecent(version)) return { path, version };
  }
  return own;
}

const isRecent = (version: string): boolean => Number(version.split('.')[0]) >= wantedMajor;

/**
 * Installs Node 24 in `folder` where none is found, on the platforms that have a package of it. Returns whether there is one
 * now. What is installed is pinned by the hash in `package-lock.json` of that folder.
 */
export function installNode(
  options: Omit<Parameters<typeof findServiceNode>[0], 'choice'> & {
    readonly say: (line: string) => void;
    readonly npm?: string;
    readonly installMs?: number;
  },
): boolean {
  const { say, npm = 'npm', installMs = installMsMax, folder = installedNodeFolder } = options;
  const isHere = (): boolean => isRecent(findServiceNode({ ...options, choice: 'best' }).version);
  if (isHere() || process.platform !== 'linux') return isHere();
  say('Installing Node 24 for the services (45 MB, once; POPVOTE_NODE=own keeps the Node that is here).');
  const words = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0', '--loglevel=error'];
  spawnSync(npm, words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], timeout: installMs });
  if (isHere()) return true;
  say('Node 24 cannot be installed from here. The services run with the Node that is here.');
  return false;
}
