// A real Prometheus over a platform, with the alert rules that ship. Their times are divided by one factor, and their expressions
// are those that ship, except for ranges, which are divided too.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from '../../test/support/processes/ports.ts';
import { ending } from './child.ts';
import type { Bench } from './run.ts';

/** By how much the times of the rules are shorter. */
export const timesFactor = 30;
const secondsOf = { m: 60, h: 3_600 } as const;
const rulesPath = join(import.meta.dirname, '../../deploy/monitoring/rules/popvote.yml');
/** Longest wait for Prometheus to answer, in milliseconds. */
const answerMsMax = 20_000;

export type AlertWatch = {
  /** Names of the alerts that are firing now. */
  firing(): Promise<ReadonlySet<string>>;
  /** The seconds until this alert fires, or does not any more; null where that does not come in time. */
  secondsUntil(alert: string, fires: boolean, secondsMax: number): Promise<number | null>;
};

export const prometheusHindrance = (): string | null =>
  spawnSync('sh', ['-c', 'command -v prometheus']).status === 0 ? null : 'prometheus is not installed';

const shorter = (_: string, before: string, count: string, unit: 'm' | 'h'): string =>
  `${before}${(Number(count) * secondsOf[unit]) / timesFactor}s`;

/** The rules that ship with shorter times. */
const shorterRules = (text: string): string => text.replaceAll(/(for: |\[)(\d+)([mh])(?=\s|\])/g, shorter);

/** The names of all alerts that ship. */
export const alertNames = (): readonly string[] =>
  [...readFileSync(rulesPath, 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);

/** Where each service of the platform shows its metrics. */
function targetsIn(directory: string): { job_name: string; static_configs: object[] }[] {
  return readdirSync(join(directory, 'environment')).flatMap((file) => {
    const service = file.replace(/\.env$/, '');
    const values = parseEnv(readFileSync(join(directory, 'environment', file), 'utf8'));
    const port = values[`${service.toUpperCase()}_PRIVATE_PORT`] ?? values[`${service.toUpperCase()}_PORT`];
    return port === undefined ? [] : [{ job_name: service, static_configs: [{ targets: [`127.0.0.1:${port}`] }] }];
  });
}

export async function startAlertWatch(bench: Bench, platformDirectory: string): Promise<AlertWatch> {
  const directory = join(bench.directory, 'prometheus');
  mkdirSync(directory);
  writeFileSync(join(directory, 'rules.yml'), shorterRules(readFileSync(rulesPath, 'utf8')));
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s', scrape_timeout: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: targetsIn(platformDirectory),
  };
  writeFileSync(join(directory, 'prometheus.yml'), stringify(configuration));
  const port = await freePort();
  const log = openSync(join(bench.directory, 'prometheus.log'), 'a');
  const words = [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn('prometheus', words, { stdio: ['ignore', log, log] });
  bench.cleanup.add(ending(child).end);
  const firing = async (): Promise<ReadonlySet<string>> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`);
    const { data } = (await answer.json()) as {
      data: { alerts: { state: string; labels: Record<string, string> }[] };
    };
    return new Set(
      data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? ''),
    );
  };
  const deadline = performance.now() + answerMsMax;
  while ((await firing().catch(() => null)) === null) {
    if (performance.now() > deadline) throw new Error('Prometheus did not start in time.');
    await pause(200);
  }
  return {
    firing,
    async secondsUntil(alert, fires, secondsMax) {
      const began = performance.now();
      for (;;) {
        const seconds = (performance.now() - began) / 1_000;
        if ((await firing()).has(alert) === fires) return seconds;
        if (seconds > secondsMax) return null;
        await pause(200);
      }
    },
  };
}
