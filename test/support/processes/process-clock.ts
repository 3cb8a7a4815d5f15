// The clock of a process under test, which a test or a drill sets.
/** The option of Node.js for a process whose clock is ahead by the milliseconds in a file. See `set-clock.mjs`. */
export function clockOf(file: string): string {
  const preload = new URL('set-clock.mjs', import.meta.url);
  preload.searchParams.set('file', file);
  return `--import ${preload.href}`;
}
