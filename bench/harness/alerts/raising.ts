// One fault of the drill `alerts`: it is injected, its alerts must fire and not before, it ends, and they must end after it.
import type { Bench } from '../run.ts';
import type { AlertWatch, ExpectedAlert } from './alert-watch.ts';

/** Longest time until an alert fires, and until it ends, in seconds, where a fault says no other. */
const secondsMaxDefault = 30;

export type Fault = {
  readonly what: string;
  readonly alerts: readonly ExpectedAlert[];
  readonly inject: () => unknown;
  readonly end: () => unknown;
  readonly firesSecondsMax?: number;
  readonly endsSecondsMax?: number;
  /** What follows while the fault lasts: other faults that need it. */
  readonly meanwhile?: () => Promise<unknown>;
};

export type Raising = {
  raise(fault: Fault): Promise<void>;
  /** The names of the alerts that were to be raised. */
  readonly raised: ReadonlySet<string>;
};

const secondsText = (seconds: number | null): string => (seconds === null ? 'never' : `${seconds.toFixed(1)} s`);

export function createRaising({ findings, say }: Bench, watch: AlertWatch): Raising {
  const raised = new Set<string>();
  const until = (fault: Fault, fires: boolean, secondsMax: number): Promise<(number | null)[]> =>
    Promise.all(fault.alerts.map((expected) => watch.secondsUntil(expected, fires, secondsMax)));
  return {
    raised,
    async raise(fault) {
      const { what, alerts, firesSecondsMax = secondsMaxDefault, endsSecondsMax = secondsMaxDefault } = fault;
      for (const { alert } of alerts) raised.add(alert);
      say(what);
      const before = await Promise.all(alerts.map((expected) => watch.fires(expected)));
      await fault.inject();
      const firesAfter = await until(fault, true, firesSecondsMax);
      await fault.meanwhile?.();
      await fault.end();
      const endsAfter = await until(fault, false, endsSecondsMax);
      alerts.forEach(({ alert }, index) => {
        const fires = firesAfter[index] ?? null;
        const ends = endsAfter[index] ?? null;
        if (fires !== null) findings.figure(`${alert}: ${what}`, fires, 's');
        if (ends !== null) findings.figure(`${alert} ends`, ends, 's');
        const isNew = before[index] === false;
        findings.check(`${alert} fires, and not before the fault`, fires !== null && isNew, secondsText(fires));
        findings.check(`${alert} ends after it`, ends !== null, secondsText(ends));
      });
      const timesOf = (index: number): string =>
        `${secondsText(firesAfter[index] ?? null)}, ended after ${secondsText(endsAfter[index] ?? null)}`;
      say(alerts.map(({ alert }, index) => `  ${alert}: ${timesOf(index)}`).join('; '));
    },
  };
}
