// Before `npm start`: installs Node 24 for the services, once, where an older Node runs npm and none is found. Without it the
// start goes on. The argument is the search path.
import { installNode } from './node-runtime.ts';

installNode({
  own: { path: process.execPath, version: process.versions.node },
  searchPath: process.argv[2] ?? '',
  say: (line) => void process.stderr.write(`${line}\n`),
});
