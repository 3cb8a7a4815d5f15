// The version of this program and of Node, for /version.
import { readFileSync } from 'node:fs';
import type { Version } from './health.ts';

/** The version in package.json, which is two folders above both the sources and the build. */
export function programVersion(): Version {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return { version: (JSON.parse(text) as { version: string }).version, node: process.versions.node };
}
