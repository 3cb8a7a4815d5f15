// The clocks that differ, from the reports of all services. Every report compares the machine of its service with the
// databases, Redis servers and services that it uses.
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Finding, SystemAnswer } from '../../../protocol/control/system-api.ts';
import type { System } from './system.ts';

/** How long found differences are shared, in milliseconds: services report once a minute. */
const sharedMs = 10_000;

/** All comparisons of clocks in the reports. */
export function clockFindings({ services }: Pick<SystemAnswer, 'services'>): readonly Finding[] {
  return services.flatMap(({ service, findings }) =>
    findings.filter(({ check }) => check.endsWith('clock')).map((finding) => ({ service, ...finding })),
  );
}

/** Finds the comparisons that failed. The live page asks every few seconds, and shares an answer for a while. */
export function createClockDifferences(system: System, clock: Clock): () => Promise<readonly Finding[]> {
  let shared: { readonly found: Promise<readonly Finding[]>; readonly atMs: number } | undefined;
  const read = async (): Promise<readonly Finding[]> =>
    clockFindings(await system.show()).filter(({ state }) => state === 'failed');
  return () => {
    if (!shared || !isWithin(clock(), shared.atMs, sharedMs)) shared = { found: read(), atMs: clock() };
    return shared.found;
  };
}
