// One direction of connections is closed while voters vote: between `api` and `ballots`, and from the voters' services to
// both databases and the edge Redis. The other direction stays open, so that a sender does not notice.
// Run: npx tsx bench/drills/half-close.ts [--quick]
import { setTimeout as pause } from 'node:timers/promises';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { hopsOf } from '../harness/hops.ts';
import { startPlatform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';

/** Seconds of voting. */
const secondsFull = 180;
const secondsQuick = 25;
/** Between two closings, in milliseconds: a uniform draw. */
const closeEveryMs = [500, 2_500] as const;
/** Longest time without an acknowledgement, in seconds: a few connections may be lost one after the other. */
const gapSecondsMax = 15;
const directions = ['requests', 'answers'] as const;

await runBench('half-close', 'connections closed in one direction, under load', async (bench) => {
  const { byHand, hops } = hopsOf(bench);
  const platform = await startPlatform(bench, {}, byHand);
  const seconds = bench.quick ? secondsQuick : secondsFull;
  const closings = new Map<string, number>();
  bench.say(`voting, and closing directions, for ${seconds} s`);
  const votes = await voteWhile(platform, seconds, async (endsAt) => {
    for (let at = 0; performance.now() < endsAt - closeEveryMs[1]; at += 1) {
      await pause(closeEveryMs[0] + Math.random() * (closeEveryMs[1] - closeEveryMs[0]));
      const hop = hops[at % hops.length]!;
      const direction = directions[Math.floor(at / hops.length + at) % directions.length]!;
      hop.proxy.halfClose(direction);
      closings.set(hop.name, (closings.get(hop.name) ?? 0) + 1);
    }
  });
  const { findings } = bench;
  for (const [name, count] of closings) findings.figure(`closings of ${name}`, count, '');
  findings.check('every way was closed', closings.size === hops.length, `${closings.size} of ${hops.length}`);
  await countAfterwards(bench, platform, votes, gapSecondsMax);
});
