// The mixer ends from one moment to the next in mid-hour while voters vote, and its folder of hourly keys is destroyed. Before that
// it is stopped for some seconds, so that ballots wait for it in the outbox. Another mixer, which has copies of its keys, takes over.
// Run: npx tsx bench/drills/lost-keys.ts [--quick]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test/support/processes/ports.ts';
import { startServices } from '../harness/child.ts';
import { countAfterwards, voteWhile } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';

/** Seconds of voting, and those before the loss. */
const secondsFull = 60;
const secondsQuick = 20;
const beforePart = 0.4;
/** How long the mixer does nothing before it ends, in milliseconds. */
const stoppedMs = 3_000;
/** Longest time without an acknowledgement, in seconds: casts need no mixer. */
const gapSecondsMax = 3;

await runBench('lost-keys', 'the hourly keys of the mixer destroyed in mid-hour, under load', async (bench) => {
  const first = { pid: 0, directory: join(bench.directory, 'lost-epoch-keys') };
  const platform = await startPlatform(
    bench,
    {},
    {
      // The other one begins before, and so works until it ends.
      async mixer(environment) {
        const port = await freePort();
        const copies = {
          MIXER_PEERS: [port, environment['MIXER_PORT']].map((each) => `http://127.0.0.1:${each}`).join(','),
          MIXER_KEY_COPIES: '1',
        };
        const own = { MIXER_PORT: String(port), MIXER_EPOCH_KEYS_DIRECTORY: first.directory };
        const log = join(bench.directory, 'lost-mixer.log');
        first.pid = (await startServices(bench, ['mixer'], { ...environment, ...copies, ...own }, log)).pid;
        return { ...environment, ...copies };
      },
    },
  );
  const seconds = bench.quick ? secondsQuick : secondsFull;
  let waiting = 0;
  bench.say(`voting for ${seconds} s, with a loss of keys`);
  const votes = await voteWhile(platform, seconds, async () => {
    await pause(seconds * beforePart * 1_000);
    process.kill(first.pid, 'SIGSTOP');
    await pause(stoppedMs);
    waiting = (await platform.counts()).outbox;
    process.kill(first.pid, 'SIGKILL');
    rmSync(first.directory, { recursive: true });
  });
  bench.findings.figure('ballots in the outbox when the keys were destroyed', waiting, '');
  bench.findings.check('ballots waited for the mixer', waiting > 0, `${waiting}`);
  await countAfterwards(bench, platform, votes, gapSecondsMax);
});
