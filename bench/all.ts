// All benches, one after the other, and one table of targets in the end. Run: npm run bench [-- --quick]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resultsDirectory, targetRows } from './harness/report.ts';
import type { Report } from './harness/report.ts';

const benches = [
  'token',
  'dhondt',
  'tally',
  'csv',
  'commit',
  'ballot-http',
  'cast-e2e',
  'overload',
  'hold',
  'notify',
  'chaos',
] as const;
const root = fileURLToPath(new URL('..', import.meta.url));

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});

function run(command: string, words: readonly string[]): number {
  const { status } = spawnSync(command, words, {
    cwd: root,
    stdio: ['ignore', values.json ? 'ignore' : 'inherit', 'inherit'],
  });
  return status ?? 1;
}

// What is measured is the built platform, and it must be built from these sources.
if (run('npm', ['run', '--silent', 'build']) !== 0) process.exit(1);
const options = values.quick ? ['--quick'] : [];
const failed: string[] = [];
const reports: Report[] = [];
for (const name of benches) {
  const tsx = ['--import', import.meta.resolve('tsx'), join('bench', `${name}.ts`), ...options];
  const started = Date.now();
  if (run(process.execPath, tsx) !== 0) failed.push(name);
  const report = readReport(name);
  if (report && Date.parse(report.startedAt) >= started - 1_000) reports.push(report);
}

function readReport(name: string): Report | null {
  try {
    return JSON.parse(readFileSync(join(resultsDirectory, `${name}.json`), 'utf8')) as Report;
  } catch {
    return null;
  }
}

if (values.json) process.stdout.write(`${JSON.stringify({ failed, reports })}\n`);
else process.stdout.write(`\nTargets\n${targetRows(reports).join('\n')}\n`);
if (failed.length > 0) process.stderr.write(`\nFailed, or the oracle did not hold: ${failed.join(', ')}\n`);
process.exit(failed.length > 0 ? 1 : 0);
