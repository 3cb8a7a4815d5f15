// The dashboards of Grafana as the tests read them, and their expressions as rules that promtool can check.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../../deploy/monitoring/grafana/dashboards');

/** Units of Grafana that the dashboards use. */
const units = z.enum(['short', 's', 'bytes', 'percentunit', 'reqps', 'cps', 'cpm']);
const target = z.strictObject({ refId: z.string(), expr: z.string().min(1), legendFormat: z.string().min(1) });
const panel = z.object({
  id: z.int(),
  type: z.enum(['timeseries', 'stat']),
  title: z.string().min(5),
  description: z.string().min(20).endsWith('.'),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  fieldConfig: z.object({ defaults: z.object({ unit: units }) }),
  targets: z.array(target).min(1),
});
const dashboard = z.object({
  uid: z.string().startsWith('popvote-'),
  title: z.string().startsWith('PopVote: '),
  description: z.string(),
  editable: z.literal(false),
  panels: z.array(panel).min(5),
});
type Dashboard = z.infer<typeof dashboard>;

export const dashboardNames = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

/** Fails on a file that is no dashboard, or on a panel without title, unit or description. */
export const readDashboard = (name: string): Dashboard =>
  dashboard.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));

export const expressionsOf = ({ panels }: Dashboard): readonly string[] =>
  panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** For `promtool check rules`: each expression of all dashboards as a rule. */
export function dashboardRules(): string {
  const rules = dashboardNames.flatMap((name) =>
    expressionsOf(readDashboard(name)).map((expr, index) => ({
      record: `dashboard:${name.replaceAll('-', '_')}:${index}`,
      expr,
    })),
  );
  return stringify({ groups: [{ name: 'dashboards', rules }] });
}
