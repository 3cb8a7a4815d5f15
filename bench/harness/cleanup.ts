// What a bench started is ended when the bench ends: after success, after a failure and after Ctrl-C, last first. A bench
// must never leave a process, a port or a folder behind.

export type Cleanup = {
  /** Registers work for the end. */
  add(work: () => Promise<void> | void): void;
  /** True once a signal came: what fails from then on fails because it was ended. */
  interrupted(): boolean;
  /** Does all registered work once, last first; a failure of one does not spare the others. */
  run(): Promise<void>;
};

/** Exit code of a bench that was interrupted (128 + SIGINT). */
const interruptedExitCode = 130;

export function createCleanup(): Cleanup {
  const works: (() => Promise<void> | void)[] = [];
  const run = async (): Promise<void> => {
    for (let work = works.pop(); work; work = works.pop()) {
      try {
        await work();
      } catch (error) {
        process.stderr.write(`cleanup: ${String(error)}\n`);
      }
    }
  };
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void run().then(() => process.exit(interruptedExitCode));
    });
  }
  const crashed = (error: unknown): void => {
    if (interrupted) return;
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    void run().then(() => process.exit(1));
  };
  process.on('uncaughtException', crashed);
  process.on('unhandledRejection', crashed);
  return { add: (work) => void works.push(work), interrupted: () => interrupted, run };
}
