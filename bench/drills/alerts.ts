// A real Prometheus with the alert rules that ship, on a platform with real faults: their alerts must fire, and end after them. The times of the
// rules are divided by 30. Needs prometheus on the PATH. Run: npx tsx bench/drills/alerts.ts [--quick]
import { setTimeout as pause } from 'node:timers/promises';
import { alertNames, prometheusHindrance, startAlertWatch, timesFactor } from '../harness/alerts/alert-watch.ts';
import {
  noteBackups,
  raiseCopyFaults,
  raiseLostVotes,
  raiseStoppedDatabase,
  raiseUnsignedRecord,
} from '../harness/alerts/database-faults.ts';
import { createRaising } from '../harness/alerts/raising.ts';
import {
  raiseEdgeFaults,
  raiseFoundFaults,
  raiseFullDisk,
  raiseFullRedis,
  raiseMissingKeys,
  raiseMissingService,
  raiseSilentService,
  raiseStoppedRedis,
} from '../harness/alerts/service-faults.ts';
import { startStage } from '../harness/alerts/stage.ts';
import {
  raiseCountFaults,
  raiseLogFaults,
  raiseLostKeys,
  raiseSetApartPaper,
  raiseStoppedMixer,
} from '../harness/alerts/vote-faults.ts';
import { runBench } from '../harness/run.ts';

/** The platform before the first fault, in milliseconds. */
const wellMs = 10_000;

await runBench('alerts', 'alerts of a real Prometheus, raised by real faults', async (bench) => {
  const { findings } = bench;
  findings.hindrance = prometheusHindrance();
  if (findings.hindrance !== null) return;
  const stage = await startStage(bench);
  await noteBackups(stage);
  const watch = await startAlertWatch(bench, stage.platform.directory);
  watch.add('mixer', stage.secondMixer.address);
  const raising = createRaising(bench, watch);
  findings.note(`Times of the rules, and ranges of their expressions, are divided by ${timesFactor}.`);
  await pause(wellMs);
  const isChosen = (group: string): boolean => bench.only === null || bench.only.includes(group);
  const inGroup = async (group: string, work: () => Promise<void>): Promise<void> => {
    if (isChosen(group)) await work();
  };
  // What needs no votes runs beside what does.
  await Promise.all([
    inGroup('copies', () => raiseCopyFaults(stage, raising)),
    inGroup('doctor', () => raiseFoundFaults(stage, raising)),
    inGroup('record', () => raiseUnsignedRecord(stage, raising)),
    inGroup('edge', () => raiseEdgeFaults(stage, watch, raising)),
    inGroup('spares', async () => {
      await raiseMissingService(watch, raising);
      await raiseMissingKeys(stage, watch, raising);
      await raiseFullDisk(stage, watch, raising);
    }),
    inGroup('log', () => raiseLogFaults(stage, raising)).then(() =>
      inGroup('votes', async () => {
        await raiseStoppedMixer(stage, raising);
        await raiseLostKeys(stage, raising);
        await Promise.all([raiseSetApartPaper(stage, raising), raiseCountFaults(stage, raising)]);
      }),
    ),
  ]);
  await inGroup('intake', () => raiseLostVotes(stage, raising));
  await inGroup('stopped', () => raiseStoppedDatabase(stage, raising));
  await Promise.all([
    inGroup('silent', () => raiseSilentService(stage, raising)),
    inGroup('redis', async () => {
      await raiseFullRedis(stage, raising);
      await raiseStoppedRedis(stage, raising);
    }),
  ]);
  const others = alertNames().filter((name) => !raising.raised.has(name));
  if (others.length > 0) findings.note(`No fault is injected for ${others.length} alerts: ${others.join(', ')}.`);
});
