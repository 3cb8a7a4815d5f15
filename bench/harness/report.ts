// What a bench says: figures, ratios beside their targets, and the oracle's verdict. A missed target is reported and
// never hidden; a failed oracle fails the run, because the speed of a wrong answer is worth nothing.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spread } from './blocks.ts';
import type { Percentiles } from './latencies.ts';
import type { Machine } from './machine.ts';

export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly spread?: Spread;
  readonly percentiles?: Percentiles;
};
export type Target = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly spread?: Spread;
  readonly bound: 'at least' | 'at most';
  readonly target: number;
  readonly met: boolean;
};
export type Check = { readonly name: string; readonly passed: boolean; readonly detail: string };

/** What a drill is about: ballots that were acknowledged, and what became of them. */
export type BallotCounts = {
  readonly acknowledged: number;
  /** Acknowledged ballots that are not in the box. */
  readonly lost: number;
  /** Ballots in the box beside the one of each voter, or of each ballot on paper. */
  readonly doubled: number;
  /** Casts that were sent again and got another receipt than before; null where none was sent again. */
  readonly receiptsDifferent: number | null;
  /** Longest time without an acknowledgement, in seconds; null where it is not measured. */
  readonly gapSeconds: number | null;
};

export type Report = {
  readonly bench: string;
  readonly title: string;
  readonly quick: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: Machine;
  readonly targets: readonly Target[];
  readonly figures: readonly Figure[];
  readonly oracle: readonly Check[];
  readonly notes: readonly string[];
  readonly ballots: BallotCounts | null;
  /** Why the bench cannot run on this machine; null where it ran. */
  readonly hindrance: string | null;
};

/** Collects what a bench finds while it runs. */
export class Findings {
  readonly targets: Target[] = [];
  readonly figures: Figure[] = [];
  readonly oracle: Check[] = [];
  readonly notes: string[] = [];
  postgres: string | null = null;
  ballots: BallotCounts | null = null;
  hindrance: string | null = null;

  figure(name: string, value: number | Spread, unit: string): void {
    this.figures.push({ name, unit, ...withSpread(value) });
  }

  /** Latencies in milliseconds, reported as p50 / p95 / p99; the value is the p99. */
  latencies(name: string, percentiles: Percentiles): void {
    this.figures.push({ name: `${name}, p50 / p95 / p99`, value: percentiles.p99, unit: 'ms', percentiles });
  }

  target(name: string, value: number | Spread, unit: string, bound: Target['bound'], target: number): void {
    const figure = withSpread(value);
    const met = bound === 'at least' ? figure.value >= target : figure.value <= target;
    this.targets.push({ name, unit, ...figure, bound, target, met });
  }

  check(name: string, passed: boolean, detail: string): void {
    this.oracle.push({ name, passed, detail });
  }

  note(text: string): void {
    this.notes.push(text);
  }
}

function withSpread(value: number | Spread): { value: number; spread?: Spread } {
  return typeof value === 'number' ? { value } : { value: value.median, spread: value };
}

export const resultsDirectory = join(import.meta.dirname, '..', 'results');

export function writeReport(report: Report): void {
  mkdirSync(resultsDirectory, { recursive: true });
  writeFileSync(join(resultsDirectory, `${report.bench}.json`), `${JSON.stringify(report, null, 2)}\n`);
}

/** A number with three significant digits and no exponent. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  const [whole = '', fraction] = Math.abs(value).toFixed(Math.min(digits, 4)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

const valueText = ({ value, unit, spread, percentiles }: Figure): string => {
  if (percentiles) return `${[percentiles.p50, percentiles.p95, percentiles.p99].map(threeDigits).join(' / ')} ${unit}`;
  const range =
    spread && spread.values.length > 1 ? ` (${threeDigits(spread.low)} to ${threeDigits(spread.high)})` : '';
  return `${threeDigits(value)}${unit === 'x' ? 'x' : unit === '' ? '' : ` ${unit}`}${range}`;
};

/** The report as a table for people. */
export function reportText(report: Report): string {
  const { machine } = report;
  const rows: string[][] = [
    ...report.targets.map((target) => [
      target.name,
      valueText(target),
      boundText(target),
      target.met ? 'met' : 'MISSED',
    ]),
    ...report.figures.map((figure) => [figure.name, valueText(figure), '', '']),
    ...report.oracle.map(({ name, passed, detail }) => [`oracle: ${name}`, detail, '', passed ? 'holds' : 'FAILS']),
  ];
  return [
    `${report.bench}: ${report.title}${report.quick ? ' (quick)' : ''}`,
    ...columns(rows),
    ...report.notes.map((note) => `  note: ${note}`),
    ...(report.hindrance === null ? [] : [`  not run here: ${report.hindrance}`]),
    `  ${machine.cores} cores, Node ${machine.node}, ${machine.postgres ?? 'no PostgreSQL'}, fdatasync ${machine.fsyncMicroseconds} µs, ` +
      `load ${machine.loadAverageBefore[0] ?? 0} → ${machine.loadAverageAfter[0] ?? 0}, steal ${machine.stealPercent} %, ` +
      `${machine.gitSha}${machine.gitDirty ? '+' : ''}, ${report.seconds} s`,
    '',
  ].join('\n');
}

/** The targets of several reports as a table. */
export function targetRows(reports: readonly Report[]): string[] {
  return columns(
    reports.flatMap(({ bench, targets }) =>
      targets.map((target) => [
        bench,
        target.name,
        valueText(target),
        boundText(target),
        target.met ? 'met' : 'MISSED',
      ]),
    ),
  );
}

/** What became of the ballots of several drills, each and together, as a table. */
export function ballotRows(reports: readonly Report[]): string[] {
  const counted = reports.flatMap(({ bench, ballots }) => (ballots ? [{ bench, ...ballots }] : []));
  if (counted.length === 0) return [];
  const sum = (name: 'acknowledged' | 'lost' | 'doubled' | 'receiptsDifferent'): number =>
    counted.reduce((total, ballots) => total + (ballots[name] ?? 0), 0);
  const cell = (value: number | null): string => (value === null ? '-' : value.toLocaleString('en'));
  const rows = counted.map((ballots) => [
    ballots.bench,
    ...[ballots.acknowledged, ballots.lost, ballots.doubled, ballots.receiptsDifferent].map(cell),
    ballots.gapSeconds === null ? '-' : `${ballots.gapSeconds.toFixed(1)} s`,
  ]);
  const total = (['acknowledged', 'lost', 'doubled', 'receiptsDifferent'] as const).map((name) => cell(sum(name)));
  const longest = Math.max(...counted.map(({ gapSeconds }) => gapSeconds ?? 0));
  const head = ['drill', 'acknowledged', 'lost', 'doubled', 'receipts different', 'longest gap'];
  return columns([head, ...rows, ['all', ...total, `${longest.toFixed(1)} s`]]);
}

const boundText = ({ bound, target, unit }: Target): string =>
  `${bound === 'at least' ? '>=' : '<='} ${threeDigits(target)}${unit === 'x' ? 'x' : ` ${unit}`}`;

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
