// The priority of the platform's processes. Each is a session of its own, so that Ctrl-C ends them in order. Linux puts
// every session into a group of its own for scheduling (sched(7), "The autogroup feature"), and a nice value counts only
// within a group: without this file, `nice npm start` would change nothing.
import { writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** The kernel takes ten of these changes a second from all processes together. */
const pauseMs = 120;
const triesMax = 50;

/**
 * Gives the session of a child the nice value of this process, from -20 to 19. Does nothing where this process has the
 * usual priority, or where the system has no such groups. PostgreSQL makes a session of each of its processes, which
 * nothing outside of it can follow.
 */
export async function passOnPriority(pid: number | undefined, nice = getPriority()): Promise<void> {
  if (pid === undefined || nice === 0) return;
  for (let tries = 0; tries < triesMax; tries += 1) {
    try {
      await writeFile(`/proc/${pid}/autogroup`, String(nice));
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      await pause(pauseMs);
    }
  }
}
