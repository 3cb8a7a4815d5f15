// A zone of which one more process is kept ready: its code is loaded, and it serves as soon as the running one ends. So
// a process that ends is replaced in the time that it takes to open the ports.
import type { Instance } from './keep-running.ts';
import { forkZone, instanceOf, startZone } from './zone-process.ts';
import type { ZoneOptions } from './zone-process.ts';

export type ZoneWithSpare = {
  /** Starts the zone, by the spare process if there is one, and prepares the next spare. */
  start(): Promise<Instance>;
  /** Ends the spare process. */
  stop(): Promise<void>;
};

/** `onSpare` is called with the process id of each spare. */
export function zoneWithSpare(options: ZoneOptions, onSpare: (pid: number) => void): ZoneWithSpare {
  let spare: ReturnType<typeof forkZone> | undefined;
  let stopped = false;
  const prepare = (): void => {
    if (stopped) return;
    const next = forkZone({ ...options, isSpare: true, onSpawn: onSpare });
    spare = next;
    // Without a spare, the next start is an ordinary one.
    void next.ended.then(() => {
      if (spare === next) spare = undefined;
    });
  };
  const begin = (next: NonNullable<typeof spare>): Promise<Instance> => {
    if (next.child.pid !== undefined) options.onSpawn(next.child.pid);
    next.child.send({ begin: true });
    return instanceOf(next, options);
  };
  return {
    async start() {
      const next = spare;
      spare = undefined;
      const instance = next ? await begin(next) : await startZone(options);
      prepare();
      return instance;
    },
    async stop() {
      stopped = true;
      spare?.child.kill('SIGKILL');
      await spare?.ended;
    },
  };
}
