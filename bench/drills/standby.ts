// The PostgreSQL of the platform ends from one moment to the next while voters vote, and its synchronous standby takes its
// place. Before the end the standby receives nothing for some seconds, so that commits wait for it.
// Run: npx tsx bench/drills/standby.ts [--quick]
import { setTimeout as pause } from 'node:timers/promises';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';
import { startPrimary } from '../harness/standby.ts';

/** Seconds of voting, and those before the failover. */
const secondsFull = 90;
const secondsQuick = 20;
const beforePart = 0.4;
/** How long commits wait for the standby before the primary ends, in milliseconds. */
const separateMs = 2_000;
/** Longest time without an acknowledgement, in seconds: the separation included. */
const gapSecondsMax = 15;

await runBench('standby', 'failover to the synchronous standby, under load', async (bench) => {
  bench.say('starting a primary');
  const pair = await startPrimary(bench);
  const platform = await startPlatform(bench, pair.environment);
  bench.say('copying the primary to a standby');
  await pair.addStandby();
  const seconds = bench.quick ? secondsQuick : secondsFull;
  let failedOverAtMs = 0;
  bench.say(`voting for ${seconds} s, with a failover`);
  const votes = await voteWhile(platform, seconds, async () => {
    await pause(seconds * beforePart * 1_000);
    pair.separate();
    await pause(separateMs);
    await pair.failOver();
    failedOverAtMs = performance.now();
  });
  const after = votes.receivedAtMs.filter((ms) => ms > failedOverAtMs).length;
  bench.findings.figure('votes acknowledged after the failover', after, '');
  bench.findings.check('voting goes on after the failover', after > 0, `${after}`);
  await countAfterwards(bench, platform, votes, gapSecondsMax);
});
