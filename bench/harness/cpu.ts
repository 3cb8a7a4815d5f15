// Processor time of processes as the kernel counts it, so that the cost of a vote is known by process and does not
// depend on other processes.
import { readFileSync, readdirSync } from 'node:fs';

/** Ticks per second of /proc/<pid>/stat: 100 on every Linux since 2.6 (USER_HZ, proc(5)). */
const ticksPerSecond = 100;

type Stat = { readonly parent: number; readonly own: number; readonly reaped: number };

function readStat(pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name may hold spaces and brackets; the fields begin after the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return { parent: field(4), own: field(14) + field(15), reaped: field(16) + field(17) };
}

/** Direct children by parent, of all processes. */
function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    if (stat) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  return children;
}

/** The process and everything below it. */
export function processTree(root: number): number[] {
  const children = childrenByParent();
  const tree = [root];
  for (let index = 0; index < tree.length; index += 1) tree.push(...(children.get(tree[index]!) ?? []));
  return tree;
}

/** Seconds of processor time of one process. */
export function cpuSeconds(pid: number): number {
  return (readStat(pid)?.own ?? 0) / ticksPerSecond;
}

/** Seconds of processor time of a process and all its descendants, those that have ended included. */
export function treeCpuSeconds(root: number): number {
  const ticks = processTree(root).map((pid) => {
    const stat = readStat(pid);
    return stat ? stat.own + stat.reaped : 0;
  });
  return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond;
}

/** Seconds of processor time of the children of this process that have ended. */
export const endedChildrenSeconds = (): number => (readStat(process.pid)?.reaped ?? 0) / ticksPerSecond;

/** Most resident memory that a process has had so far, in bytes; 0 where it has ended. */
export function peakResidentBytes(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!match) throw new Error(`no resident memory of process ${pid}`);
  return Number(match[1]) * 1_024;
}

/** Share of time in which the hypervisor ran others, since boot, as [steal, all] in ticks. */
export function stealTicks(): { readonly steal: number; readonly all: number } {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/);
  const numbers = fields.map(Number);
  return { steal: numbers[7] ?? 0, all: numbers.slice(0, 8).reduce((sum, value) => sum + value, 0) };
}
