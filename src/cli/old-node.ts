// Whether this release of Node.js is maintained.

/** The oldest release of Node.js that is still maintained. */
const maintainedNodeMajor = 22;

/** One line saying that this Node.js gets no more security fixes; null where it does. */
export function oldNodeWarning(version: string): string | null {
  if (Number(version.split('.')[0]) >= maintainedNodeMajor) return null;
  return `Node ${version} is past its end of life and gets no security fixes; Node 24 is best.`;
}
