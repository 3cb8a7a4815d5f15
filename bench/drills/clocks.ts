// The clock of `api`, `sms`, `ballots` and `mixer` in turn is set ahead and back by an hour while voters vote, and is then
// right again. Run: npx tsx bench/drills/clocks.ts [--quick]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clockOf } from '../../test/support/processes/process-clock.ts';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { startPlatform, zones } from '../harness/platform.ts';
import type { Zone } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';

const steps = [3_600_000, -3_600_000] as const;
/** How long each wrong clock lasts, and the right one after it, in milliseconds. */
const wrongMsFull = 10_000;
const wrongMsQuick = 2_000;
const rightMs = 1_000;
/** Voting after the last step, in seconds. */
const secondsAfter = 3;
/** Longest time without an acknowledgement, in seconds: a clock costs nothing but a busy moment. */
const gapSecondsMax = 3;

await runBench('clocks', 'clocks set ahead and back by an hour, under load', async (bench) => {
  const fileOf = (zone: Zone): string => join(bench.directory, `clock-${zone}`);
  const withClock = (zone: Zone) => (environment: Readonly<Record<string, string>>) => ({
    ...environment,
    NODE_OPTIONS: clockOf(fileOf(zone)),
  });
  const byHand = Object.fromEntries(zones.map((zone) => [zone, withClock(zone)]));
  const platform = await startPlatform(bench, {}, byHand);
  const wrongMs = bench.quick ? wrongMsQuick : wrongMsFull;
  const seconds = (zones.length * steps.length * (wrongMs + rightMs)) / 1_000 + secondsAfter;
  let count = 0;
  bench.say(`voting, and setting clocks, for ${seconds} s`);
  const votes = await voteWhile(platform, seconds, async () => {
    for (const aheadMs of steps) {
      for (const zone of zones) {
        writeFileSync(fileOf(zone), String(aheadMs));
        await pause(wrongMs);
        writeFileSync(fileOf(zone), '0');
        await pause(rightMs);
        count += 1;
      }
    }
  });
  bench.findings.figure('clocks set wrong, by an hour', count, '');
  bench.findings.figure('votes a second', votes.receipts.length / seconds, 'votes/s');
  await countAfterwards(bench, platform, votes, gapSecondsMax);
});
