// A command in a process of its own: what it writes, its processor time, and the most memory that it had.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Cleanup } from './cleanup.ts';
import { ending } from './child.ts';
import { endedChildrenSeconds, peakResidentBytes } from './cpu.ts';

/** How often the memory is looked at, in milliseconds. What the kernel says is the most until then. */
const lookMs = 20;

export type MeasuredCommand = {
  readonly exit: number | null;
  readonly output: string;
  readonly processorSeconds: number;
  readonly peakBytes: number;
};

/** No other child may end meanwhile: the kernel counts the time of all children that have ended together. */
export async function measureCommand(
  cleanup: Cleanup,
  [program = '', ...words]: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<MeasuredCommand> {
  const before = endedChildrenSeconds();
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  cleanup.add(ending(child).end);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakResidentBytes(child.pid ?? 0));
  }, lookMs);
  try {
    const [exit] = (await once(child, 'close')) as [number | null];
    return { exit, output, processorSeconds: endedChildrenSeconds() - before, peakBytes };
  } finally {
    clearInterval(timer);
  }
}
