// Reports of runs that are published: `npm run bench -- --record` writes each to bench/recorded, and the tables of
// bench/README.md and docs/capacity.md are made of them. No figure is copied by hand.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threeDigits } from './report.ts';
import type { Report } from './report.ts';
import type { Spread } from './blocks.ts';

const recordedDirectory = join(import.meta.dirname, '..', 'recorded');

const nodeMajor = ({ machine }: Report): string => machine.node.replace(/^v(\d+)\..*$/, '$1');

export function writeRecord(report: Report): void {
  mkdirSync(recordedDirectory, { recursive: true });
  const file = join(recordedDirectory, `${report.bench}-node${nodeMajor(report)}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** All recorded reports, by bench and Node. */
export function readRecords(): readonly Report[] {
  return readdirSync(recordedDirectory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(recordedDirectory, name), 'utf8')) as Report);
}

/** The value of a figure or a target of a report. */
export function valueIn(report: Report, name: string): number | undefined {
  return [...report.targets, ...report.figures].find((figure) => figure.name === name)?.value;
}

const rows = (cells: readonly (readonly string[])[]): string => cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
export const markdownTable = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  rows([head, head.map(() => '---'), ...body]);

/** A value with its unit, and the lowest and the highest of its rounds. */
function measured({ value, unit, spread }: { value: number; unit: string; spread?: Spread }): string {
  const suffix = unit === 'x' ? 'x' : unit === '' ? '' : ` ${unit}`;
  const range =
    spread && spread.values.length > 1 ? ` (${threeDigits(spread.low)} to ${threeDigits(spread.high)})` : '';
  return `${threeDigits(value)}${suffix}${range}`;
}

/** The runs, their targets, and what a vote costs, as tables. */
export function resultTables(reports: readonly Report[]): string {
  const runs = reports.map((report) => {
    const { machine, oracle } = report;
    const passes = oracle.filter(({ passed }) => passed).length;
    const load = `${machine.loadAverageBefore[0] ?? 0} → ${machine.loadAverageAfter[0] ?? 0}`;
    return [
      `\`${report.bench}\`${report.quick ? ' (quick)' : ''}`,
      machine.node,
      report.startedAt.slice(0, 10),
      `${machine.gitSha}${machine.gitDirty ? '+' : ''}`,
      `${report.seconds} s`,
      load,
      `${passes} of ${oracle.length}`,
    ];
  });
  const targets = reports.flatMap((report) =>
    report.targets.map((target) => [
      `\`${report.bench}\``,
      nodeMajor(report),
      target.name,
      measured(target),
      `${target.bound === 'at least' ? '≥' : '≤'} ${measured({ value: target.target, unit: target.unit })}`,
      target.met ? 'met' : 'missed',
    ]),
  );
  const costs = reports.flatMap((report) =>
    report.figures
      .filter(({ name }) => name.startsWith('processor per '))
      .map((figure) => [`\`${report.bench}\``, nodeMajor(report), figure.name, measured(figure)]),
  );
  return [
    markdownTable(['bench', 'Node', 'date', 'commit', 'took', 'load', 'checks held'], runs),
    markdownTable(['bench', 'Node', 'measured', 'result', 'target', ''], targets),
    markdownTable(['bench', 'Node', 'processor time', ''], costs),
  ].join('\n\n');
}

/** The text with the part between the two comments of a name replaced. Throws if they are not there. */
export function withGenerated(text: string, name: string, part: string): string {
  const begin = `<!-- ${name}: generated -->`;
  const end = `<!-- ${name}: end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`There is no place for ${name}.`);
  return `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
}
