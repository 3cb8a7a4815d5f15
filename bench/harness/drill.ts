// What every drill shares: voters who vote while a disturbance runs, and the count afterwards. Every acknowledged ballot
// must be in the box, once, with a receipt that verifies, and participation = outbox + box.
import { setTimeout as pause } from 'node:timers/promises';
import { castAnswer } from '../../src/protocol/public-api.ts';
import { leavesInBox } from './box-leaves.ts';
import { ConnectionPool } from './keep-alive-client.ts';
import type { Counts, Platform } from './platform.ts';
import { checkReceipts } from './receipt-check.ts';
import type { Bench } from './run.ts';
import { vote } from './voter.ts';
import type { Doors } from './voter.ts';

/** Voters under way at once. */
const voters = 40;
/** Longest wait for the outbox to empty when the disturbance has ended, in milliseconds. */
const settleMsMax = 60_000;
/** A voter who failed comes back after this, in milliseconds. */
const comeBackMs = 200;

export type Votes = {
  readonly receipts: readonly string[];
  /** Voters who began. */
  readonly began: number;
  /** Casts that were sent again after an uncertain answer. */
  readonly resent: number;
  /** Longest time without an acknowledgement, in milliseconds. */
  readonly gapMs: number;
  readonly failures: ReadonlyMap<string, number>;
};

/** Votes for a time, while the disturbance runs. It must end by itself within that time. */
export async function voteWhile(
  platform: Platform,
  seconds: number,
  disturb: (endsAt: number) => Promise<void>,
): Promise<Votes> {
  const doors: Doors = { api: new ConnectionPool(platform.api, 500), sms: new ConnectionPool(platform.sms, 100) };
  const began = performance.now();
  const endsAt = began + seconds * 1_000;
  const receipts: string[] = [];
  const failures = new Map<string, number>();
  let next = 0;
  let resent = 0;
  let last = began;
  let gapMs = 0;
  const voter = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const result = await vote(platform, doors, (next += 1));
      if (result.outcome === 'recorded') {
        receipts.push(result.receipt);
        resent += result.resent.length;
        gapMs = Math.max(gapMs, performance.now() - last);
        last = performance.now();
      } else {
        const why = `${result.step}: ${result.why}`;
        failures.set(why, (failures.get(why) ?? 0) + 1);
        await pause(comeBackMs);
      }
    }
  };
  await Promise.all([disturb(endsAt), ...Array.from({ length: voters }, voter)]);
  doors.api.close();
  doors.sms.close();
  return { receipts, began: next, resent, gapMs: Math.max(gapMs, performance.now() - last), failures };
}

/** Waits until every ballot is in the box, and compares all of them with the receipts. */
export async function countAfterwards({ findings, say }: Bench, platform: Platform, votes: Votes): Promise<void> {
  say('waiting for the last ballots to reach the box');
  const { participation, outbox, box } = await settled(platform);
  const leaves = await leavesInBox(platform.databaseUrl('box'), platform.election.id);
  const acknowledged = votes.receipts.map((text) => castAnswer.parse(JSON.parse(text)).receipt.leaf);
  const missing = acknowledged.filter((leaf) => !leaves.has(leaf));
  const { verified } = checkReceipts(votes.receipts, platform.keys('public'));
  findings.figure('votes acknowledged', votes.receipts.length, '');
  findings.figure('casts sent again after an uncertain answer', votes.resent, '');
  findings.figure('longest time without an acknowledgement', votes.gapMs / 1_000, 's');
  for (const [why, count] of votes.failures) findings.figure(`voters who gave up: ${why}`, count, '');
  findings.check('votes were acknowledged', acknowledged.length > 0, `${acknowledged.length}`);
  findings.check('no acknowledged ballot is lost', missing.length === 0, `${missing.length} of ${acknowledged.length}`);
  findings.check('every receipt verifies', verified === acknowledged.length, `${verified} of ${acknowledged.length}`);
  findings.check(
    'participation = outbox + box',
    participation === outbox + box,
    `${participation} = ${outbox} + ${box}`,
  );
  findings.check(
    'no ballot is doubled',
    participation <= votes.began && leaves.size === box && box >= acknowledged.length,
    `${acknowledged.length} acknowledged <= ${box} in the box <= ${votes.began} voters`,
  );
}

async function settled(platform: Platform): Promise<Counts> {
  const deadline = performance.now() + settleMsMax;
  for (;;) {
    const counts = await platform.counts().catch(() => null);
    if (counts && counts.outbox === 0 && counts.participation === counts.box) return counts;
    if (performance.now() > deadline) return counts ?? platform.counts();
    await pause(250);
  }
}
