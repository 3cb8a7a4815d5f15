// The wait for something that starts. On a slow machine a start may take minutes, so it is waited for while it makes
// progress, and the wait says what it waits for. Without progress it fails in a bounded time.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

export type StartBounds = {
  /** Longest time without progress, in milliseconds. */
  readonly silentMsMax: number;
  /** Longest time for the whole start, in milliseconds. */
  readonly totalMsMax: number;
  /** How often the wait is mentioned, in milliseconds. */
  readonly sayMs: number;
};
export const startBounds: StartBounds = { silentMsMax: 120_000, totalMsMax: 600_000, sayMs: 15_000 };

/**
 * Waits for a service's process: null when it serves, otherwise the reason. Each stage that it reports is progress. The
 * end of the process is for the caller to notice.
 */
export function untilServing(
  child: ChildProcess,
  { service, say, bounds = startBounds }: { service: string; say: (line: string) => void; bounds?: StartBounds },
): Promise<string | null> {
  const startedMs = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedMs) / 1_000);
  let stage = 'starting Node.js';
  return new Promise((resolve) => {
    const end = (reason: string | null): void => {
      clearTimeout(silent);
      clearTimeout(late);
      clearInterval(saying);
      child.off('message', onMessage);
      resolve(reason);
    };
    const onSilent = (): void => end(`no progress for ${bounds.silentMsMax / 1_000} seconds while ${stage}`);
    const onMessage = (message: unknown): void => {
      if (typeof message !== 'object' || message === null) return;
      if ('started' in message) {
        end(null);
      } else if ('stage' in message) {
        stage = String(message.stage);
        clearTimeout(silent);
        silent = setTimeout(onSilent, bounds.silentMsMax);
      }
    };
    let silent = setTimeout(onSilent, bounds.silentMsMax);
    const late = setTimeout(() => {
      end(`not within ${bounds.totalMsMax / 1_000} seconds, still ${stage}`);
    }, bounds.totalMsMax);
    const saying = setInterval(() => say(`${service} is still ${stage} (${seconds()} s).`), bounds.sayMs);
    child.on('message', onMessage);
    child.once('exit', () => end('it ended'));
  });
}

/** Asks a server until it answers; false if it ended before, or did not answer within the total time. */
export async function untilAnswering(
  server: {
    readonly name: string;
    readonly ended: Promise<unknown>;
    readonly answers: () => Promise<boolean>;
    readonly say: ((line: string) => void) | undefined;
  },
  { pollMs, bounds = startBounds }: { readonly pollMs: number; readonly bounds?: StartBounds },
): Promise<boolean> {
  const startedMs = performance.now();
  const passedMs = (): number => performance.now() - startedMs;
  const state = { ended: false, saidMs: 0 };
  void server.ended.then(() => (state.ended = true));
  while (!state.ended && passedMs() < bounds.totalMsMax) {
    if (await server.answers()) return true;
    await pause(pollMs);
    if (passedMs() - state.saidMs < bounds.sayMs) continue;
    state.saidMs = passedMs();
    server.say?.(`${server.name} does not take connections yet (${Math.round(passedMs() / 1_000)} s).`);
  }
  return false;
}
