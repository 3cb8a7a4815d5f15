// Each alert of Prometheus is raised by each of its faults, in Prometheus' own test of rules, and by series that services
// export. A platform that is well raises none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { alertFaults, healthySeries, sparedSeries } from '../../support/deploy/alert-faults.ts';
import { alertRules, alertTests, alertsWithoutFaults, halvesOf } from '../../support/deploy/alert-rules.ts';
import { metricsOf } from '../../support/deploy/metric-names.ts';
import { promtoolMissing, runPromtool, skipsPromtool } from '../../support/deploy/promtool.ts';
import { registeredMetrics } from '../../support/deploy/registered-metrics.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-alerts-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function testRules(rules: typeof alertRules): ReturnType<typeof runPromtool> {
  const rulesPath = join(directory, 'rules.yml');
  const testsPath = join(directory, 'tests.yml');
  writeFileSync(rulesPath, stringify({ groups: [{ name: 'all', rules }] }));
  writeFileSync(testsPath, alertTests(rulesPath, rules));
  return runPromtool('test', 'rules', testsPath);
}

describe('The faults of alerts', () => {
  test('Each half of each rule has a fault, and each fault has its rule', () => {
    expect(alertsWithoutFaults(alertRules)).toEqual([]);
    const [first] = alertRules;
    const unknown = { ...first!, alert: 'NothingRaisesIt', expr: 'popvote_a > 0 or popvote_b > 0' };
    expect(alertsWithoutFaults([...alertRules, unknown])).toEqual([
      'no fault raises NothingRaisesIt by popvote_a > 0',
      'no fault raises NothingRaisesIt by popvote_b > 0',
    ]);
    expect(alertsWithoutFaults(alertRules.slice(1))).toContainEqual(
      expect.stringContaining(`no rule for ${first!.alert}`),
    );
  });

  test('An expression is divided at each "or" that is in no brackets', () => {
    expect(halvesOf('(sum(a) or vector(0)) < 1')).toEqual(['(sum(a) or vector(0)) < 1']);
    expect(halvesOf('a{b=") or ("} > 0 or\n  absent(c)')).toEqual(['a{b=") or ("} > 0', 'absent(c)']);
  });

  test('Each series is one that its service registers, with all its labels', () => {
    const registries = registeredMetrics();
    const all = [healthySeries, ...[...sparedSeries, ...alertFaults].map(({ series }) => series)].flat();
    for (const { name, labels } of all) {
      const { instance, job = '', popvote_service: service, ...own } = labels;
      expect(instance).toMatch(/^[a-z]+-[12]$/);
      const registers = name === 'up' ? [] : registries.get(job)?.get(name);
      expect([job, name, service]).toEqual([job, name, name === 'up' ? undefined : job]);
      expect([job, name, Object.keys(own).sort()]).toEqual([job, name, registers && [...registers].sort()]);
    }
  });

  test('Each metric of a rule has a value on a platform that is well', () => {
    const names = new Set(healthySeries.map(({ name }) => name));
    for (const { alert, expr } of alertRules)
      for (const name of metricsOf(expr)) expect([alert, name, names.has(name)]).toEqual([alert, name, true]);
  });
});

describe('In the test of rules that Prometheus has', () => {
  test.skipIf(skipsPromtool)(`Each fault raises its alert alone, and health none${promtoolMissing}`, () => {
    expect(testRules(alertRules)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  test.skipIf(skipsPromtool)(`A rule that is never or always raised is noticed${promtoolMissing}`, () => {
    const withExpr = (alert: string, from: string, to: string) =>
      alertRules.filter((rule) => rule.alert === alert).map((rule) => ({ ...rule, expr: rule.expr.replace(from, to) }));
    for (const [alert, from, to] of [
      ['SealingKeyIsOld', '4000', '4002'],
      ['SealingKeyIsOld', '4000', '3999'],
      ['VotesWereLost', 'popvote_mixer_elections_interrupted > 0', 'popvote_mixer_elections_interrupted > 1'],
      ['DatabaseIsSlow', 'state="waiting"', 'state="used"'],
    ] as const)
      expect([alert, ...testRules(withExpr(alert, from, to))]).toEqual([alert, 1, expect.stringContaining('FAILED')]);
  });
});
