// The commands of Docker, and containers as the engine describes them.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

/** Longest run of one command, in milliseconds. */
const commandMsMax = 420_000;
const outputBytesMax = 64 * 1_024 * 1_024;

export class CheckFailed extends Error {}
export function ensure(holds: boolean, what: string): asserts holds {
  if (!holds) throw new CheckFailed(what);
}

export type Answer = { readonly code: number; readonly out: string; readonly err: string };
export type CommandOptions = {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly msMax?: number;
  /** Of the program's standard input. */
  readonly input?: string;
};

/** Runs a program to its end, whatever its code. */
export async function runProgram(
  file: string,
  words: readonly string[],
  options: CommandOptions = {},
): Promise<Answer> {
  const { cwd, environment = {}, msMax = commandMsMax, input } = options;
  const settings = { cwd, env: { ...process.env, ...environment }, timeout: msMax, maxBuffer: outputBytesMax };
  try {
    const running = promisify(execFile)(file, words, settings);
    if (input !== undefined) running.child.stdin?.end(input);
    const { stdout, stderr } = await running;
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
      message,
    } = error as Error & { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, out: stdout, err: `${stderr}\n${message}` };
  }
}

export async function docker(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await runProgram('docker', words);
  if (code !== 0) throw new Error(`docker ${words.slice(0, 3).join(' ')}: ${err.slice(-2_000)}`);
  return out.trim();
}

/** Does the same for each, some at once. */
export async function forEachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  const takeNext = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, takeNext));
}

export type Container = {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly pid: number;
  readonly restarts: number;
  readonly health: string;
  readonly running: boolean;
  readonly addresses: readonly string[];
};

type Inspected = {
  Id: string;
  Name: string;
  RestartCount: number;
  State: { Pid: number; Running: boolean; Health?: { Status: string } };
  Config: { Labels: Record<string, string> };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
};

/** All containers with a label, also those that have ended. */
export async function containersWith(label: string, serviceLabel: string): Promise<readonly Container[]> {
  const ids = (await docker('ps', '-aq', '--filter', `label=${label}`)).split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const inspected = JSON.parse(await docker('inspect', ...ids)) as Inspected[];
  return inspected.map(({ Id, Name, RestartCount, State, Config, NetworkSettings }) => ({
    id: Id,
    name: Name.slice(1),
    service: Config.Labels[serviceLabel] ?? '',
    pid: State.Pid,
    restarts: RestartCount,
    health: State.Health?.Status ?? 'none',
    running: State.Running,
    addresses: Object.values(NetworkSettings.Networks)
      .map(({ IPAddress }) => IPAddress)
      .filter(Boolean),
  }));
}

/** Each with its name; the check answers what it saw. */
export type Checks = readonly (readonly [string, () => Promise<string>])[];

/**
 * Runs checks in their order up to the first that fails, and prints a line for each. After a failure `explain` prints what may
 * say why, and the process will end with 1. `end` removes what was started, unless POPVOTE_KEEP is set, also after a signal.
 */
export async function runChecks(
  checks: Checks,
  { explain, end }: { explain?: () => Promise<void>; end: () => Promise<void> },
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void end().finally(() => process.exit(1)));
  try {
    for (const [name, check] of checks) {
      const startedMs = performance.now();
      const what = await check();
      console.log(`ok  ${name}: ${what} (${((performance.now() - startedMs) / 1_000).toFixed(0)} s)`);
    }
  } catch (error) {
    process.exitCode = 1;
    console.error(error instanceof CheckFailed ? `FAILED: ${error.message}` : error);
    await explain?.();
  } finally {
    if (process.env['POPVOTE_KEEP'] !== 'true') await end();
  }
}

/** Keeps each processor busy at the lowest priority until it is called. */
export function keepBusy(processors: number): () => void {
  const burners = Array.from({ length: processors }, () =>
    spawn('nice', ['-n', '19', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  return () => {
    for (const burner of burners) burner.kill('SIGKILL');
  };
}
