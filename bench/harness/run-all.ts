// Runs several benches one after the other, each in a process of its own, with one table at the end.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resultsDirectory, targetRows } from './report.ts';
import type { Report } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ends the process: with 1 where a bench failed or its oracle did not hold. */
export function runAll(benches: readonly string[]): never {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const run = (command: string, words: readonly string[]): number => {
    const stdio = ['ignore', values.json ? 'ignore' : 'inherit', 'inherit'] as const;
    return spawnSync(command, words, { cwd: root, stdio: [...stdio] }).status ?? 1;
  };
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
  if (values.json) process.stdout.write(`${JSON.stringify({ failed, reports })}\n`);
  else process.stdout.write(`\n${summary(reports)}\n`);
  if (failed.length > 0) process.stderr.write(`\nFailed, or the oracle did not hold: ${failed.join(', ')}\n`);
  process.exit(failed.length > 0 ? 1 : 0);
}

function summary(reports: readonly Report[]): string {
  const targets = targetRows(reports);
  const drills = reports.flatMap(({ bench, oracle, seconds }) => {
    const passes = oracle.filter(({ passed }) => passed).length;
    return oracle.length === 0 ? [] : [`  ${bench}: ${passes} of ${oracle.length} checks held, ${seconds} s`];
  });
  return [...(targets.length > 0 ? ['Targets', ...targets] : []), 'Checks', ...drills].join('\n');
}

function readReport(name: string): Report | null {
  try {
    return JSON.parse(readFileSync(join(resultsDirectory, `${name}.json`), 'utf8')) as Report;
  } catch {
    return null;
  }
}
