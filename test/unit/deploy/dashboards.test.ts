// The dashboards of Grafana: each panel says what it shows, each expression can be evaluated, and each metric exists.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeFile } from '../../support/deploy/compose-file.ts';
import { dashboardNames, dashboardRules, expressionsOf, readDashboard } from '../../support/deploy/dashboards.ts';
import { knownMetrics, metricsOf, ownMetrics } from '../../support/deploy/metric-names.ts';
import { promtoolMissing, runPromtool, skipsPromtool } from '../../support/deploy/promtool.ts';
import { loopDelayStepMs } from '../../../src/platform/metrics.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');
const sources = sourceFiles(root);
/** On no dashboard and in no alert, with the reason. */
const notDrawn: Readonly<Record<string, string>> = {
  popvote_ballots_ended_election_keys: 'read once, when keys are destroyed: docs/keys.md',
  popvote_officials_uploads_total: 'rows say the same',
  popvote_worker_uploads_total: 'rows say the same',
};
const directory = mkdtempSync(join(tmpdir(), 'popvote-dashboards-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Whether brackets and quotation marks are closed in order. */
function isBalanced(expression: string): boolean {
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  for (const sign of expression.replaceAll(/"[^"]*"/g, '')) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (sign === '"' || (sign in pairs && open.pop() !== pairs[sign])) return false;
  }
  return open.length === 0;
}

describe.each(dashboardNames)('The dashboard %s', (name) => {
  const dashboard = readDashboard(name);

  test('Each panel has a title, a unit and a description of its own, and a place of its own', () => {
    const { panels } = dashboard;
    for (const of of ['title', 'description', 'id'] as const)
      expect(new Set(panels.map((panel) => panel[of])).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test('Each expression is balanced and names only metrics that the program registers', async () => {
    const metrics = await knownMetrics(sources);
    for (const expression of expressionsOf(dashboard)) {
      expect([expression, isBalanced(expression)]).toEqual([expression, true]);
      const names = metricsOf(expression);
      expect([expression, names.length > 0]).toEqual([expression, true]);
      for (const each of names) expect([expression, each, metrics.has(each)]).toEqual([expression, each, true]);
    }
  });

  test('Compose mounts it where Grafana reads it', () => {
    const file = `./deploy/monitoring/grafana/dashboards/${name}.json`;
    const [source = ''] = Object.entries(composeFile.configs).find(([, config]) => config.file === file) ?? [];
    const { path } = (
      parse(readFileSync(join(root, 'deploy/monitoring/grafana/dashboards.yml'), 'utf8')) as {
        providers: [{ options: { path: string } }];
      }
    ).providers[0].options;
    expect(composeFile.services['grafana']?.configs).toContainEqual({ source, target: `${path}/${name}.json` });
  });
});

describe('All dashboards together', () => {
  test('Each metric of the program is on a dashboard or in an alert, or needs none', () => {
    const rules = readFileSync(join(root, 'deploy/monitoring/rules/popvote.yml'), 'utf8');
    const onDashboards = new Set(
      dashboardNames.flatMap((name) => expressionsOf(readDashboard(name)).flatMap(metricsOf)),
    );
    const missing = [...ownMetrics(sources)].filter(
      (name) => !onDashboards.has(name) && !new RegExp(`\\b${name}\\b`).test(rules),
    );
    expect(missing.sort()).toEqual(Object.keys(notDrawn).sort());
  });

  test('A wrong name and an open bracket are noticed', async () => {
    const metrics = await knownMetrics(sources);
    expect(metricsOf('sum by (job) (rate(popvote_casts_total{outcome="popvote_x"}[5m])) / up')).toEqual([
      'popvote_casts_total',
      'up',
    ]);
    expect(metrics.has('popvote_cast_total')).toBe(false);
    expect(isBalanced('sum(rate(popvote_casts_total[5m])')).toBe(false);
    expect(isBalanced('sum(rate(popvote_casts_total[5m)])')).toBe(false);
  });

  test.skipIf(skipsPromtool)(`Prometheus accepts each expression${promtoolMissing}`, () => {
    const file = join(directory, 'dashboards.yml');
    writeFileSync(file, dashboardRules());
    expect(runPromtool('check', 'rules', file)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  test('Grafana admits no one without the password, and no page of it is open to another machine', () => {
    const { environment, secrets } = composeFile.services['grafana']!;
    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana-password',
    });
    expect(secrets).toEqual(['grafana-password']);
  });
});

test('The delay of the event loop is shown without the time between two measurements of it', () => {
  const panels = dashboardNames.flatMap((name) => readDashboard(name).panels);
  const delays = panels.filter((panel) => JSON.stringify(panel).includes('nodejs_eventloop_lag'));
  expect(delays.length).toBeGreaterThan(0);
  for (const panel of delays) expect(JSON.stringify(panel)).toContain(`_seconds - ${loopDelayStepMs / 1_000}, 0)`);
});
