// Both databases with ballots are set back to one older moment while voters vote. The marks must interrupt voting, an
// administrator accepts the loss, and voting goes on. Run: npx tsx bench/drills/restore.ts [--quick]
import { setTimeout as pause } from 'node:timers/promises';
import { newAdministrator } from '../../test/support/control.ts';
import type { Person } from '../../test/support/control.ts';
import { leavesInBox } from '../harness/box-leaves.ts';
import { copyDatabases } from '../harness/database-copies.ts';
import { leafOf, settledCounts, voteWhile } from '../harness/drill.ts';
import type { Votes } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';

/** Voting before the copy, between the copy and the restore, while it is interrupted, and afterwards, in milliseconds. */
const phasesFull = { before: 30_000, between: 30_000, interrupted: 20_000, after: 30_000 };
const phasesQuick = { before: 5_000, between: 8_000, interrupted: 4_000, after: 6_000 };
/** Longest wait for the accepted loss, in milliseconds: `elections` may be busy just after the restore. */
const acceptMsMax = 30_000;
const reason = 'A drill: the databases were restored to an older moment.';
const copies = [
  ['intake_copy', 'intake'],
  ['box_copy', 'box'],
] as const;
const restored = copies.map(([copy, name]) => [name, copy] as const);

/** Moments of the drill, by performance.now(), in milliseconds. */
type Moments = { copyBegan: number; restoreBegan: number; restoreEnded: number; accepted: number };

await runBench('restore', 'both databases restored to an older moment, under load', async (bench) => {
  const platform = await startPlatform(bench);
  const administrator = await newAdministrator(platform.control, platform.databaseUrl('access'));
  const phases = bench.quick ? phasesQuick : phasesFull;
  const url = platform.databaseUrl('postgres');
  const at: Moments = { copyBegan: 0, restoreBegan: 0, restoreEnded: 0, accepted: 0 };
  const seconds = Object.values(phases).reduce((sum, ms) => sum + ms, 0) / 1_000;
  bench.say(`voting for ${seconds} s, with a restore`);
  const votes = await voteWhile(platform, seconds, async () => {
    await pause(phases.before);
    at.copyBegan = performance.now();
    await copyDatabases(url, copies);
    await pause(phases.between);
    at.restoreBegan = performance.now();
    await copyDatabases(url, restored);
    at.restoreEnded = performance.now();
    await pause(phases.interrupted);
    bench.say('accepting the loss');
    at.accepted = await acceptLoss(administrator, platform.election.id);
  });
  await judge(bench, platform, votes, at);
});

/** The moment at which the act was sent: voting goes on before it is answered. */
async function acceptLoss(administrator: Person, electionId: string): Promise<number> {
  const deadline = performance.now() + acceptMsMax;
  for (;;) {
    const path = `/v1/elections/${electionId}/accept-loss`;
    const sentAt = performance.now();
    const { status, text } = await administrator.call('elections', 'POST', path, { body: { reason } });
    if (status === 200) return sentAt;
    if (performance.now() > deadline) throw new Error(`The loss was not accepted: ${text}`);
    await pause(500);
  }
}

async function judge({ findings }: Bench, platform: Platform, votes: Votes, at: Moments): Promise<void> {
  const { participation, outbox, box } = await settledCounts(platform);
  const leaves = await leavesInBox(platform.databaseUrl('box'), platform.election.id);
  const receipts = votes.receipts.map((text, index) => ({ leaf: leafOf(text), atMs: votes.receivedAtMs[index] ?? 0 }));
  const isMissing = ({ leaf }: { leaf: string }): boolean => !leaves.has(leaf);
  const during = receipts.filter(({ atMs }) => atMs >= at.copyBegan && atMs <= at.restoreEnded);
  const interrupted = receipts.filter(({ atMs }) => atMs > at.restoreEnded && atMs < at.accepted);
  const after = receipts.filter(({ atMs }) => atMs >= at.accepted);
  const safe = [...receipts.filter(({ atMs }) => atMs < at.copyBegan), ...after];
  const missing = safe.filter(isMissing);
  const rejections = [...votes.failures].filter(([why]) => why.includes('voting-interrupted'));
  const rejected = rejections.reduce((sum, [, count]) => sum + count, 0);
  findings.ballots = {
    acknowledged: safe.length,
    lost: missing.length + interrupted.filter(isMissing).length,
    doubled: Math.max(0, box - leaves.size, participation - votes.began),
    receiptsDifferent: null,
    gapSeconds: after.length === 0 ? null : (Math.min(...after.map(({ atMs }) => atMs)) - at.accepted) / 1_000,
  };
  findings.note('The gap is from the accepted loss to the next receipt.');
  findings.figure('acknowledged before the copy and after the accepted loss', safe.length, '');
  findings.figure('lost by the restore, and reported as lost', during.filter(isMissing).length, '');
  findings.figure('casts rejected with voting-interrupted', rejected, '');
  for (const [why, count] of votes.failures) findings.figure(`voters who gave up: ${why}`, count, '');
  findings.check('the restore lost votes', during.some(isMissing), `${during.filter(isMissing).length}`);
  findings.check('voting was interrupted', rejected > 0, `${rejected} casts`);
  findings.check('no receipt while it was interrupted', interrupted.length === 0, `${interrupted.length}`);
  findings.check('voting goes on after the accepted loss', after.length > 0, `${after.length} receipts`);
  findings.check('no other ballot is lost', missing.length === 0, `${missing.length} of ${safe.length}`);
  findings.check(
    'participation = outbox + box',
    participation === outbox + box && box === leaves.size,
    `${participation} = ${outbox} + ${box}`,
  );
}
