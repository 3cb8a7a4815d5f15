// A real Prometheus with the alert rules that ship, on a platform with real faults: their alerts must fire, and end after them. The times of the
// rules are divided by 30. Needs prometheus on the PATH. Run: npx tsx bench/drills/alerts.ts [--quick]
import { setTimeout as pause } from 'node:timers/promises';
import { alertNames, prometheusHindrance, startAlertWatch, timesFactor } from '../harness/alert-watch.ts';
import type { AlertWatch } from '../harness/alert-watch.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { signalFamily } from '../harness/process-tree.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';

/** Longest time until an alert fires, and until it ends, in seconds. */
const secondsMax = 30;
/** The platform before the first fault, in milliseconds. */
const wellMs = 10_000;

type Injection = {
  readonly what: string;
  readonly alerts: readonly string[];
  inject(platform: Platform, signal: 'SIGSTOP' | 'SIGCONT'): void;
};

const injections: readonly Injection[] = [
  {
    what: 'the mixer is stopped',
    alerts: ['ServiceIsDown', 'NoMixerIsActive'],
    inject: ({ pids }, signal) => void process.kill(pids.mixer, signal),
  },
  {
    what: 'the edge Redis is stopped',
    alerts: ['CheckFails', 'ServiceIsNotReady'],
    inject: ({ pids }, signal) => signalFamily(pids.redis, signal),
  },
];

const secondsText = (seconds: number | null): string => (seconds === null ? 'never' : `${seconds.toFixed(1)} s`);

await runBench('alerts', 'alerts of a real Prometheus, raised by real faults', async (bench) => {
  const { findings, say } = bench;
  findings.hindrance = prometheusHindrance();
  if (findings.hindrance !== null) return;
  const platform = await startPlatform(bench);
  const watch = await startAlertWatch(bench, platform.directory);
  findings.note(`Times of the rules, and ranges of their expressions, are divided by ${timesFactor}.`);
  await pause(wellMs);
  for (const injection of injections) {
    say(injection.what);
    await raise(bench, { platform, watch }, injection);
  }
  const raised = new Set(injections.flatMap(({ alerts }) => alerts));
  const others = alertNames().filter((name) => !raised.has(name));
  findings.note(`No fault is injected yet for ${others.length} alerts: ${others.join(', ')}.`);
});

async function raise(
  { findings }: Bench,
  { platform, watch }: { readonly platform: Platform; readonly watch: AlertWatch },
  { what, alerts, inject }: Injection,
): Promise<void> {
  const before = await watch.firing();
  inject(platform, 'SIGSTOP');
  const raised = await Promise.all(alerts.map((alert) => watch.secondsUntil(alert, true, secondsMax)));
  inject(platform, 'SIGCONT');
  const resolved = await Promise.all(alerts.map((alert) => watch.secondsUntil(alert, false, secondsMax)));
  alerts.forEach((alert, index) => {
    const fires = raised[index] ?? null;
    const ends = resolved[index] ?? null;
    if (fires !== null) findings.figure(`${alert}: ${what}`, fires, 's');
    findings.check(
      `${alert} fires, and not before the fault`,
      fires !== null && !before.has(alert),
      secondsText(fires),
    );
    findings.check(`${alert} ends after it`, ends !== null, secondsText(ends));
  });
}
