// The primary of the edge Redis is killed while voters wait for their texts, and Sentinel makes its replica the primary. In
// the second before, the replica receives nothing: so texts that were acknowledged are lost, and their voters must be asked
// to send them again. Then the primary of the control Redis is killed between two files of paper ballots. Both Redis and the
// Sentinels are those of deploy/redis. Run: npx tsx bench/drills/sentinel.ts [--quick] [--size VOTERS]
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { invited, newAdministrator } from '../../test/support/control.ts';
import { phone } from '../../test/support/identities.ts';
import { voterRequests } from '../../test/support/voter/voter-requests.ts';
import type { VoterRequest } from '../../test/support/voter/voter-requests.ts';
import type { VoterSession } from '../../test/support/voter/voter-steps.ts';
import { ConnectionPool, requestText } from '../harness/keep-alive-client.ts';
import type { Answer } from '../harness/keep-alive-client.ts';
import { countFile, newFile } from '../harness/paper-files.ts';
import type { Uploads } from '../harness/paper-files.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';
import { sentinelHindrance, startSentinels } from '../harness/sentinel.ts';
import type { WatchedPair } from '../harness/sentinel.ts';
import { StepFailed, startSession } from '../harness/voter.ts';
import type { Doors } from '../harness/voter.ts';

/** Voters, of whom one in so many has left the page and returns to it after the failover. */
const votersFull = 500;
const votersQuick = 200;
const oneLeftOf = 5;
/** In which all texts are sent, in milliseconds, and the moments in it of the separation and of the kill. */
const textsMs = 5_000;
const separatedAtMs = 1_500;
const killedAtMs = 2_500;
/** Longest hold of the API, in seconds. */
const waitSeconds = 25;
/** Longest time from the kill until everybody is verified, in seconds, and after which a voter gives up, in milliseconds. */
const verifiedSecondsMax = 10;
const patienceMs = 40_000;
/** Ballots of a file on paper, and the longest time until it is counted, in milliseconds. */
const fileRows = 5_000;
const fileMsMax = 60_000;
/** Pause before a request is repeated, and longest further pause before another try to begin, in milliseconds. */
const againMs = 200;
const comeBackMsMax = 2_000;
/** Times that a voter tries to begin. */
const sessionTimesMax = 20;

type Voter = {
  readonly session: VoterSession;
  readonly phone: string;
  readonly hasLeft: boolean;
  /** Whether the first text was acknowledged; null before. */
  acknowledged: boolean | null;
  texts: number;
  state: string;
  verifiedAtMs: number | null;
};

await runBench('sentinel', 'kill -9 of the primary Redis, under held requests', async (bench) => {
  const { findings, say } = bench;
  findings.hindrance = sentinelHindrance();
  if (findings.hindrance !== null) return;
  say('starting both Redis with a replica each, and three Sentinels');
  const { edge, control } = await startSentinels(bench);
  const platform = await startPlatform(
    bench,
    { EDGE_REDIS_URL: edge.urlFor('admin'), CONTROL_REDIS_URL: control.urlFor('admin') },
    {
      api: (own) => ({ ...own, EDGE_REDIS_URL: edge.urlFor('api') }),
      sms: (own) => ({ ...own, EDGE_REDIS_URL: edge.urlFor('sms') }),
    },
  );
  await failOverEdge(bench, platform, edge);
  await failOverControl(bench, platform, control);
});

/** Files of paper ballots before and after. */
async function failOverControl({ findings, say }: Bench, platform: Platform, control: WatchedPair): Promise<void> {
  const { election } = platform;
  const administrator = await newAdministrator(platform.control, platform.databaseUrl('access'));
  const official = await invited(platform.control, administrator, 'official');
  const cells = election.contests.map(({ options }) => options[0]?.number ?? 1).join(',');
  const uploads: Uploads = { sentAgain: 0, incomplete: 0, uncounted: 0 };
  const count = (): Promise<void> =>
    countFile(official, election.id, newFile(fileRows, cells), { uploads, msMax: fileMsMax });
  await count();
  say('the primary of the control Redis is killed, and a file is uploaded');
  const killedAtMs = performance.now();
  control.primary.kill();
  await Promise.all([control.failedOver(), count()]);
  const seconds = (performance.now() - killedAtMs) / 1_000;
  findings.figure('control Redis: from the kill until the next file is counted', seconds, 's');
  findings.check('control Redis: every file is counted', uploads.uncounted === 0, `${uploads.sentAgain} sent again`);
  control.primary.start();
  await control.rejoined();
}

async function failOverEdge(bench: Bench, platform: Platform, edge: WatchedPair): Promise<void> {
  const { findings, say } = bench;
  const doors: Doors = { api: new ConnectionPool(platform.api, 2_000), sms: new ConnectionPool(platform.sms, 2_000) };
  bench.cleanup.add(() => doors.api.close());
  bench.cleanup.add(() => doors.sms.close());
  const count = bench.size ?? (bench.quick ? votersQuick : votersFull);
  const voters = await Promise.all(Array.from({ length: count }, (_, n) => newVoter(platform, doors, n)));
  say(`${count} voters wait, and the primary is killed`);
  const begin = performance.now();
  const at = { killed: 0, primary: 0 };
  const over = new AbortController();
  const looking = voters.filter(({ hasLeft }) => !hasLeft).map((voter) => look(platform, doors, voter, over.signal));
  const texting = voters.map(async (voter, n) => {
    await pause((n / count) * textsMs);
    voter.acknowledged = await text(platform, doors, voter);
  });
  await pause(begin + separatedAtMs - performance.now());
  await edge.separate();
  await pause(begin + killedAtMs - performance.now());
  at.killed = performance.now();
  edge.primary.kill();
  await edge.failedOver();
  at.primary = performance.now();
  await Promise.all(texting);
  const returning = voters.filter(({ hasLeft }) => hasLeft).map((voter) => look(platform, doors, voter, over.signal));
  const late = setTimeout(() => over.abort(), patienceMs);
  await Promise.all([...looking, ...returning]);
  clearTimeout(late);
  judge(bench, voters, at);
  edge.primary.start();
  await edge.rejoined();
  const files = [edge.primary, edge.replica].flatMap(({ directory }) => readdirSync(directory));
  const stored = files.filter((name) => /\.rdb$|^appendonly/.test(name));
  findings.check('no file has what is in the edge Redis', stored.length === 0, stored.join(', ') || 'none');
}

async function newVoter(platform: Platform, doors: Doors, n: number): Promise<Voter> {
  const session = await sessionOf(platform, doors, n);
  const hasLeft = n % oneLeftOf === 0;
  return { session, phone: phone(n), hasLeft, acknowledged: null, texts: 0, state: 'pending', verifiedAtMs: null };
}

/** All come at once, so that some are asked to come again. */
async function sessionOf(platform: Platform, doors: Doors, n: number): Promise<VoterSession> {
  for (let times = 1; ; times += 1) {
    try {
      return await startSession(platform, doors, n, randomBytes(32).toString('base64url'));
    } catch (error) {
      if (!(error instanceof StepFailed) || times === sessionTimesMax) throw error;
      await pause(againMs + Math.random() * comeBackMsMax);
    }
  }
}

/** Sends the text of a voter. Returns whether it was acknowledged. */
async function text(platform: Platform, { sms }: Doors, voter: Voter): Promise<boolean> {
  voter.texts += 1;
  const { code, sendTo } = voter.session;
  const request = voterRequests.text({ from: voter.phone, to: sendTo, body: code });
  const answer = await send(sms, requestBytes(platform, 'sms', request));
  return answer !== null && answer.status < 300;
}

/** Looks at the page until the voter is verified, and sends the text again if the page asks for it. */
async function look(platform: Platform, doors: Doors, voter: Voter, over: AbortSignal): Promise<void> {
  const request = requestBytes(platform, 'api', voterRequests.wait(waitSeconds), voter.session.token);
  while (!over.aborted) {
    const answer = await send(doors.api, request);
    const before = voter.state;
    if (answer?.status === 200) voter.state = (JSON.parse(answer.body) as { state: string }).state;
    if (voter.state === 'verified') {
      voter.verifiedAtMs = performance.now();
      return;
    }
    // Asked once: the answer stays the same until the text is there.
    if (voter.state === 'send-again' && before !== 'send-again') await text(platform, doors, voter);
    await pause(againMs);
  }
}

function judge({ findings }: Bench, voters: readonly Voter[], at: { killed: number; primary: number }): void {
  const verified = voters.filter(({ verifiedAtMs }) => verifiedAtMs !== null);
  const inView = voters.filter(({ hasLeft }) => !hasLeft);
  const last = Math.max(...inView.map(({ verifiedAtMs }) => verifiedAtMs ?? Infinity));
  const seconds = (last - at.killed) / 1_000;
  const texts = Math.max(...voters.map((voter) => voter.texts));
  const again = voters.filter((voter) => voter.texts > 1);
  const unasked = voters.filter(({ acknowledged, verifiedAtMs }) => acknowledged === true && verifiedAtMs === null);
  findings.figure('from the kill to the new primary', (at.primary - at.killed) / 1_000, 's');
  findings.figure('from the kill until all who held a request were verified', seconds, 's');
  findings.figure('voters who sent their text again', again.length, '');
  findings.figure('of them acknowledged before', again.filter(({ acknowledged }) => acknowledged === true).length, '');
  findings.figure('texts that were refused', voters.filter(({ acknowledged }) => acknowledged === false).length, '');
  findings.check(
    'all voters are verified',
    verified.length === voters.length,
    `${verified.length} of ${voters.length}`,
  );
  findings.check('no acknowledged text is lost', unasked.length === 0, `${unasked.length}`);
  findings.check('no voter sent more than two texts', texts <= 2, `${texts}`);
  findings.check(
    `those who held a request were verified within ${verifiedSecondsMax} s`,
    seconds <= verifiedSecondsMax,
    `${seconds.toFixed(1)} s`,
  );
}

function requestBytes(
  platform: Platform,
  service: 'api' | 'sms',
  { method, path, body }: VoterRequest,
  token?: string,
): string {
  return requestText(platform[service], method, path, { body, ...(token !== undefined && { token }) });
}

function send(pool: ConnectionPool, request: string): Promise<Answer | null> {
  return pool.request(request).catch(() => null);
}
