// bench cast-e2e: complete votes through the public API of the whole platform (session, text in, held-open wait, cast),
// first in a closed loop to find the most, then in an open model at 50, 70 and 90 % of it. Afterwards every receipt must
// be in the databases exactly once. Run: npx tsx bench/cast-e2e.ts [--quick] [--json]
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { drawBallot } from '../test/support/voter/voter-requests.ts';
import { startWorker } from './harness/child.ts';
import { cpuSeconds } from './harness/cpu.ts';
import { ConnectionPool } from './harness/keep-alive-client.ts';
import { Latencies } from './harness/latencies.ts';
import type { LoadResult } from './harness/load.ts';
import { startPlatform } from './harness/platform.ts';
import type { Counts, Platform } from './harness/platform.ts';
import { platformCpu, platformProcesses } from './harness/platform-cpu.ts';
import { checkReceipts } from './harness/receipt-check.ts';
import type { Findings } from './harness/report.ts';
import { runBench } from './harness/run.ts';
import { castText, startSession, verify } from './harness/voter.ts';
import type { Doors, Target } from './harness/voter.ts';

/** Voters at once in the closed loop. */
const votersAtOnce = 256;
/** PopVote's busiest second, 2014. */
const popvotePeak = 47;
const shares = [0.5, 0.7, 0.9];
/** Voters who try to vote twice in the end. */
const secondTries = 20;
/** Longest wait for the mixer to settle after the last vote, in milliseconds. */
const settleMsMax = 5_000;

await runBench('cast-e2e', 'complete votes through the public API', async (bench) => {
  const { quick, findings, say, cleanup } = bench;
  const platform = await startPlatform(bench);
  const before = await platform.counts();
  const { api, sms, election } = platform;
  const target: Target = { api, sms, election };
  const generator = startWorker(cleanup, 'voters');
  await generator.ask('configure', { target, firstVoter: randomInt(1_000_000) });
  const results: LoadResult[] = [];
  const run = async (command: 'closed' | 'open', options: unknown): Promise<LoadResult> => {
    const result = await generator.ask<LoadResult>(command, options);
    results.push(result);
    return result;
  };

  say('warming up');
  await run('closed', { voters: votersAtOnce, seconds: quick ? 8 : 20 });
  say(`closed loop, ${votersAtOnce} voters at once`);
  const cpu = platformCpu(platform);
  const generatorCpu = cpuSeconds(generator.pid);
  const most = await run('closed', { voters: votersAtOnce, seconds: quick ? 8 : 30 });
  const cpuAfter = platformCpu(platform);
  const generatorAfter = cpuSeconds(generator.pid);
  const perSecond = most.recorded / most.seconds;
  findings.target('most votes, closed loop', perSecond, 'votes/s', 'at least', 1_000);
  findings.figure(`times PopVote's busiest second (${popvotePeak})`, perSecond / popvotePeak, 'x');

  for (const share of shares) {
    const rate = perSecond * share;
    say(`open model, ${Math.round(rate)} votes a second`);
    const result = await run('open', { rate, seconds: quick ? 5 : 20 });
    reportOpen(findings, share, rate, result);
  }
  for (const name of platformProcesses) {
    findings.figure(`processor per vote: ${name}`, ((cpuAfter[name] - cpu[name]) / most.recorded) * 1e6, 'µs');
  }
  findings.figure('processor per vote: the generator', ((generatorAfter - generatorCpu) / most.recorded) * 1e6, 'µs');
  const resent = results.flatMap((result) => Object.entries(result.resent));
  for (const why of new Set(resent.map(([reason]) => reason))) {
    const times = resent.reduce((sum, [reason, count]) => sum + (reason === why ? count : 0), 0);
    findings.figure(`casts sent again after ${why}`, times, '');
  }

  const firstVoter = await generator.ask<number>('nextVoter');
  const twice = await voteTwice(target, firstVoter + 1);
  findings.check(
    'the same bytes again give the same receipt',
    twice.same === secondTries,
    `${twice.same} of ${secondTries}`,
  );
  findings.check('a second ballot is refused', twice.refused === secondTries, `${twice.refused} of ${secondTries}`);
  const recorded = results.reduce((sum, result) => sum + result.recorded, 0) + twice.same;
  await checkCounts(findings, platform, before, recorded);
  // A 503 before the ballot is an honest answer under a load that is too great; any other failure is a fault.
  const refused = results.flatMap((result) => Object.entries(result.failures));
  const [busy, failures] = [0, 1].map((kind) => refused.filter(([why]) => Number(!/ 503/.test(why)) === kind));
  const dropped = results.reduce((sum, result) => sum + result.dropped, 0);
  findings.figure(
    'voters refused with 503',
    busy!.reduce((sum, [, count]) => sum + count, 0),
    '',
  );
  findings.figure('voters the generator dropped', dropped, '');
  findings.check(
    'no voter failed otherwise',
    failures!.length === 0,
    failures!.map(([why, count]) => `${count} ${why}`).join(', ') || 'none',
  );
  const receipts = results.flatMap((result) => result.receipts);
  const { verified, leaves } = checkReceipts(receipts, platform.keys('public'));
  findings.check(
    'receipts verify, each of its own leaf',
    verified === receipts.length && leaves === receipts.length,
    `${verified} of ${receipts.length} verify, ${leaves} leaves`,
  );
});

function reportOpen(findings: Findings, share: number, rate: number, result: LoadResult): void {
  const at = `at ${Math.round(share * 100)} %`;
  const percentiles = (step: keyof LoadResult['ms']) => {
    const latencies = new Latencies();
    latencies.addAll(result.ms[step]);
    return latencies.percentiles();
  };
  const cast = percentiles('cast');
  if (share === 0.7)
    findings.target(`p99 of a cast ${at} (${Math.round(rate)} votes/s)`, cast.p99, 'ms', 'at most', 250);
  else findings.figure(`p99 of a cast ${at} (${Math.round(rate)} votes/s)`, cast.p99, 'ms');
  findings.figure(`votes ${at}, served`, result.recorded / result.seconds, 'votes/s');
  for (const step of ['session', 'verify', 'cast', 'vote'] as const) {
    findings.latencies(`${step} ${at}`, percentiles(step));
  }
}

/** Some voters send the same bytes again, and then another ballot in a second session. */
async function voteTwice(target: Target, firstVoter: number): Promise<{ same: number; refused: number }> {
  const doors: Doors = { api: new ConnectionPool(target.api, 8), sms: new ConnectionPool(target.sms, 8) };
  let same = 0;
  let refused = 0;
  for (let n = firstVoter; n < firstVoter + secondTries; n += 1) {
    const send = async (ballotKey: string, ballot: unknown) => {
      const session = await startSession(target, doors, n, ballotKey);
      const text = castText(target, await verify(target, doors, n, session), ballotKey, ballot);
      return [await doors.api.request(text), await doors.api.request(text)] as const;
    };
    const key = randomBytes(32).toString('base64url');
    const ballot = drawBallot(target.election.contests);
    const [first, again] = await send(key, ballot);
    if (first.status === 201 && again.status === 201 && first.body === again.body) same += 1;
    const [other] = await send(randomBytes(32).toString('base64url'), ballot);
    if (other.status === 409) refused += 1;
  }
  doors.api.close();
  doors.sms.close();
  return { same, refused };
}

async function checkCounts(findings: Findings, platform: Platform, before: Counts, recorded: number): Promise<void> {
  const deadline = performance.now() + settleMsMax;
  let now = await platform.counts();
  // The mixer moves ballots from one database to the other meanwhile: the sum holds at a quiet moment.
  while (now.participation !== now.outbox + now.box && performance.now() < deadline) {
    await pause(100);
    now = await platform.counts();
  }
  const participation = now.participation - before.participation;
  findings.check(
    'recorded equals participation',
    participation === recorded,
    `${recorded} receipts, ${participation} rows`,
  );
  findings.check(
    'participation equals outbox and box',
    now.participation === now.outbox + now.box,
    `${now.participation} = ${now.outbox} + ${now.box}`,
  );
}
