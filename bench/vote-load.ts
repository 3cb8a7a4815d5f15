// A load generator for a running platform, for machines without k6: voters who come at a given rate and cast complete votes
// (session, text through the simulator, held-open wait, cast). It refuses anything but a rehearsal election, and checks in
// the end that recorded equals cast. Options: bench/README.md. Run: npx tsx bench/vote-load.ts --rate 50 --duration 30
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { publicKeys } from '../src/protocol/key-files.ts';
import { electionList } from '../src/protocol/public-api.ts';
import { isLoopback, judgeElection } from './harness/guard.ts';
import { ConnectionPool, originOf, requestText } from './harness/keep-alive-client.ts';
import type { Origin } from './harness/keep-alive-client.ts';
import { Latencies } from './harness/latencies.ts';
import { createLoad } from './harness/load.ts';
import type { LoadResult } from './harness/load.ts';
import { checkReceipts } from './harness/receipt-check.ts';
import { threeDigits } from './harness/report.ts';

const { values } = parseArgs({
  options: {
    'base-url': { type: 'string', default: 'http://127.0.0.1:8080' },
    'sms-url': { type: 'string', default: 'http://127.0.0.1:8085' },
    'metrics-url': { type: 'string', multiple: true, default: ['http://127.0.0.1:9103/metrics'] },
    election: { type: 'string' },
    rate: { type: 'string', default: '20' },
    voters: { type: 'string' },
    duration: { type: 'string', default: '30' },
    'first-voter': { type: 'string' },
    'source-addresses': { type: 'string', default: '' },
    'public-keys': { type: 'string' },
    'allow-remote': { type: 'boolean', default: false },
    'i-know': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

class Refused extends Error {}

async function get(url: string): Promise<{ status: number; body: string }> {
  const origin = originOf(url);
  const pool = new ConnectionPool(origin, 1);
  const { pathname, search } = new URL(url);
  try {
    return await pool.request(requestText(origin, 'GET', pathname + search));
  } finally {
    pool.close();
  }
}

function originAllowed(url: string): Origin {
  const origin = originOf(url);
  if (!isLoopback(origin.host) && !values['allow-remote']) {
    throw new Refused(`${origin.host} is not this machine. To load it all the same: --allow-remote`);
  }
  return origin;
}

/** The sum over all given replicas of ballots recorded since each started; null where one cannot be read. */
async function recordedByMetrics(): Promise<number | null> {
  let sum = 0;
  for (const url of values['metrics-url']) {
    const answer = await get(url).catch(() => null);
    if (answer?.status !== 200) return null;
    const lines = answer.body.split('\n').filter((line) => /^popvote_casts_total\{.*outcome="recorded"/.test(line));
    for (const line of lines) sum += Number(line.split(' ').at(-1));
  }
  return sum;
}

async function chooseElection(base: string): Promise<string> {
  const list = electionList.parse(JSON.parse((await get(`${base}/v1/elections`)).body));
  const election = list.elections.find(({ phase, rehearsal }) => phase === 'open' && rehearsal);
  if (!election) throw new Refused('There is no open rehearsal election; name one with --election.');
  return election.id;
}

async function main(): Promise<boolean> {
  const base = values['base-url'].replace(/\/$/, '');
  const api = originAllowed(base);
  const sms = originAllowed(values['sms-url']);
  const keysFile = values['public-keys'];
  const keys = keysFile === undefined ? undefined : publicKeys.parse(JSON.parse(readFileSync(keysFile, 'utf8')));
  const id = values.election ?? (await chooseElection(base));
  const document = await get(`${base}/v1/elections/${encodeURIComponent(id)}`);
  const judged = judgeElection(document.body, { iKnow: values['i-know'], publicKeys: keys });
  if (!judged.allowed) throw new Refused(judged.reason);

  const firstVoter = Number(values['first-voter'] ?? randomInt(20_000_000));
  const addresses = values['source-addresses'].split(',').filter(Boolean);
  const load = createLoad({ api, sms, election: judged.election }, firstVoter, addresses);
  const before = await recordedByMetrics();
  const seconds = Number(values.duration);
  const result =
    values.voters === undefined
      ? await load.open({ rate: Number(values.rate), seconds })
      : await load.closed({ voters: Number(values.voters), seconds });
  load.close();
  const after = await recordedByMetrics();
  const counted = before === null || after === null ? null : after - before;
  const receipts = keys && checkReceipts(result.receipts, keys);
  const right =
    (counted === null || counted === result.recorded) && (!receipts || receipts.verified === result.receipts.length);
  const summary = { election: id, firstVoter, counted, right, ...summaryOf(result) };
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(textOf(summary));
  return right && result.recorded > 0;
}

type Summary = ReturnType<typeof summaryOf> & {
  readonly election: string;
  readonly firstVoter: number;
  readonly counted: number | null;
  readonly right: boolean;
};

function summaryOf({ started, recorded, resent, dropped, failures, seconds, ms }: LoadResult) {
  const percentiles = Object.fromEntries(
    Object.entries(ms).map(([step, samples]) => {
      const latencies = new Latencies();
      latencies.addAll(samples);
      return [step, latencies.percentiles()] as const;
    }),
  );
  return { started, recorded, resent, dropped, failures, seconds, perSecond: recorded / seconds, ms: percentiles };
}

function textOf(summary: Summary): string {
  const { counted, right } = summary;
  const lines = [
    `election ${summary.election}, voters from ${summary.firstVoter}`,
    `${summary.started} came, ${summary.recorded} recorded in ${threeDigits(summary.seconds)} s: ${threeDigits(summary.perSecond)} votes/s`,
    ...Object.entries(summary.ms).map(
      ([step, { p50, p95, p99 }]) =>
        `${step.padEnd(8)} p50 / p95 / p99: ${[p50, p95, p99].map(threeDigits).join(' / ')} ms`,
    ),
    `voters dropped: ${summary.dropped}`,
    ...Object.entries(summary.resent).map(([reason, count]) => `casts sent again: ${count} after ${reason}`),
    ...Object.entries(summary.failures).map(([reason, count]) => `failed: ${count} ${reason}`),
    counted === null
      ? 'recorded equals cast: not checked, the metrics of ballots cannot be read (--metrics-url)'
      : `recorded equals cast: ${right ? 'yes' : 'NO'} (${counted} counted by ballots, ${summary.recorded} receipts)`,
  ];
  return `${lines.join('\n')}\n`;
}

try {
  process.exit((await main()) ? 0 : 1);
} catch (error) {
  process.stderr.write(`vote-load: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof Refused ? 2 : 1);
}
