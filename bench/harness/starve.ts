// Takes most of the processor from a process: it is stopped and continued by signals in a fixed rhythm, as on a machine
// that is far too small for it.
import { processTree } from './cpu.ts';

/** How long the process is stopped and how long it runs, in milliseconds: it gets a quarter of the time. */
const stoppedMs = 150;
const runningMs = 50;

/** Starves a process and everything below it until the returned function is called. */
export function starve(root: number): () => void {
  let stopped: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    stopped = processTree(root);
    for (const pid of stopped) signal(pid, 'SIGSTOP');
    timer = setTimeout(goOn, stoppedMs);
  };
  const goOn = (): void => {
    for (const pid of stopped.splice(0)) signal(pid, 'SIGCONT');
    timer = setTimeout(stop, runningMs);
  };
  stop();
  return () => {
    goOn();
    clearTimeout(timer);
  };
}

// It may have ended meanwhile.
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
