// Processor time of each process of the platform.
import { cpuSeconds, treeCpuSeconds } from './cpu.ts';
import type { Platform, PlatformProcess } from './platform.ts';

export const platformProcesses: readonly PlatformProcess[] = ['api', 'sms', 'ballots', 'mixer', 'postgres', 'redis'];

export type PlatformCpu = Readonly<Record<PlatformProcess, number>>;

/** Seconds of processor time so far, by process; of PostgreSQL with all that it started. */
export function platformCpu(platform: Platform): PlatformCpu {
  const seconds = (name: PlatformProcess): number =>
    name === 'postgres' ? treeCpuSeconds(platform.pids.postgres) : cpuSeconds(platform.pids[name]);
  return Object.fromEntries(platformProcesses.map((name) => [name, seconds(name)])) as PlatformCpu;
}
