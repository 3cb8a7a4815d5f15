// What this program is and what it runs on.
import { readFileSync } from 'node:fs';

/** The oldest release of Node that is not past its end of life. */
const maintainedNodeMajor = 22;

/** The version in package.json, which stands two folders above the sources and the build alike. */
export function popvoteVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** In one line, that this Node gets no more security fixes; null where it does. */
export function oldNodeWarning(version: string): string | null {
  if (Number(version.split('.')[0]) >= maintainedNodeMajor) return null;
  return `Node ${version} is past its end of life and gets no security fixes; Node 24 is best.`;
}
