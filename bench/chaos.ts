// Processes killed outright at random while voters vote: the services, Redis and PostgreSQL, each started again by the
// supervisor. In the end every acknowledged ballot must be in the box, once, and participation = outbox + box. A receipt
// for a ballot that is not there, or a ballot there twice, fails the run. Run: npx tsx bench/chaos.ts [--quick]
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { castAnswer } from '../src/protocol/public-api.ts';
import { leavesInBox } from './harness/box-leaves.ts';
import { ConnectionPool } from './harness/keep-alive-client.ts';
import { startPlatform } from './harness/platform.ts';
import type { Platform } from './harness/platform.ts';
import { checkReceipts } from './harness/receipt-check.ts';
import { runBench } from './harness/run.ts';
import { vote } from './harness/voter.ts';
import type { Doors } from './harness/voter.ts';

/** Seconds of killing. */
const secondsFull = 120;
const secondsQuick = 30;
/** Voters under way at once. */
const voters = 40;
/** Between two kills, in milliseconds: a uniform draw. */
const killEveryMs = [500, 3_000] as const;
/** Longest wait for the outbox to empty when the killing has ended, in milliseconds. */
const settleMsMax = 60_000;
/** A voter who failed at a closed door comes back after this, in milliseconds. */
const comeBackMs = 200;

const victims = {
  api: 'serve api',
  sms: 'serve sms',
  ballots: 'serve ballots',
  mixer: 'serve mixer',
  postgres: 'postgres -D',
  redis: 'redis-server',
} as const;
type Victim = keyof typeof victims;

await runBench(
  'chaos',
  'kill -9 of every process at random, under load',
  async ({ quick, findings, say, ...bench }) => {
    const platform = await startPlatform({ quick, findings, say, ...bench });
    const supervisor = parentOf(platform.pids.api);
    const seconds = quick ? secondsQuick : secondsFull;
    const doors: Doors = { api: new ConnectionPool(platform.api, 500), sms: new ConnectionPool(platform.sms, 100) };
    const endsAt = performance.now() + seconds * 1_000;
    say(`voting, and killing at random, for ${seconds} s`);

    const receipts: string[] = [];
    const failures = new Map<string, number>();
    let next = 0;
    let resent = 0;
    const voter = async (): Promise<void> => {
      while (performance.now() < endsAt) {
        const result = await vote(platform, doors, (next += 1));
        if (result.outcome === 'recorded') {
          receipts.push(result.receipt);
          resent += result.resent.length;
        } else {
          const why = `${result.step}: ${result.why}`;
          failures.set(why, (failures.get(why) ?? 0) + 1);
          await pause(comeBackMs);
        }
      }
    };
    const kills = new Map<Victim, number>();
    const killer = async (): Promise<void> => {
      const names = Object.keys(victims) as Victim[];
      // Each in turn from a random order, so that none is spared by chance.
      for (let at = 0; performance.now() < endsAt - killEveryMs[1]; at += 1) {
        await pause(killEveryMs[0] + Math.random() * (killEveryMs[1] - killEveryMs[0]));
        const name = at % names.length === 0 ? shuffle(names)[0]! : names[at % names.length]!;
        const pid = childNamed(supervisor, victims[name]);
        if (pid === null) continue; // it is being started again
        process.kill(pid, 'SIGKILL');
        kills.set(name, (kills.get(name) ?? 0) + 1);
      }
    };
    await Promise.all([killer(), ...Array.from({ length: voters }, voter)]);
    doors.api.close();
    doors.sms.close();

    say('waiting for the last ballots to reach the box');
    const counts = await settled(platform);
    const box = await leavesInBox(platform.databaseUrl('box'), platform.election.id);
    const leaves = receipts.map((text) => castAnswer.parse(JSON.parse(text)).receipt.leaf);
    const missing = leaves.filter((leaf) => !box.has(leaf));
    const { verified } = checkReceipts(receipts, platform.keys('public'));

    for (const [name, count] of kills) findings.figure(`kills of ${name}`, count, '');
    findings.figure('votes acknowledged', receipts.length, '');
    findings.figure('votes a second, while processes died', receipts.length / seconds, 'votes/s');
    findings.figure('casts sent again after an uncertain answer', resent, '');
    for (const [why, count] of failures) findings.figure(`voters who gave up: ${why}`, count, '');
    const { participation, outbox } = counts;
    findings.check('processes were killed', kills.size === Object.keys(victims).length, `${kills.size} of 6 kinds`);
    findings.check('no acknowledged ballot is lost', missing.length === 0, `${missing.length} of ${leaves.length}`);
    findings.check('every receipt verifies', verified === receipts.length, `${verified} of ${receipts.length}`);
    findings.check(
      'participation = outbox + box',
      participation === outbox + counts.box,
      `${participation} = ${outbox} + ${counts.box}`,
    );
    findings.check(
      'no ballot is doubled',
      participation <= next && box.size === counts.box && counts.box >= leaves.length,
      `${leaves.length} acknowledged <= ${counts.box} in the box <= ${next} voters`,
    );
  },
);

async function settled(platform: Platform) {
  const deadline = performance.now() + settleMsMax;
  for (;;) {
    const counts = await platform.counts().catch(() => null);
    if (counts && counts.outbox === 0 && counts.participation === counts.box) return counts;
    if (performance.now() > deadline) return counts ?? platform.counts();
    await pause(250);
  }
}

function shuffle<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
  return items;
}

function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function childNamed(parent: number, words: string): number | null {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(words) && parentOf(Number(name)) === parent) return Number(name);
    } catch {
      // It ended while it was looked at.
    }
  }
  return null;
}
