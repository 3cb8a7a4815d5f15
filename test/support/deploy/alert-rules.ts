// The alerts of deploy/monitoring as the tests read them, and the faults of alert-faults.ts as a test for `promtool test rules`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { alertFaults, healthySeries, keyOfSeries, sparedSeries } from './alert-faults.ts';
import type { AlertFault, Series } from './alert-faults.ts';

const path = join(import.meta.dirname, '../../../deploy/monitoring/rules/popvote.yml');
const alertRule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+m$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: z.string(), runbook_url: z.string() }),
});
type AlertRule = z.infer<typeof alertRule>;

export const alertRules: readonly AlertRule[] = z
  .object({ groups: z.array(z.object({ name: z.string(), rules: z.array(alertRule) })) })
  .parse(parse(readFileSync(path, 'utf8')))
  .groups.flatMap(({ rules }) => rules);

/** The parts of an expression on both sides of each `or` that is in no brackets: any of them raises the alert. */
export function halvesOf(expr: string): readonly string[] {
  const halves: string[] = [];
  let depth = 0;
  let half = '';
  for (const part of expr.split(/("[^"]*"|[()]|\s+or\s+)/)) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (depth === 0 && part.trim() === 'or') {
      halves.push(half.trim());
      half = '';
    } else half += part;
  }
  return [...halves, half.trim()];
}

const secondsFor = (rule: AlertRule): number => 60 * Number.parseInt(rule.for ?? '0', 10);
/** When an alert is there whose fault began at 0. */
const raisedAt = (rule: AlertRule, fault: AlertFault): number => fault.seconds ?? secondsFor(rule) + 30;

function inputOf(changes: readonly Series[]): readonly object[] {
  const all = new Map(healthySeries.map((series) => [keyOfSeries(series), series.values]));
  for (const series of changes) all.set(keyOfSeries(series), series.values);
  return [...all].flatMap(([series, values]) => (values === null ? [] : [{ series, values }]));
}

/** A summary as Prometheus writes it. Throws if the alert lacks a label that it names. */
function renderSummary(summary: string, labels: Readonly<Record<string, string>>): string {
  return summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => {
    const value = labels[name];
    if (value === undefined) throw new Error(`The summary "${summary}" names a label that its alert lacks: ${name}.`);
    return value;
  });
}

const countOf = (expr: string, seconds: number, value: number) => ({
  expr: `count(${expr})`,
  eval_time: `${seconds}s`,
  exp_samples: value === 0 ? [] : [{ labels: '{}', value }],
});

function testOf(rule: AlertRule, fault: AlertFault): object {
  const { alert, expr } = rule;
  const seconds = raisedAt(rule, fault);
  const labels = fault.labels ?? fault.series[0]?.labels ?? {};
  const expected = {
    exp_labels: { ...labels, ...rule.labels },
    exp_annotations: { ...rule.annotations, summary: renderSummary(rule.annotations.summary, labels) },
  };
  const early = secondsFor(rule) - 15;
  const halves = halvesOf(expr);
  return {
    name: `${alert}: ${fault.what}`,
    interval: '15s',
    input_series: inputOf(fault.series),
    alert_rule_test: [
      ...(early > 0 ? [{ eval_time: `${early}s`, alertname: alert, exp_alerts: [] }] : []),
      { eval_time: `${seconds}s`, alertname: alert, exp_alerts: [expected] },
    ],
    promql_expr_test: [
      {
        expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${seconds}s`,
        exp_samples: [{ labels: `{alertname="${alert}"}`, value: 1 }],
      },
      ...halves.map((half, index) => countOf(half, seconds, index === fault.half ? 1 : 0)),
    ],
  };
}

function quietTest(name: string, changes: readonly Series[]): object {
  return {
    name,
    interval: '15s',
    input_series: inputOf(changes),
    promql_expr_test: Array.from({ length: 76 }, (_, index) =>
      countOf('ALERTS{alertstate="firing"}', (index + 1) * 15, 0),
    ),
  };
}

/** Faults of alerts that no rule has, and halves of rules that no fault raises. */
export function alertsWithoutFaults(rules: readonly AlertRule[]): readonly string[] {
  const untried = rules.flatMap(({ alert, expr }) =>
    halvesOf(expr).flatMap((half, index) => {
      const isTried = alertFaults.some((fault) => fault.alert === alert && fault.half === index);
      return isTried ? [] : [`no fault raises ${alert} by ${half}`];
    }),
  );
  const unknown = alertFaults.filter(
    ({ alert, half }) => !rules.some((rule) => rule.alert === alert && half < halvesOf(rule.expr).length),
  );
  return [...untried, ...unknown.map(({ alert, what }) => `no rule for ${alert}: ${what}`)];
}

/** For `promtool test rules`. Each fault raises its alert alone, by one half of the rule, and not before its time; health raises none. */
export function alertTests(rulesPath: string, rules: readonly AlertRule[]): string {
  return stringify({
    rule_files: [rulesPath],
    evaluation_interval: '15s',
    tests: [
      quietTest('a platform that is well', []),
      ...sparedSeries.map(({ what, series }) => quietTest(what, series)),
      ...alertFaults.flatMap((fault) => {
        const rule = rules.find(({ alert }) => alert === fault.alert);
        return rule ? [testOf(rule, fault)] : [];
      }),
    ],
  });
}
