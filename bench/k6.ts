// bench k6: every script of bench/k6, run by a real k6 against the whole platform: for minutes, or with --quick for seconds,
// as .ci/run does. k6 must be on the PATH (bench/k6/README.md). Run: npx tsx bench/k6.ts [--quick] [--json] [--only smoke,hold]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { restingCounts } from './harness/ballot-counts.ts';
import { ending } from './harness/child.ts';
import type { Origin } from './harness/keep-alive-client.ts';
import { startPlatform } from './harness/platform.ts';
import type { Platform } from './harness/platform.ts';
import { runBench } from './harness/run.ts';
import type { Bench } from './harness/run.ts';

type Options = Readonly<Record<string, number>>;
type Script = { readonly full: Options; readonly quick: Options };

const scripts: Readonly<Record<string, Script>> = {
  smoke: { full: {}, quick: {} },
  ramp: { full: { RATE: 200, RAMP: 60, DURATION: 30 }, quick: { RATE: 20, RAMP: 3, DURATION: 2 } },
  'arrival-rate': { full: { RATE: 200, DURATION: 60, VUS: 2_000 }, quick: { RATE: 20, DURATION: 4 } },
  rush: {
    full: { VOTES: 20_000, RUSH_SECONDS: 60, TOTAL_SECONDS: 120, VUS: 2_000 },
    quick: { VOTES: 100, RUSH_SECONDS: 4, TOTAL_SECONDS: 6 },
  },
  hold: { full: { HELD: 2_000, RAMP: 20, HOLD_SECONDS: 60 }, quick: { HELD: 50, RAMP: 1, HOLD_SECONDS: 4 } },
};
/** In the quick runs, which measure nothing, and beside other work: p99 of a cast, in milliseconds. */
const quickCastP99Ms = 10_000;
/** Longest run of one script, in milliseconds. */
const scriptMsMax = 600_000;
/** Characters of a failed run's output that are shown. */
const shownCharactersMax = 3_000;

type Summary = {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>;
};

await runBench('k6', 'every k6 script against the whole platform', async (bench) => {
  const { findings, say, only } = bench;
  const version = spawnSync('k6', ['version'], { encoding: 'utf8' });
  if (version.status !== 0) {
    findings.hindrance = 'there is no k6 on the PATH';
    return;
  }
  findings.note(version.stdout.trim());
  const platform = await startPlatform(bench);
  let recorded = 0;
  for (const [name, script] of Object.entries(scripts)) {
    if (only?.includes(name) === false) continue;
    say(name);
    recorded += await runScript(bench, platform, name, bench.quick ? script.quick : script.full);
  }
  const { participation, outbox, box } = await restingCounts(() => platform.counts());
  findings.check(
    'every vote of k6 is stored once',
    recorded > 0 && participation === recorded && outbox + box === recorded,
    `${recorded} recorded, ${participation} = ${outbox} + ${box}`,
  );
});

/** Runs one script and returns how many votes it had recorded. */
async function runScript(bench: Bench, platform: Platform, name: string, options: Options): Promise<number> {
  const { findings, quick } = bench;
  const out = join(bench.directory, `k6-${name}.json`);
  const urlOf = ({ host, port }: Origin): string => `http://${host}:${port}`;
  const values: Readonly<Record<string, string | number>> = {
    ...options,
    BASE_URL: urlOf(platform.api),
    SMS_URL: urlOf(platform.sms),
    METRICS_URL: `${urlOf(platform.ballots)}/metrics`,
    ELECTION: platform.election.id,
    OUT: out,
    ...(quick && { CAST_P99_MS: quickCastP99Ms }),
  };
  const words = Object.entries(values).flatMap(([option, value]) => ['-e', `${option}=${value}`]);
  const script = join(import.meta.dirname, 'k6', `${name}.js`);
  const child = spawn('k6', ['run', '--quiet', '--no-usage-report', ...words, script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: scriptMsMax,
  });
  bench.cleanup.add(ending(child).end);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) process.stderr.write(`k6 ${name}:\n${output.slice(-shownCharactersMax)}\n`);
  findings.check(`${name} ends without a violated threshold`, code === 0, `exit code ${String(code)}`);
  if (!existsSync(out)) return 0;
  const { metrics } = JSON.parse(readFileSync(out, 'utf8')) as Summary;
  const count = (metric: string): number => metrics[metric]?.values['count'] ?? 0;
  const recorded = count('votes_recorded');
  findings.figure(`${name}: votes`, recorded, '');
  findings.figure(`${name}: p99 of a cast`, metrics['step_cast']?.values['p(99)'] ?? Number.NaN, 'ms');
  findings.figure(`${name}: iterations dropped`, count('dropped_iterations'), '');
  const whole = count('count_difference') === 0 && count('votes_unresolved') === 0;
  findings.check(`${name} counts what ballots counts`, whole && recorded > 0, `${recorded} recorded`);
  return recorded;
}
