// The program's version and its Node.js release.
import { readFileSync } from 'node:fs';

/** The oldest release of Node.js that is still maintained. */
const maintainedNodeMajor = 22;

/** The version in package.json, two folders above this file in the sources and in the build. */
export function popvoteVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** One line saying that this Node.js gets no more security fixes; null where it does. */
export function oldNodeWarning(version: string): string | null {
  if (Number(version.split('.')[0]) >= maintainedNodeMajor) return null;
  return `Node ${version} is past its end of life and gets no security fixes; Node 24 is best.`;
}
