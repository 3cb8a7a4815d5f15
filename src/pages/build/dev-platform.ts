// The local platform behind the development servers: either one that already runs in the folder, or one that is started
// here from the sources, whose services restart when their sources change.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { root } from './options.ts';

const ready = z.object({
  directory: z.string(),
  origins: z.object({ api: z.string(), sms: z.string(), panel: z.string() }),
  administrator: z.object({ email: z.string(), password: z.string() }).nullable(),
  /** Whether it was running before. */
  running: z.boolean(),
});
export type DevPlatform = z.infer<typeof ready> & {
  /** Resolves when the platform that was started here has ended. A platform that ran before is not watched. */
  readonly ended: Promise<unknown>;
  end(): Promise<void>;
};

export async function startDevPlatform(): Promise<DevPlatform> {
  const words = ['--import', 'tsx', 'src/cli/main.ts', 'start', '--json', '--unless-running'];
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let text = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
    });
  });
  const failed = exit.then(() => {
    if (!text.includes('\n')) throw new Error('The local platform did not start.');
    return text;
  });
  const state = ready.parse(JSON.parse(await Promise.race([firstLine, failed])));
  return {
    ...state,
    ended: state.running ? new Promise(() => undefined) : exit,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await exit;
    },
  };
}

const processList = z.array(z.object({ name: z.string(), pid: z.int() }));
/** Sources that every service loads. */
const ofAll = /^src\/(?:domain|protocol|platform|store)\//;

/** The services that load a source file: all, one, or none. */
export function servicesOf(path: string): (name: string) => boolean {
  const [, service] = /^src\/services\/([a-z]+)\//.exec(path) ?? [];
  const isOfAll = ofAll.test(path);
  const isPublicPage = path.startsWith('src/pages/public/');
  return (name) => isOfAll || name === service || (isPublicPage && name === 'api');
}

/** Ends the services that load a source file; the platform starts each again. Returns their names. */
export function restartServices(directory: string, file: string, services: readonly string[]): readonly string[] {
  const loads = servicesOf(relative(root, file));
  const text = readFileSync(join(directory, 'processes.json'), 'utf8');
  const affected = processList.parse(JSON.parse(text)).filter(({ name }) => services.includes(name) && loads(name));
  for (const { pid } of affected) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // It has ended, and is being started.
    }
  }
  return affected.map(({ name }) => name);
}
