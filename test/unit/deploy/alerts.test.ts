// The alerts of Prometheus: each metric that calls itself an alarm has one, and each names only metrics that exist.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { openPorts } from '../../support/deploy/compose-file.ts';
import { launchable } from '../../../src/cli/services.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): unknown => parse(readFileSync(join(root, 'deploy/monitoring', path), 'utf8'));
const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.object({ summary: z.string() }),
});
const { groups } = z
  .object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) })
  .parse(read('rules/popvote.yml'));
const rules = groups.flatMap((group) => group.rules);
const sources = sourceFiles(root).map(({ text }) => text);

describe('The alerts of Prometheus', () => {
  test('Each metric that calls itself an alarm has an alert', () => {
    const alarms = sources.flatMap((text) =>
      [...text.matchAll(/name: '(popvote_\w+)',\s*help: 'ALARM/g)].map((match) => match[1]!),
    );
    expect(alarms.length).toBeGreaterThan(9);
    for (const name of alarms)
      expect([name, rules.some(({ expr }) => new RegExp(`\\b${name}\\b`).test(expr))]).toEqual([name, true]);
  });

  test('Each metric of an alert exists', () => {
    const names = rules.flatMap(({ expr }) => expr.match(/\bpopvote_\w+/g) ?? []);
    for (const name of names) expect([name, sources.some((text) => text.includes(`'${name}'`))]).toEqual([name, true]);
  });

  test('Each alert is described and tried with a fault', () => {
    const documentation = readFileSync(join(root, 'docs/deployment.md'), 'utf8');
    const faults = readFileSync(join(root, 'deploy/monitoring/rules.test.yml'), 'utf8');
    for (const { alert } of rules) {
      expect([alert, documentation.includes(`\`${alert}\``)]).toEqual([alert, true]);
      expect([alert, faults.includes(`alertname="${alert}"`)]).toEqual([alert, true]);
    }
  });

  test('Prometheus asks every service at its private port', () => {
    const scrape = z.object({
      job_name: z.string(),
      dns_sd_configs: z.tuple([z.object({ names: z.tuple([z.string()]), port: z.int() })]),
    });
    const { scrape_configs } = z.object({ scrape_configs: z.array(scrape) }).parse(read('prometheus.yml'));
    expect(scrape_configs.map(({ job_name }) => job_name).sort()).toEqual([...launchable].sort());
    for (const { job_name, dns_sd_configs } of scrape_configs) {
      const [{ names, port }] = dns_sd_configs;
      const open = openPorts().find((each) => each.of === job_name && each.port === port);
      expect([job_name, open?.networks]).toEqual([job_name, expect.arrayContaining([...names])]);
      expect([job_name, open?.by]).toEqual([job_name, expect.arrayContaining(['prometheus'])]);
    }
  });
});
