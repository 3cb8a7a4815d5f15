// Before `npm start`: installs Node 24 for the services, once, where an older Node runs npm and none is found. What is
// installed is pinned by a hash in tools/node24/package-lock.json. Without it the start goes on with the Node that is here.
import { spawnSync } from 'node:child_process';
import { findServiceNode, installedNodeFolder, isRecent } from './node-runtime.ts';

/** Longest installation, in milliseconds: 45 MB. */
const installMsMax = 180_000;

const own = { path: process.execPath, version: process.versions.node };
const find = () => findServiceNode({ own, choice: 'best', searchPath: process.argv[2] ?? '' });
if (process.platform === 'linux' && !isRecent(find().version)) {
  process.stderr.write(
    'Installing Node 24 for the services (45 MB, once; POPVOTE_NODE=own keeps the Node that is here).\n',
  );
  const words = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0', '--loglevel=error'];
  spawnSync('npm', words, { cwd: installedNodeFolder, stdio: ['ignore', 'ignore', 'inherit'], timeout: installMsMax });
  const { version } = find();
  if (!isRecent(version))
    process.stderr.write(`Node 24 cannot be installed from here. The services run with Node ${version}.\n`);
}
