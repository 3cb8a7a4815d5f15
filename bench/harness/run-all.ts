// Runs several benches one after the other, each in a process of its own, with one table at the end.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { requireFreshBuild } from '../../src/local/build-stamp.ts';
import { writeGeneratedDocuments } from './documents.ts';
import { runUnderNode } from './other-node.ts';
import { writeRecord } from './records.ts';
import { ballotRows, resultsDirectory, targetRows } from './report.ts';
import type { Report } from './report.ts';

/** Longest run of one bench, in milliseconds: one that hangs is ended and counts as failed. */
const benchMsMax = { quick: 900_000, full: 14_400_000 };
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file below `bench` without its ending; with options that it gets beside `--quick`. */
export type BenchToRun = {
  readonly file: string;
  readonly quick?: readonly string[];
  /** Left out with `--quick`, unless `--only` names it. */
  readonly onlyInFull?: true;
};

/**
 * Ends the process: with 1 where a bench failed or its oracle did not hold. `--only` names some of the benches. `--record`
 * keeps the reports whose oracle held, and writes the documents that have tables of them.
 */
export function runAll(benches: readonly BenchToRun[]): never {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      record: { type: 'boolean', default: false },
      node: { type: 'string' },
    },
  });
  if (values.node !== undefined) runUnderNode(values.node);
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !benches.some(({ file }) => basename(file) === name)) ?? [];
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.`);
  const run = (command: string, words: readonly string[]): number => {
    const stdio = ['ignore', values.json ? 'ignore' : 'inherit', 'inherit'] as const;
    const timeout = values.quick ? benchMsMax.quick : benchMsMax.full;
    return spawnSync(command, words, { cwd: root, stdio: [...stdio], timeout }).status ?? 1;
  };
  // What is measured is the built platform, and it must be built from these sources.
  if (!isBuilt() && run('npm', ['run', '--silent', 'build']) !== 0) process.exit(1);
  const failed: string[] = [];
  const reports: Report[] = [];
  for (const { file, quick = [], onlyInFull = false } of benches) {
    const name = basename(file);
    if (only ? !only.includes(name) : values.quick && onlyInFull) continue;
    const options = values.quick ? ['--quick', ...quick] : [];
    const tsx = ['--import', import.meta.resolve('tsx'), join('bench', `${file}.ts`), ...options];
    const started = Date.now();
    if (run(process.execPath, tsx) !== 0) failed.push(name);
    const report = readReport(name);
    if (report && Date.parse(report.startedAt) >= started - 1_000) reports.push(report);
  }
  if (values.record) {
    for (const report of reports) if (!failed.includes(report.bench) && report.hindrance === null) writeRecord(report);
    writeGeneratedDocuments();
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ failed, reports })}\n`);
  else process.stdout.write(`\n${summary(reports)}\n`);
  if (failed.length > 0) process.stderr.write(`\nFailed, or the oracle did not hold: ${failed.join(', ')}\n`);
  process.exit(failed.length > 0 ? 1 : 0);
}

function isBuilt(): boolean {
  try {
    requireFreshBuild(root);
    return true;
  } catch {
    return false;
  }
}

function summary(reports: readonly Report[]): string {
  const targets = targetRows(reports);
  const ballots = ballotRows(reports);
  const checks = reports.flatMap(({ bench, oracle, seconds, hindrance }) => {
    if (hindrance !== null) return [`  ${bench}: not run here, ${hindrance}`];
    const passes = oracle.filter(({ passed }) => passed).length;
    return oracle.length === 0 ? [] : [`  ${bench}: ${passes} of ${oracle.length} checks held, ${seconds} s`];
  });
  const part = (title: string, rows: readonly string[]): string[] => (rows.length > 0 ? [title, ...rows] : []);
  return [...part('Targets', targets), ...part('Ballots', ballots), ...part('Checks', checks)].join('\n');
}

function readReport(name: string): Report | null {
  try {
    return JSON.parse(readFileSync(join(resultsDirectory, `${name}.json`), 'utf8')) as Report;
  } catch {
    return null;
  }
}
