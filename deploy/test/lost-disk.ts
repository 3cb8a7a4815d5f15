// The loss of a mixer's disk while a ballot waits for it: the mixer that works is stopped before a vote and removed with its
// volume after it. The other one has a copy of the key, and a new one on an empty volume gets the copies.
import { setTimeout as pause } from 'node:timers/promises';
import { CheckFailed, docker, ensure } from './docker.ts';
import type { Container } from './docker.ts';
import type { ComposedPlatform } from './platform.ts';

const mixers = { mixer: 'epoch-keys', 'mixer-two': 'epoch-keys-two' } as const;
type Mixer = keyof typeof mixers;
/** Longest wait for the other mixer, and for copies on an empty volume, in milliseconds. */
const takeOverMsMax = 60_000;
const folder = '/var/lib/popvote/epoch-keys';
const askMetrics = "fetch('http://127.0.0.1:9104/metrics').then((answer) => answer.text()).then(console.log)";

/** What happens before and after the first vote of an election. */
export type Loss = { before(): Promise<void>; after(): Promise<string> };

export function mixerDiskLoss(platform: ComposedPlatform): Loss {
  let stopped: { readonly name: Mixer; readonly container: Container } | undefined;
  return {
    async before() {
      const name = await activeMixer(platform);
      const container = (await platform.containers()).find(({ service }) => service === name);
      ensure(container !== undefined, `${name} has no container`);
      stopped = { name, container };
      process.kill(container.pid, 'SIGSTOP');
    },
    async after() {
      ensure(stopped !== undefined, 'no mixer was stopped');
      const { name, container } = stopped;
      const waiting = await rowsOf(platform, 'intake', 'outbox');
      ensure(waiting > 0, 'no ballot waits for the mixer that was stopped');
      const stored = await rowsOf(platform, 'box', 'ballot');
      await docker('rm', '--force', container.id);
      await docker('volume', 'rm', `popvote_${mixers[name]}`);
      const startedMs = performance.now();
      await until(`${waiting} ballots stay in the outbox without ${name}`, async () => {
        const outbox = await rowsOf(platform, 'intake', 'outbox');
        return outbox === 0 && (await rowsOf(platform, 'box', 'ballot')) === stored + waiting;
      });
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
      await platform.must('up', '-d', '--no-deps', name);
      const other = name === 'mixer' ? 'mixer-two' : 'mixer';
      await until(`${name} gets no copies`, async () => {
        const keys = await keysOf(platform, other);
        return keys !== '' && keys === (await keysOf(platform, name));
      });
      return `${name} was removed with its volume, and ${other} moved ${waiting} ballots within ${seconds} s`;
    },
  };
}

async function activeMixer(platform: ComposedPlatform): Promise<Mixer> {
  for (const name of Object.keys(mixers) as Mixer[]) {
    const { out } = await platform.compose('exec', '-T', name, 'node', '-e', askMetrics);
    if (/^popvote_mixer_active(\{.*\})? 1$/m.test(out)) return name;
  }
  throw new CheckFailed('no mixer is active');
}

async function rowsOf(platform: ComposedPlatform, database: 'intake' | 'box', table: string): Promise<number> {
  const statement = `select count(*) from pv.${table}`;
  const words = ['psql', '-XAtq', '-U', 'postgres', '-d', database, '-c', statement];
  return Number(await platform.must('exec', '-T', `postgres-${database}`, ...words));
}

/** The names of its hourly keys; nothing where it does not run yet. */
const keysOf = (platform: ComposedPlatform, name: Mixer): Promise<string> =>
  platform.compose('exec', '-T', name, 'ls', folder).then(({ out }) => out);

async function until(otherwise: string, holds: () => Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < takeOverMsMax) {
    if (await holds()) return;
    await pause(500);
  }
  throw new CheckFailed(otherwise);
}
