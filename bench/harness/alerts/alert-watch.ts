// A real Prometheus over a platform, with the alert rules that ship. Their times are divided by one factor, and their expressions
// are those that ship, except for ranges, which are divided too.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from '../../../test/support/processes/ports.ts';
import { ending } from '../child.ts';
import type { Bench } from '../run.ts';

/** By how much the times of the rules are shorter. */
export const timesFactor = 30;
const secondsOf = { m: 60, h: 3_600 } as const;
const rulesPath = join(import.meta.dirname, '../../../deploy/monitoring/rules/popvote.yml');
/** Longest wait for Prometheus to answer, in milliseconds. */
const answerMsMax = 20_000;
const pollMs = 200;

/** An alert by its name, and the labels that it must have at least. */
export type ExpectedAlert = { readonly alert: string; readonly labels?: Readonly<Record<string, string>> };

export type AlertWatch = {
  /** Whether an alert is firing now. */
  fires(expected: ExpectedAlert): Promise<boolean>;
  /** The seconds until an alert fires, or does not any more; null where that does not come in time. */
  secondsUntil(expected: ExpectedAlert, fires: boolean, secondsMax: number): Promise<number | null>;
  /** From now on Prometheus knows one more process of a service, by host and port, or one less. */
  add(job: string, address: string): void;
  remove(job: string, address: string): void;
  /** The processes of a service that Prometheus knows, by host and port. */
  addresses(job: string): readonly string[];
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
function targetsIn(directory: string): Map<string, Set<string>> {
  const targets = readdirSync(join(directory, 'environment')).flatMap((file): [string, Set<string>][] => {
    const service = file.replace(/\.env$/, '');
    const values = parseEnv(readFileSync(join(directory, 'environment', file), 'utf8'));
    const port = values[`${service.toUpperCase()}_PRIVATE_PORT`] ?? values[`${service.toUpperCase()}_PORT`];
    return port === undefined ? [] : [[service, new Set([`127.0.0.1:${port}`])]];
  });
  return new Map(targets);
}

export async function startAlertWatch(bench: Bench, platformDirectory: string): Promise<AlertWatch> {
  const directory = join(bench.directory, 'prometheus');
  mkdirSync(directory);
  const targets = targetsIn(platformDirectory);
  const writeTargets = (): void => {
    const groups = [...targets].map(([job, addresses]) => ({ targets: [...addresses], labels: { job } }));
    writeFileSync(join(directory, 'targets.new'), JSON.stringify(groups));
    renameSync(join(directory, 'targets.new'), join(directory, 'targets.json'));
  };
  writeTargets();
  const firing = await startPrometheus(bench, directory);
  const fires: AlertWatch['fires'] = async ({ alert, labels = {} }) =>
    (await firing()).some((own) =>
      Object.entries({ alertname: alert, ...labels }).every(([name, value]) => own[name] === value),
    );
  return {
    fires,
    async secondsUntil(expected, state, secondsMax) {
      const began = performance.now();
      for (;;) {
        const seconds = (performance.now() - began) / 1_000;
        if ((await fires(expected)) === state) return seconds;
        if (seconds > secondsMax) return null;
        await pause(pollMs);
      }
    },
    add(job, address) {
      targets.set(job, (targets.get(job) ?? new Set()).add(address));
      writeTargets();
    },
    remove(job, address) {
      targets.get(job)?.delete(address);
      writeTargets();
    },
    addresses: (job) => [...(targets.get(job) ?? [])],
  };
}

type Labels = Readonly<Record<string, string>>;

/** Starts Prometheus in a folder with its targets, and returns how its firing alerts are read: the labels of each. */
async function startPrometheus(bench: Bench, directory: string): Promise<() => Promise<readonly Labels[]>> {
  writeFileSync(join(directory, 'rules.yml'), shorterRules(readFileSync(rulesPath, 'utf8')));
  const configuration = {
    // Services answer within two seconds while their database hangs.
    global: { scrape_interval: '3s', evaluation_interval: '1s', scrape_timeout: '3s' },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'popvote', file_sd_configs: [{ files: ['targets.json'], refresh_interval: '1s' }] }],
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
  const firing = async (): Promise<readonly Labels[]> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`);
    const { data } = (await answer.json()) as { data: { alerts: { state: string; labels: Labels }[] } };
    return data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
  };
  const deadline = performance.now() + answerMsMax;
  while ((await firing().catch(() => null)) === null) {
    if (performance.now() > deadline) throw new Error('Prometheus did not start in time.');
    await pause(pollMs);
  }
  return firing;
}
