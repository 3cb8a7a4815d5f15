// The metrics that the program registers, as the tests of alerts and dashboards know them.
import { createMetrics } from '../../../src/platform/metrics.ts';
import type { SourceFile } from '../laws/source-tree.ts';

/** Names of our own metrics: the texts of that form in files that register metrics. */
export function ownMetrics(sources: readonly SourceFile[]): ReadonlySet<string> {
  const registering = sources.filter(({ text }) => /\bnew (Counter|Gauge|Histogram)\b/.test(text));
  return new Set(registering.flatMap(({ text }) => text.match(/(?<=')popvote_\w+(?=')/g) ?? []));
}

/** Those, the metrics of every Node process, and what Prometheus itself says of a target. */
export async function knownMetrics(sources: readonly SourceFile[]): Promise<ReadonlySet<string>> {
  const registry = createMetrics('metric-names');
  const common = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  registry.clear();
  return new Set([...ownMetrics(sources), ...common, 'up']);
}

/** Names of metrics in an expression: words before a selector of labels or a range, and ours. */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression.replaceAll(/"[^"]*"/g, '""');
  const words = bare.match(/(?<![\w{,])\b(?:popvote|nodejs|process)_\w+|\bup\b(?!")/g) ?? [];
  return words.map((word) => word.replace(/_(bucket|sum|count)$/, ''));
}
