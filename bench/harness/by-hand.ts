// Services of a platform that a drill runs itself, beside `popvote start --without`: in an environment that the drill
// changes, such as with a proxy before a database, or another clock.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { startServices } from './child.ts';
import type { Bench } from './run.ts';

/** Longest wait for the environments that the start writes, in milliseconds. */
const writtenMsMax = 60_000;

type HandName = 'api' | 'sms' | 'ballots' | 'mixer';
type Variables = Readonly<Record<string, string>>;
export type ByHand = Readonly<Partial<Record<HandName, (environment: Variables) => Promise<Variables> | Variables>>>;

/** Starts them as soon as the platform has written their environments. Returns their process ids. */
export async function startByHand(bench: Bench, directory: string, byHand: ByHand): Promise<Record<string, number>> {
  const pids: Record<string, number> = {};
  // `api` is last, as in the start itself: it needs the published documents, and the start waits for the others before.
  const names = (Object.keys(byHand) as HandName[]).sort((a, b) => Number(a === 'api') - Number(b === 'api'));
  for (const name of names) {
    const file = join(directory, 'environment', `${name}.env`);
    const deadline = performance.now() + writtenMsMax;
    while (!existsSync(file)) {
      if (performance.now() > deadline) throw new Error(`${file} was not written in time.`);
      await pause(50);
    }
    const environment = parseEnv(readFileSync(file, 'utf8')) as Variables;
    const changed = (await byHand[name]?.(environment)) ?? environment;
    const logFile = join(bench.directory, `${name}.log`);
    pids[name] = (await startServices(bench, [name], changed, logFile)).pid;
  }
  return pids;
}
