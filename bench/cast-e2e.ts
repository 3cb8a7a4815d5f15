// bench cast-e2e: complete votes through the public API of the whole platform (session, text in, held-open wait, cast), in an
// election that counts. First a closed loop finds the most, then an open model runs at 50, 70 and 90 % of it. Afterwards
// every receipt must be in the databases exactly once. Run: npx tsx bench/cast-e2e.ts [--quick] [--json] [--node PATH]
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { drawBallot } from '../test/support/voter/voter-requests.ts';
import type { VoterSession } from '../test/support/voter/voter-steps.ts';
import { restingCounts } from './harness/ballot-counts.ts';
import type { Counts } from './harness/ballot-counts.ts';
import { startWorker } from './harness/child.ts';
import { cpuSeconds } from './harness/cpu.ts';
import { ConnectionPool } from './harness/keep-alive-client.ts';
import { Latencies } from './harness/latencies.ts';
import { failuresIn, isBusy } from './harness/load.ts';
import type { LoadResult } from './harness/load.ts';
import { minBatch } from './harness/counting-election.ts';
import { startPlatform } from './harness/platform.ts';
import { microsecondsPerVote, platformSeconds, sumOf } from './harness/processor.ts';
import { checkReceipts } from './harness/receipt-check.ts';
import type { Findings } from './harness/report.ts';
import { runBench } from './harness/run.ts';
import { castText, startSession, StepFailed, verify } from './harness/voter.ts';
import type { Doors, Target } from './harness/voter.ts';
import { benchWebhook, webhookEnvironment } from './harness/webhook.ts';

/** Voters at once in the closed loop. */
const votersAtOnce = 256;
/** PopVote's busiest second, 2014. */
const popvotePeak = 47;
const shares = [0.5, 0.7, 0.9];
/** Voters who try to vote twice in the end. */
const secondTries = 20;
/** Most times that such a voter comes back, a second later each, while the platform is still busy with the load before. */
const busyAnswersMax = 20;
/** Most voters who may be refused at each share, and fewest who must be served of those who come. */
const refusedPercentMax = 0.1;
const servedShareMin = 0.98;

await runBench('cast-e2e', 'complete votes through the public API', async (bench) => {
  const { quick, findings, say, cleanup } = bench;
  const platform = await startPlatform(bench, webhookEnvironment);
  const election = await platform.loadCountingElection();
  const { api, sms } = platform;
  const target: Target = { api, sms, election, webhook: benchWebhook };
  const generator = startWorker(cleanup, 'voters');
  await generator.ask('configure', { target, firstVoter: randomInt(1_000_000) });
  const results: LoadResult[] = [];
  const run = async (command: 'closed' | 'open', options: unknown): Promise<LoadResult> => {
    const result = await generator.ask<LoadResult>(command, options);
    results.push(result);
    return result;
  };
  findings.note(`An election that counts, K = ${minBatch}. Every process of the platform is in the processor time.`);

  say('warming up');
  await run('closed', { voters: votersAtOnce, seconds: quick ? 8 : 20 });
  say(`closed loop, ${votersAtOnce} voters at once`);
  const before = {
    platform: platformSeconds(platform.supervisor, platform.pids),
    generator: cpuSeconds(generator.pid),
  };
  const most = await run('closed', { voters: votersAtOnce, seconds: quick ? 8 : 30 });
  const after = { platform: platformSeconds(platform.supervisor, platform.pids), generator: cpuSeconds(generator.pid) };
  const perSecond = most.recorded / most.seconds;
  findings.target('most votes, closed loop', perSecond, 'votes/s', 'at least', 1_000);
  findings.figure(`times PopVote's busiest second (${popvotePeak})`, perSecond / popvotePeak, 'x');

  for (const share of shares) {
    const rate = perSecond * share;
    say(`open model, ${Math.round(rate)} votes a second`);
    const result = await run('open', { rate, seconds: quick ? 5 : 20 });
    reportOpen(findings, share, rate, result);
  }
  reportProcessor(
    findings,
    microsecondsPerVote(before.platform, after.platform, most.recorded),
    ((after.generator - before.generator) / most.recorded) * 1e6,
  );
  reportResent(findings, results);

  const firstVoter = await generator.ask<number>('nextVoter');
  const twice = await voteTwice(target, firstVoter + 1);
  findings.check(
    'the same bytes again give the same receipt',
    twice.same === secondTries,
    `${twice.same} of ${secondTries}`,
  );
  findings.check('a second ballot is refused', twice.refused === secondTries, `${twice.refused} of ${secondTries}`);
  const recorded = results.reduce((sum, result) => sum + result.recorded, 0) + twice.same;
  checkCounts(findings, await restingCounts(() => platform.counts(election.id)), recorded);
  checkVoters(findings, results);
  const receipts = results.flatMap((result) => result.receipts);
  const { verified, leaves } = checkReceipts(receipts, platform.keys('public'));
  findings.check(
    'receipts verify, each of its own leaf',
    verified === receipts.length && leaves === receipts.length,
    `${verified} of ${receipts.length} verify, ${leaves} leaves`,
  );
});

function reportProcessor(findings: Findings, byProcess: Readonly<Record<string, number>>, generator: number): void {
  const net = sumOf(byProcess);
  findings.figure('processor per vote, with the generator', net + generator, 'µs');
  findings.figure('processor per vote, the platform', net, 'µs');
  findings.figure('processor per vote: the generator', generator, 'µs');
  for (const [name, value] of Object.entries(byProcess)) findings.figure(`processor per vote: ${name}`, value, 'µs');
}

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
  const came = result.started + result.dropped;
  const refused = ((came - result.recorded) / came) * 100;
  findings.target(`voters refused ${at}`, refused, '%', 'at most', refusedPercentMax);
  const { offered, served } = result.steady;
  findings.target(`votes ${at}, served to offered`, served / offered, 'x', 'at least', servedShareMin);
  findings.figure(`votes ${at}, served`, served, 'votes/s');
  for (const step of ['session', 'verify', 'cast', 'vote'] as const) {
    findings.latencies(`${step} ${at}`, percentiles(step));
  }
}

function reportResent(findings: Findings, results: readonly LoadResult[]): void {
  const resent = results.flatMap((result) => Object.entries(result.resent));
  for (const why of new Set(resent.map(([reason]) => reason))) {
    const times = resent.reduce((sum, [reason, count]) => sum + (reason === why ? count : 0), 0);
    findings.figure(`casts sent again after ${why}`, times, '');
  }
}

async function startWhenAdmitted(...args: Parameters<typeof startSession>): Promise<VoterSession> {
  for (let busyAnswers = 0; ; busyAnswers += 1) {
    try {
      return await startSession(...args);
    } catch (error) {
      if (!(error instanceof StepFailed) || !isBusy(error.message) || busyAnswers >= busyAnswersMax) throw error;
      await pause(1_000);
    }
  }
}

/** Some voters send the same bytes again, and then another ballot in a second session. */
async function voteTwice(target: Target, firstVoter: number): Promise<{ same: number; refused: number }> {
  const doors: Doors = { api: new ConnectionPool(target.api, 8), sms: new ConnectionPool(target.sms, 8) };
  let same = 0;
  let refused = 0;
  for (let n = firstVoter; n < firstVoter + secondTries; n += 1) {
    const send = async (ballotKey: string, ballot: unknown) => {
      const session = await startWhenAdmitted(target, doors, n, ballotKey);
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

function checkCounts(findings: Findings, { participation, outbox, box }: Counts, recorded: number): void {
  findings.check('recorded equals participation', participation === recorded, `${recorded}, ${participation} rows`);
  findings.check(
    'participation equals outbox and box',
    participation === outbox + box,
    `${participation} = ${outbox} + ${box}`,
  );
}

function checkVoters(findings: Findings, results: readonly LoadResult[]): void {
  const { busy, others } = failuresIn(results);
  findings.figure('voters refused with 503', busy, '');
  const dropped = results.reduce((sum, result) => sum + result.dropped, 0);
  findings.figure('voters the generator dropped', dropped, '');
  findings.check('no voter failed otherwise', others.length === 0, others.join(', ') || 'none');
}
