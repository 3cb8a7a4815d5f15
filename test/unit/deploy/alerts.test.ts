// The alerts of Prometheus: each metric that calls itself an alarm has one, and each names only metrics that exist.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { alertRules, halvesOf } from '../../support/deploy/alert-rules.ts';
import { openPorts } from '../../support/deploy/compose-file.ts';
import { knownMetrics, metricsOf } from '../../support/deploy/metric-names.ts';
import { anchorsOf } from '../../support/deploy/runbooks.ts';
import { launchable } from '../../../src/cli/services.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');
const rules = alertRules;
/** Alerts about faults that stop voting, at once or within two hours. */
const stopsVoting = [
  'CastsAreNotRecorded',
  'CheckFails',
  'DatabaseIsSlow',
  'DiskIsAlmostFull',
  'EdgeRedisIsFull',
  'ElectionKeysAreMissing',
  'HourlyKeysLackCopies',
  'NoMixerIsActive',
  'PublicationsAreOld',
  'RedisIsNotConnected',
  'SealingKeyIsOld',
  'ServiceIsNotReady',
  'TextsAreNotSent',
  'VotersAreTurnedAway',
];
const sources = sourceFiles(root);

describe('The alerts of Prometheus', () => {
  test('Each metric that calls itself an alarm has an alert', () => {
    const alarms = sources.flatMap(({ text }) =>
      [...text.matchAll(/'(popvote_\w+)',\s*(?:help: )?'ALARM/g)].map((match) => match[1]!),
    );
    expect(alarms.length).toBeGreaterThan(9);
    for (const name of alarms)
      expect([name, rules.some(({ expr }) => new RegExp(`\\b${name}\\b`).test(expr))]).toEqual([name, true]);
  });

  test('Each metric of an alert exists', async () => {
    const metrics = await knownMetrics(sources);
    for (const { alert, expr } of rules) {
      expect([alert, metricsOf(expr).length > 0]).toEqual([alert, true]);
      for (const name of metricsOf(expr)) expect([alert, name, metrics.has(name)]).toEqual([alert, name, true]);
    }
  });

  test('Each alert leads to a heading of a runbook', () => {
    for (const { alert, annotations } of rules) {
      const [file = '', anchor = ''] = annotations.runbook_url.split('#');
      expect([alert, file]).toEqual([alert, expect.stringMatching(/^deploy\/runbooks\/[a-z-]+\.md$/)]);
      expect([alert, anchorsOf(readFileSync(join(root, file), 'utf8'))]).toEqual([
        alert,
        expect.arrayContaining([anchor]),
      ]);
    }
  });

  test('Each metric of operations.md has the alerts that it names, or says that it needs none', () => {
    const documentation = readFileSync(join(root, 'docs/operations.md'), 'utf8');
    const rows = [...documentation.matchAll(/^\| (`popvote_.*) \| .* \| (.*) \|$/gm)];
    expect(rows.length).toBeGreaterThan(9);
    const alertNames = rows.flatMap(([, metrics = '', alerts = '']) => {
      expect([metrics, alerts]).toEqual([metrics, expect.stringMatching(/^(none|(`\w+`(, )?)+)$/)]);
      const names = metrics.match(/popvote_\w+/g) ?? [];
      return [...alerts.matchAll(/`(\w+)`/g)].map(([, alert]) => {
        const expr = rules.find((each) => each.alert === alert)?.expr ?? '';
        expect([alert, names.some((name) => expr.includes(name))]).toEqual([alert, true]);
        return alert;
      });
    });
    // What stops voting, whatever the documentation says.
    expect(alertNames).toEqual(expect.arrayContaining(stopsVoting));
    for (const name of stopsVoting)
      expect([name, rules.find(({ alert }) => alert === name)?.labels.severity]).toEqual([name, 'page']);
  });

  test('A service of which no process is known raises an alert, whichever it is', () => {
    const { expr } = rules.find(({ alert }) => alert === 'ServiceIsMissing')!;
    expect(halvesOf(expr)).toEqual(launchable.map((name) => `absent(up{job="${name}"})`));
  });

  test('Prometheus asks every service at its private port', () => {
    const scrape = z.object({
      job_name: z.string(),
      dns_sd_configs: z.tuple([z.object({ names: z.tuple([z.string()]), port: z.int() })]),
    });
    const text = readFileSync(join(root, 'deploy/monitoring/prometheus.yml'), 'utf8');
    const { scrape_configs } = z.object({ scrape_configs: z.array(scrape) }).parse(parse(text));
    expect(scrape_configs.map(({ job_name }) => job_name).sort()).toEqual([...launchable].sort());
    for (const { job_name, dns_sd_configs } of scrape_configs) {
      const [{ names, port }] = dns_sd_configs;
      const open = openPorts().find((each) => each.of === job_name && each.port === port);
      expect([job_name, open?.networks]).toEqual([job_name, expect.arrayContaining([...names])]);
      expect([job_name, open?.by]).toEqual([job_name, expect.arrayContaining(['prometheus'])]);
    }
  });
});
