// All four databases are lost in the middle of voting, and restored from encrypted backups to other places by the commands of
// deploy/runbooks: at most the votes of the last second are lost, and voting goes on. Then two of them are set back to an older
// moment, which must be reported, and accepted. At the end the election is counted and its data is destroyed.
// Run: npx tsx bench/drills/backup.ts [--quick]
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { countElection, electionPart } from '../harness/administrator-acts.ts';
import { backupHindrance } from '../harness/archived-servers.ts';
import { leavesInBox } from '../harness/box-leaves.ts';
import { leafOf, settledCounts, voteWhile } from '../harness/drill.ts';
import type { Votes } from '../harness/drill.ts';
import { checkReceipts } from '../harness/receipt-check.ts';
import { startRestorablePlatform } from '../harness/restoring.ts';
import type { RestorablePlatform } from '../harness/restoring.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';

/** Voting before the backup, from the backup to the loss, and after the accepted loss, in milliseconds. */
const phasesFull = { before: 20_000, between: 150_000, after: 30_000 };
const phasesQuick = { before: 4_000, between: 15_000, after: 5_000 };
/** Longest wait until an administrator's act succeeds after a restore, in milliseconds. */
const actMsMax = 60_000;
/** Longest time from the loss of the disks to the next vote, in seconds. */
const recoverySecondsMax = 180;
/** Longest time before the loss of the disks of which votes are lost, in seconds. */
const lostSecondsMax = 1;

/** After the first backup: the older moment to which databases are set back, in milliseconds. */
const setBackMs = 2_000;
/** Voting before and after the loss by an older moment is accepted, in milliseconds. */
const interruptedMs = 4_000;
/** What the command of the runbook says where the platform misses no votes. */
const nothingLost = 'No recorded votes of this election are missing';
const votesDiffer = ['votes-missing', 'ballots-missing', 'ballots-in-excess'];

/** Moments by the clock of this machine, in milliseconds. `moment` is the one that was restored to. */
type Moments = { backedUp: number; failing: number; lost: number; restored: number; moment: number };
/** The moment at which the command that accepted a loss began, and whether there was one: without, voting went on at once. */
type Acceptance = { readonly at: number; readonly wasReported: boolean };
type Lost = { readonly votes: Votes; readonly at: Moments; readonly acceptance: Acceptance };
type Results = {
  readonly turnout: { readonly online: number };
  readonly acceptedLosses?: readonly unknown[];
};
type Live = { readonly alarms?: readonly { readonly code: string }[] };

await runBench('backup', 'four databases restored from backups to other places, under load', async (bench) => {
  bench.findings.hindrance = backupHindrance();
  if (bench.findings.hindrance !== null) return;
  const platform = await startRestorablePlatform(bench);
  const first = await loseAll(bench, platform);
  await judge(bench, platform, first);
  await setBack(bench, platform, first);
  await finish(bench, platform);
});

/** Votes, a backup, the loss of all disks, the restore, and votes again. */
async function loseAll(bench: Bench, restorable: RestorablePlatform): Promise<Lost> {
  const { platform, servers } = restorable;
  const phases = bench.quick ? phasesQuick : phasesFull;
  const at: Moments = { backedUp: 0, failing: 0, lost: 0, restored: 0, moment: 0 };
  let acceptance: Acceptance = { at: 0, wasReported: false };
  bench.say('making the repositories');
  await restorable.follow('backup', [4]);
  bench.say('voting, with a backup and the loss of all disks');
  const votes = await voteWhile(platform, Infinity, async () => {
    await pause(phases.before);
    await restorable.follow('backup', [5]);
    await restorable.follow('backup', 'Check');
    at.backedUp = Date.now();
    bench.say('backed up');
    await pause(phases.between);
    bench.say('all disks are lost');
    at.failing = Date.now();
    await servers.destroyAll();
    at.lost = Date.now();
    at.moment = momentIn(await restorable.follow('restore', [1, 2, 3, 4, 5, 6]));
    at.restored = Date.now();
    bench.say('restored, and accepting the loss');
    acceptance = await acceptLoss(restorable);
    await pause(phases.after);
  });
  bench.say('backing up again, and checking');
  await restorable.follow('backup', [5]);
  await restorable.follow('restore', [8]);
  const live = JSON.parse(/^\{.*\}$/m.exec(await restorable.follow('restore', 'Check'))?.[0] ?? '{}') as Live;
  const alarms = live.alarms?.map(({ code }) => code) ?? ['no answer'];
  bench.findings.check(
    'no alarm of lost or doubled votes is left',
    !alarms.some((code) => votesDiffer.includes(code)),
    alarms.join(', ') || 'none',
  );
  return { votes, at, acceptance };
}

/** The moment that the commands restored to. */
function momentIn(output: string): number {
  const [, text = ''] = /^Restoring to (\S+ \S+)$/m.exec(output) ?? [];
  const ms = Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
  if (Number.isNaN(ms)) throw new Error(`No moment in:\n${output}`);
  return ms;
}

/** Accepts the loss by the command of the runbook. */
async function acceptLoss(restorable: RestorablePlatform): Promise<Acceptance> {
  const deadline = performance.now() + actMsMax;
  for (;;) {
    const began = Date.now();
    try {
      await restorable.run('popvote login --local --email "$ADMINISTRATOR" --password-file "$PASSWORD_FILE"');
      await restorable.follow('restore', [7]);
      return { at: began, wasReported: true };
    } catch (error) {
      if (String(error).includes(nothingLost)) return { at: began, wasReported: false };
      if (performance.now() > deadline) throw error;
      await pause(250);
    }
  }
}

async function judge(
  { findings, say }: Bench,
  { platform, servers }: RestorablePlatform,
  { votes, at, acceptance }: Lost,
): Promise<void> {
  say('comparing receipts and the box');
  const { participation, outbox, box } = await settledCounts(platform);
  const leaves = await leavesInBox(platform.databaseUrl('box'), platform.election.id);
  const receipts = receiptsOf(votes);
  const isMissing = ({ leaf }: Receipt): boolean => !leaves.has(leaf);
  const older = receipts.filter(({ ms }) => ms < at.moment);
  const between = receipts.filter(({ ms }) => ms >= at.moment && ms <= at.lost);
  const resumed = acceptance.wasReported ? acceptance.at : at.lost;
  const interrupted = receipts.filter(({ ms }) => ms > at.lost && ms < resumed);
  const after = receipts.filter(({ ms }) => ms > at.lost && ms >= resumed);
  const safe = [...older, ...after];
  const missing = safe.filter(isMissing).length;
  const lostReceipts = between.filter(isMissing).length;
  const rejected = rejections(votes);
  const { verified } = checkReceipts(votes.receipts, platform.keys('public'));
  const next = Math.min(...after.map(({ ms }) => ms));
  const recoverySeconds = (next - at.failing) / 1_000;
  findings.ballots = {
    acknowledged: safe.length,
    lost: missing + interrupted.filter(isMissing).length,
    doubled: Math.max(0, box - leaves.size, participation - votes.began),
    receiptsDifferent: null,
    gapSeconds: recoverySeconds,
  };
  findings.note('The gap is from the loss of the disks to the next receipt.');
  const lostSeconds = (at.failing - at.moment) / 1_000;
  findings.figure('RPO: from the moment that was restored to the loss of the disks', lostSeconds, 's');
  findings.check(
    `at most the votes of the last ${lostSecondsMax} s are lost`,
    lostSeconds <= lostSecondsMax,
    `${lostSeconds.toFixed(2)} s`,
  );
  findings.figure('RTO: from the loss of the disks to the next receipt', recoverySeconds, 's');
  findings.figure('of it the commands of the restore', (at.restored - at.lost) / 1_000, 's');
  findings.figure('acknowledged before that moment and after the accepted loss', safe.length, '');
  findings.figure('acknowledged between, and lost', lostReceipts, '');
  findings.figure('casts rejected with voting-interrupted', rejected, '');
  findings.check(
    'votes after the backup were restored',
    older.some(({ ms }) => ms > at.backedUp),
    `${older.length}`,
  );
  findings.note(`The platform ${acceptance.wasReported ? 'reported the loss' : 'missed no vote of its newest mark'}.`);
  findings.check(
    'voting was interrupted where a loss was reported',
    rejected > 0 === acceptance.wasReported,
    `${rejected} casts`,
  );
  findings.check('no receipt until a reported loss was accepted', interrupted.length === 0, `${interrupted.length}`);
  findings.check('no other acknowledged ballot is lost', missing === 0, `${missing} of ${safe.length}`);
  findings.check(
    'every receipt verifies',
    verified === votes.receipts.length,
    `${verified} of ${votes.receipts.length}`,
  );
  findings.check(
    `voting goes on within ${recoverySecondsMax} s`,
    recoverySeconds <= recoverySecondsMax,
    `${recoverySeconds.toFixed(1)} s`,
  );
  findings.check(
    'participation = outbox + box',
    participation === outbox + box && box === leaves.size,
    `${participation} = ${outbox} + ${box}`,
  );
  const head = readFileSync(join(servers.repository('intake'), 'backup', 'intake', 'backup.info')).subarray(0, 8);
  findings.check('the repository is encrypted', head.toString('latin1') === 'Salted__', head.toString('hex'));
}

type Receipt = { readonly leaf: string; readonly ms: number };

function receiptsOf({ receipts, receivedAtMs }: Votes): Receipt[] {
  return receipts.map((text, index) => ({
    leaf: leafOf(text),
    ms: performance.timeOrigin + (receivedAtMs[index] ?? 0),
  }));
}

/** Casts that were rejected because votes are missing. */
function rejections({ failures }: Votes): number {
  return [...failures].reduce((sum, [why, count]) => sum + (why.includes('voting-interrupted') ? count : 0), 0);
}

/** `intake` and `box` of a moment just after the first backup, in running servers. */
async function setBack(bench: Bench, restorable: RestorablePlatform, { votes, at }: Lost): Promise<void> {
  const { platform } = restorable;
  const { findings } = bench;
  bench.say('setting two databases back to an older moment');
  const olderMs = at.backedUp + setBackMs;
  const MOMENT = new Date(olderMs).toISOString().replace('T', ' ').replace('Z', '+00');
  await restorable.follow('restore', [1, 3, 4, 6], { MOMENT });
  const back = Date.now();
  let acceptance: Acceptance = { at: 0, wasReported: false };
  const later = await voteWhile(
    platform,
    Infinity,
    async () => {
      await pause(interruptedMs);
      acceptance = await acceptLoss(restorable);
      await pause(interruptedMs);
    },
    { firstVoter: votes.began },
  );
  await settledCounts(platform);
  const leaves = await leavesInBox(platform.databaseUrl('box'), platform.election.id);
  const early = receiptsOf(later).filter(({ ms }) => ms < acceptance.at).length;
  const missing = [...receiptsOf(votes).filter(({ ms }) => ms < olderMs), ...receiptsOf(later)].filter(
    ({ leaf }) => !leaves.has(leaf),
  ).length;
  findings.figure('from an older moment that was chosen to the restore', (back - olderMs) / 1_000, 's');
  findings.check(
    'an older moment is reported: no receipt until it is accepted',
    acceptance.wasReported && early === 0 && rejections(later) > 0,
    `${early} receipts, ${rejections(later)} casts rejected`,
  );
  findings.check('voting goes on after it', later.receipts.length > 0, `${later.receipts.length} receipts`);
  findings.check('no ballot from before the older moment is lost', missing === 0, `${missing}`);
}

/** Closes, counts and publishes the election, and destroys its data by the runbook. */
async function finish({ findings, say }: Bench, restorable: RestorablePlatform): Promise<void> {
  const { platform, servers, administrator } = restorable;
  say('counting the election');
  const { id } = platform.election;
  const { box } = await settledCounts(platform);
  const why = await countElection(administrator, id);
  findings.check('the election can be counted and published', why === null, why ?? 'yes');
  if (why !== null) return;
  const { results } = (await electionPart(administrator, id, 'results')) as { readonly results: Results };
  const { online } = results.turnout;
  findings.check('the count has every ballot of the box', online === box, `${online} of ${box}`);
  // The first one was forgotten with what was after the older moment. The record of acts has both.
  const losses = results.acceptedLosses?.length ?? 0;
  findings.check('the results report a loss', losses > 0, `${losses}`);
  say('destroying the data of the election');
  const keys = join(platform.directory, 'election-keys', `${id}.json`);
  const older = backupsIn(servers.repository('intake'));
  findings.check(
    'the election has keys, and the database backups',
    existsSync(keys) && older.length > 0,
    older.join(', '),
  );
  await restorable.follow('destroy-election-data', [1, 3, 4]);
  await restorable.follow('destroy-election-data', 'Check');
  const remaining = backupsIn(servers.repository('intake'));
  findings.check('the keys of the election are destroyed', !existsSync(keys), 'no file');
  findings.check(
    'older backups are removed',
    remaining.length === 1 && !older.includes(remaining[0] ?? ''),
    remaining.join(', '),
  );
}

/** The full backups of `intake`. */
function backupsIn(repository: string): string[] {
  return readdirSync(join(repository, 'backup', 'intake')).filter((name) => /^\d{8}-\d{6}F$/.test(name));
}
