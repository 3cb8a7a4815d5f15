// bench notify: from a provider's webhook to the answer of the request that waits for it, with thousands held, beside one raw
// hop through Redis; and with the subscription cut four times a second, after which none may be lost.
// Run: npx tsx bench/notify.ts [--quick] [--json]
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '../src/platform/logger.ts';
import { connectRedis, redisReady } from '../src/platform/redis.ts';
import { spread } from './harness/blocks.ts';
import { startWorker } from './harness/child.ts';
import type { Worker } from './harness/child.ts';
import { cpuSeconds } from './harness/cpu.ts';
import { Latencies } from './harness/latencies.ts';
import { startPlatform } from './harness/platform.ts';
import { runBench } from './harness/run.ts';
import { createSessionMaker } from './harness/sessions.ts';
import { benchWebhook, webhookEnvironment } from './harness/webhook.ts';
import type { ReleaseResult } from './workers/holders.ts';

const clientProcesses = 2;
const cutsPerSecond = 4;
/** Longest wait for a release when nothing is cut, and with cuts, in milliseconds: `api` reads all again every 5 s. */
const patienceMs = 3_000;
const cutPatienceMs = 15_000;
const heldMsMax = 60_000;

await runBench('notify', 'webhook to released client', async (bench) => {
  const { quick, findings, say, cleanup } = bench;
  const platform = await startPlatform(bench, webhookEnvironment);
  const [sessionsMax, rate, perBlock, blocks] = quick ? [3_000, 200, 600, 3] : [15_000, 400, 2_000, 6];
  const maker = createSessionMaker(platform);
  const clients = Array.from({ length: clientProcesses }, () => startWorker(cleanup, 'holders'));
  const hop = startWorker(cleanup, 'redis-hop');
  const spares = Math.ceil((perBlock * (blocks + 2)) / clients.length);
  say(`holding ${sessionsMax}`);
  for (const client of clients) {
    const sessions = await maker.make(Math.ceil(sessionsMax / clients.length), platform.api, benchWebhook);
    const spare = await maker.make(spares, platform.api, benchWebhook);
    await client.ask('open', { origin: platform.api, sessions, spare, localAddresses: [] });
  }
  const holding = await untilHeld(clients, sessionsMax);
  const releaseAll = async (patience: number): Promise<ReleaseResult> => {
    const order = {
      sms: platform.sms,
      count: Math.ceil(perBlock / clients.length),
      rate: rate / clients.length,
      patienceMs: patience,
    };
    const results = await Promise.all(clients.map((client) => client.ask<ReleaseResult>('release', order)));
    return {
      latencies: results.flatMap(({ latencies }) => latencies),
      lost: results.reduce((sum, result) => sum + result.lost, 0),
      webhooksRefused: results.reduce((sum, { webhooksRefused }) => sum + webhooksRefused, 0),
    };
  };
  const admin = platform.redisUrl('admin');
  const rawHop = (): Promise<number[]> => hop.ask('hop', { url: admin, rate, count: perBlock });

  say(`releasing ${rate} a second, by turns with the raw hop`);
  const ours = new Latencies();
  const raw = new Latencies();
  const rounds: { ours: number; ours50: number; raw: number; raw50: number }[] = [];
  let missing = 0;
  let refused = 0;
  const busy = cpuSeconds(platform.pids.api);
  const begin = performance.now();
  for (let round = -1; round < blocks; round += 1) {
    const first = round % 2 === 0 ? await releaseAll(patienceMs) : undefined;
    const hops = await rawHop();
    const result = first ?? (await releaseAll(patienceMs));
    missing += result.lost;
    refused += result.webhooksRefused;
    // The first round warms up both and is not counted.
    if (round < 0) continue;
    ours.addAll(result.latencies);
    raw.addAll(hops);
    const a = new Latencies();
    const b = new Latencies();
    a.addAll(result.latencies);
    b.addAll(hops);
    const own = a.percentiles();
    const peer = b.percentiles();
    rounds.push({ ours: own.p99, ours50: own.p50, raw: peer.p99, raw50: peer.p50 });
  }
  const apiPercent = ((cpuSeconds(platform.pids.api) - busy) * 100_000) / (performance.now() - begin);

  say(`cutting the subscription ${cutsPerSecond} times a second`);
  const { cut, cuts } = await whileCutting(admin, () => releaseAll(cutPatienceMs));
  const afterCuts = new Latencies();
  afterCuts.addAll(cut.latencies);

  const own = ours.percentiles();
  const peer = raw.percentiles();
  const cutOwn = afterCuts.percentiles();
  findings.target(
    `p99 with ${sessionsMax} held, ${rate} texts/s`,
    spread(rounds.map((round) => round.ours)),
    'ms',
    'at most',
    10,
  );
  findings.latencies('webhook to released client', own);
  findings.latencies('raw hop through Redis', peer);
  findings.figure('p50 to raw hop', spread(rounds.map((round) => round.ours50 / round.raw50)), 'x');
  findings.figure('p99 to raw hop', spread(rounds.map((round) => round.ours / round.raw)), 'x');
  findings.figure('processor of api while it holds and releases', apiPercent, '% of a core');
  findings.latencies(`while cut ${cutsPerSecond} times a second`, cutOwn);
  findings.figure(`longest while cut ${cutsPerSecond} times a second`, cutOwn.max, 'ms');
  findings.check('all were held before the first text', holding >= sessionsMax, `${holding} of ${sessionsMax}`);
  findings.check(
    'every text released its voter',
    missing === 0 && refused === 0,
    `${missing} lost, ${refused} webhooks refused`,
  );
  findings.check(
    'none lost while the subscription was cut',
    cut.lost === 0 && cut.webhooksRefused === 0 && cuts > 0,
    `${cut.lost} of ${cut.latencies.length + cut.lost} lost, ${cuts} connections cut`,
  );
});

async function untilHeld(clients: readonly Worker[], count: number): Promise<number> {
  const deadline = performance.now() + heldMsMax;
  for (;;) {
    const states = await Promise.all(clients.map((client) => client.ask<{ holding: number }>('state')));
    const holding = states.reduce((sum, state) => sum + state.holding, 0);
    if (holding >= count || performance.now() > deadline) return holding;
    await pause(100);
  }
}

/** Kills every subscribed connection at Redis, again and again, while work goes on. */
async function whileCutting<Result>(url: string, work: () => Promise<Result>): Promise<{ cut: Result; cuts: number }> {
  const redis = connectRedis(url, createLogger('bench', 'silent'));
  await redisReady(redis, 5_000);
  let cuts = 0;
  const timer = setInterval(() => {
    void redis.call('client', 'kill', 'type', 'pubsub').then((killed) => (cuts += Number(killed)));
  }, 1_000 / cutsPerSecond);
  try {
    return { cut: await work(), cuts };
  } finally {
    clearInterval(timer);
    redis.disconnect();
  }
}
