// The version of this program and of Node, for /version.
import { readFileSync } from 'node:fs';
import { projectFolder } from '../project-folder.ts';
import type { Version } from './health.ts';

/** The version in package.json. */
export function programVersion(): Version {
  const text = readFileSync(new URL('package.json', projectFolder), 'utf8');
  return { version: (JSON.parse(text) as { version: string }).version, node: process.versions.node };
}
