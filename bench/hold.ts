// bench hold: how much memory one held connection costs `api`, as the slope of resident memory over the number held, beside
// the least that node:http needs for the same. Run: npx tsx bench/hold.ts [--quick] [--json]
import { setTimeout as pause } from 'node:timers/promises';
import { median, spread } from './harness/blocks.ts';
import { startServices, startWorker } from './harness/child.ts';
import type { Worker } from './harness/child.ts';
import { cpuSeconds, residentBytes } from './harness/cpu.ts';
import { originOf } from './harness/keep-alive-client.ts';
import type { Origin } from './harness/keep-alive-client.ts';
import { startPlatform } from './harness/platform.ts';
import type { Platform } from './harness/platform.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';
import { createSessionMaker } from './harness/sessions.ts';
import type { SessionMaker } from './harness/sessions.ts';

/** Client processes: one alone may not have as many files open as the server. */
const clientProcesses = 2;
/** Time for the heap to settle before it is measured, in milliseconds, and longest wait until all are held. */
const settleMs = 1_500;
const heldMsMax = 90_000;
/** Time in which nothing happens, in seconds: longer than `api` takes to poll all its long-polls again. */
const idleSeconds = 6;

type Server = {
  readonly pid: number;
  readonly origin: Origin;
  /** Collects all garbage. */
  collect(): Promise<void>;
  /** Bytes of the heap that are in use. */
  heapBytes(): Promise<number>;
  end(): Promise<void>;
};
type Slopes = {
  /** Bytes for each held connection, before and after a full garbage collection. */
  readonly beforeCollection: number;
  readonly collected: number;
  /** The same of the live heap: what JavaScript keeps of each, without the allocator's slack. */
  readonly heap: number;
  readonly idleCpuPercent: number;
  readonly held: number;
  readonly broken: number;
  /** Answered 503 while so many came at once, and asked again. */
  readonly refused: number;
};

/** Collects all garbage at a signal that the service does not handle. */
const collectOnSignal = 'data:text/javascript,process.on("SIGWINCH",()=>globalThis.gc())';

/** The real service, with a signal that collects all garbage: an instrument, not a setting. */
async function startApi(bench: Bench, platform: Platform): Promise<Server> {
  const child = await startServices(
    { ...bench, nodeOptions: ['--expose-gc', '--import', collectOnSignal] },
    ['api'],
    { ...platform.environment('api'), API_PORT: '0', API_PRIVATE_PORT: '0' },
    `${bench.directory}/api.log`,
  );
  const address = child.started[0]?.addresses['api'];
  const metrics = child.started[0]?.addresses['private'];
  if (address === undefined || metrics === undefined) throw new Error('api did not say where it listens');
  return {
    pid: child.pid,
    origin: originOf(address),
    collect: async () => {
      process.kill(child.pid, 'SIGWINCH');
      await pause(settleMs);
    },
    heapBytes: async () => {
      const text = await (await fetch(`${metrics}/metrics`)).text();
      return Number(/^nodejs_heap_size_used_bytes\S* (\S+)$/m.exec(text)?.[1]);
    },
    end: child.end,
  };
}

async function startBare(bench: Bench): Promise<Server> {
  const worker = startWorker(bench.cleanup, 'bare-holder', { nodeOptions: ['--expose-gc'] });
  const port = await worker.ask<number>('listen');
  return {
    pid: worker.pid,
    origin: originOf(`http://127.0.0.1:${port}`),
    collect: async () => {
      await worker.ask('collect');
      await pause(settleMs);
    },
    heapBytes: () => worker.ask<number>('heap'),
    end: worker.end,
  };
}

type Held = { readonly holding: number; readonly broken: number; readonly refused: number };

async function untilHeld(clients: readonly Worker[], count: number): Promise<Held> {
  const deadline = performance.now() + heldMsMax;
  for (;;) {
    const states = await Promise.all(clients.map((client) => client.ask<Held>('state')));
    const sum = (name: keyof Held): number => states.reduce((total, state) => total + state[name], 0);
    const totals = { holding: sum('holding'), broken: sum('broken'), refused: sum('refused') };
    if (totals.holding >= count || performance.now() > deadline) return totals;
    await pause(100);
  }
}

async function measure(bench: Bench, server: Server, maker: SessionMaker, counts: readonly number[]): Promise<Slopes> {
  const clients = Array.from({ length: clientProcesses }, () => startWorker(bench.cleanup, 'holders'));
  const points: { count: number; raw: number; collected: number; heap: number }[] = [];
  let state: Held = { holding: 0, broken: 0, refused: 0 };
  for (const [index, count] of counts.entries()) {
    const more = Math.floor((count - (counts[index - 1] ?? 0)) / clients.length);
    for (const client of clients) {
      const sessions = await maker.make(more, server.origin);
      await client.ask('open', { origin: server.origin, sessions, spare: [], localAddresses: [] });
    }
    state = await untilHeld(clients, count);
    await pause(settleMs);
    const raw = residentBytes(server.pid);
    await server.collect();
    points.push({ count, raw, collected: residentBytes(server.pid), heap: await server.heapBytes() });
  }
  const busy = cpuSeconds(server.pid);
  await pause(idleSeconds * 1_000);
  const idleCpuPercent = ((cpuSeconds(server.pid) - busy) / idleSeconds) * 100;
  await Promise.all(clients.map((client) => client.end()));
  await server.end();
  return {
    beforeCollection: slope(points.map(({ count, raw }) => [count, raw])),
    collected: slope(points.map(({ count, collected }) => [count, collected])),
    heap: slope(points.map(({ count, heap }) => [count, heap])),
    idleCpuPercent,
    held: state.holding,
    broken: state.broken,
    refused: state.refused,
  };
}

/** Least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([count]) => count));
  const y = mean(points.map(([, bytes]) => bytes));
  const above = points.reduce((sum, [count, bytes]) => sum + (count - x) * (bytes - y), 0);
  return above / points.reduce((sum, [count]) => sum + (count - x) ** 2, 0);
}

await runBench('hold', 'memory of a held connection', async (bench) => {
  const { quick, findings, say } = bench;
  const platform = await startPlatform(bench);
  const maker = createSessionMaker(platform);
  const counts = quick ? [2_000, 4_000, 6_000, 8_000] : [3_000, 6_000, 9_000, 12_000, 15_000];
  const rounds = quick ? 1 : 3;
  const all: { api: Slopes; bare: Slopes }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    say(`round ${round + 1} of ${rounds}: ${counts.join(', ')} held`);
    const api = async (): Promise<Slopes> => measure(bench, await startApi(bench, platform), maker, counts);
    const bare = async (): Promise<Slopes> => measure(bench, await startBare(bench), maker, counts);
    if (round % 2 === 0) all.push({ api: await api(), bare: await bare() });
    else {
      const first = await bare();
      all.push({ api: await api(), bare: first });
    }
  }
  const kib = (read: (round: (typeof all)[number]) => number) => spread(all.map((round) => read(round) / 1_024));
  const ratio = (read: (slopes: Slopes) => number) => spread(all.map(({ api, bare }) => read(api) / read(bare)));
  findings.target(
    'api, after collection',
    kib(({ api }) => api.collected),
    'KiB each',
    'at most',
    9,
  );
  findings.target(
    'api to bare, after collection',
    ratio((slopes) => slopes.collected),
    'x',
    'at most',
    1,
  );
  findings.figure(
    'bare node:http, after collection',
    kib(({ bare }) => bare.collected),
    'KiB each',
  );
  findings.figure(
    'api, live heap',
    kib(({ api }) => api.heap),
    'KiB each',
  );
  findings.figure(
    'bare node:http, live heap',
    kib(({ bare }) => bare.heap),
    'KiB each',
  );
  findings.figure(
    'api to bare, live heap',
    ratio((slopes) => slopes.heap),
    'x',
  );
  findings.figure(
    'api, before garbage collection',
    kib(({ api }) => api.beforeCollection),
    'KiB each',
  );
  findings.figure(
    'bare node:http, before garbage collection',
    kib(({ bare }) => bare.beforeCollection),
    'KiB each',
  );
  findings.figure(
    'api to bare, before garbage collection',
    ratio((slopes) => slopes.beforeCollection),
    'x',
  );
  findings.figure(
    `api, idle with ${counts.at(-1) ?? 0} held`,
    median(all.map(({ api }) => api.idleCpuPercent)),
    '% of a core',
  );
  const goal = counts.at(-1) ?? 0;
  for (const arm of ['api', 'bare'] as const) {
    const least = Math.min(...all.map((round) => round[arm].held));
    const failures = all.reduce((sum, round) => sum + round[arm].broken, 0);
    const refused = all.reduce((sum, round) => sum + round[arm].refused, 0);
    if (refused > 0) findings.figure(`${arm}: refused while they came, held later`, refused, '');
    findings.check(`${arm} held them all`, least >= goal && failures === 0, `${least} of ${goal}, ${failures} broken`);
  }
});
