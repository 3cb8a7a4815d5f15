// The costs that the capacity is computed from: from recorded reports, and where a bench has no recorded report yet, from an
// earlier run, which is named.
import type { Report } from '../report.ts';
import { valueIn } from '../records.ts';
import type { MeasuredCosts } from './model.ts';

/** Of the runs before reports were recorded. Each is used only until its bench has a record. */
const earlier = {
  heldKibibytes: { value: 9.7, from: '`hold --quick`, 24d83af of 2026-11-22' },
  edgeBytes: { value: 415, from: '`edge-memory`, 6808a53' },
  logBytes: { value: 19_800, from: '`growth`, 9053ebc2 with ten million votes stored' },
};

const perVote = 'processor per vote: ';
const notOfThePlatform = 'the generator';
const logFigure = 'write-ahead log per vote';

export type CostSource = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly from: string;
};
export type SourcedCosts = { readonly costs: MeasuredCosts; readonly sources: readonly CostSource[] };

const nameOf = ({ bench, quick, startedAt, machine }: Report): string =>
  `\`${bench}${quick ? ' --quick' : ''}\`, ${machine.gitSha} of ${startedAt.slice(0, 10)}, Node ${machine.node}, load ${machine.loadAverageBefore[0] ?? 0}`;

/** Throws without a record of `cast-e2e`. Of several records of a bench the one with the newest Node counts. */
export function costsFrom(reports: readonly Report[]): SourcedCosts {
  const newest = (bench: string): Report | undefined =>
    reports
      .filter((report) => report.bench === bench)
      .sort((a, b) => a.machine.node.localeCompare(b.machine.node, 'en', { numeric: true }))
      .at(-1);
  const votes = newest('cast-e2e');
  if (!votes) throw new Error('There is no record of cast-e2e: npm run bench -- --only cast-e2e --record');
  const byProcess = votes.figures
    .filter(({ name }) => name.startsWith(perVote) && name !== `${perVote}${notOfThePlatform}`)
    .map(({ name, value }) => [name.slice(perVote.length), value] as const);
  const sources: CostSource[] = byProcess.map(([name, value]) => ({
    name: `processor of \`${name}\` for a vote`,
    value,
    unit: 'µs',
    from: nameOf(votes),
  }));
  const one = (key: keyof typeof earlier, name: string, unit: string, read: () => [Report, number] | null): number => {
    const recorded = read();
    const { value, from } = recorded ? { value: recorded[1], from: nameOf(recorded[0]) } : earlier[key];
    sources.push({ name, value, unit, from });
    return value;
  };
  const figureOf = (bench: string, figure: string): [Report, number] | null => {
    const report = newest(bench);
    const value = report && valueIn(report, figure);
    return report && value !== undefined ? [report, value] : null;
  };
  const heldKibibytes = one('heldKibibytes', 'memory of a pending long-poll', 'KiB', () =>
    figureOf('hold', 'api, after collection'),
  );
  const edgeBytes = one('edgeBytes', 'memory of a voter in the edge Redis', 'bytes', () =>
    figureOf('edge-memory', 'bytes for a voter'),
  );
  const logBytes = one('logBytes', 'write-ahead log of a vote', 'bytes', () => {
    const report = newest('growth');
    const values = report
      ? [...report.targets, ...report.figures]
          .filter(({ name }) => name.startsWith(logFigure))
          .map(({ value }) => value)
      : [];
    return report && values.length > 0 ? [report, Math.max(...values) * 1_000] : null;
  });
  return {
    costs: { microseconds: Object.fromEntries(byProcess), heldKibibytes, edgeBytes, logBytes },
    sources,
  };
}
