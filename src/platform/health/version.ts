// What this program is and what it runs on, as /version tells it.
import { readFileSync } from 'node:fs';
import type { Version } from './health.ts';

/** The version in package.json, which stands two folders above the sources and the build alike. */
export function programVersion(): Version {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return { version: (JSON.parse(text) as { version: string }).version, node: process.versions.node };
}
