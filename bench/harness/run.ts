// The frame of every bench: arguments in, work, oracle, table and JSON out, everything ended, and an exit code that is not
// zero when the oracle fails.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCleanup } from './cleanup.ts';
import type { Cleanup } from './cleanup.ts';
import { newDirectory, watchMachine } from './machine.ts';
import { runUnderNode } from './other-node.ts';
import { Findings, reportText, resultsDirectory, writeReport } from './report.ts';
import type { Report } from './report.ts';

export type Bench = {
  readonly quick: boolean;
  /** `--size`: how many of what the bench is about, instead of its own number. */
  readonly size: number | null;
  /** `--only`: the parts of the bench to run, in its own words; all without it. */
  readonly only: readonly string[] | null;
  /** `--commit`: the version to compare with, where a bench has one. */
  readonly commit: string | null;
  /** Options of Node for services under test: none, or with --profile those that write V8 profiles to bench/results. */
  readonly nodeOptions: readonly string[];
  /** A folder of the run's own on a real disk, removed at the end. */
  readonly directory: string;
  readonly cleanup: Cleanup;
  readonly findings: Findings;
  /** Tells the terminal what goes on; silent with --json. */
  readonly say: (line: string) => void;
};

export async function runBench(name: string, title: string, work: (bench: Bench) => Promise<void>): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      size: { type: 'string' },
      only: { type: 'string' },
      commit: { type: 'string' },
      node: { type: 'string' },
    },
    allowPositionals: false,
  });
  if (values.node !== undefined) runUnderNode(values.node);
  const size = values.size === undefined ? null : Number(values.size);
  if (size !== null && !(Number.isSafeInteger(size) && size > 0)) throw new Error('--size is a whole number above 0.');
  const cleanup = createCleanup();
  const directory = await newDirectory();
  cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
  const started = Date.now();
  const watch = watchMachine(directory);
  const findings = new Findings();
  const say = (line: string): void => {
    if (!values.json) process.stderr.write(`${name}: ${line}\n`);
  };
  const nodeOptions = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(resultsDirectory, 'profiles')}`] : [];
  let failure: Error | undefined;
  try {
    await work({
      quick: values.quick,
      size,
      only: values.only?.split(',') ?? null,
      commit: values.commit ?? null,
      nodeOptions,
      directory,
      cleanup,
      findings,
      say,
    });
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  // After a signal the cleanup is under way already, and ends the process.
  if (cleanup.interrupted()) return;
  await cleanup.run();
  if (failure) {
    process.stderr.write(`${name}: ${failure.stack ?? failure.message}\n`);
    process.exit(1);
  }
  const report: Report = {
    bench: name,
    title,
    quick: values.quick,
    startedAt: new Date(started).toISOString(),
    seconds: Math.round((Date.now() - started) / 1_000),
    machine: watch.finish(findings.postgres),
    targets: findings.targets,
    figures: findings.figures,
    oracle: findings.oracle,
    notes: findings.notes,
    ballots: findings.ballots,
    hindrance: findings.hindrance,
  };
  writeReport(report);
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `\n${reportText(report)}`);
  process.exit(report.oracle.every(({ passed }) => passed) ? 0 : 1);
}
