// A rolling upgrade while people vote: the databases are migrated while processes of the version before serve, then each process
// is ended by SIGTERM and replaced, one at a time, with `api`, `sms` and `ballots` twice behind HAProxy. No one may be rejected but
// by 429 and 503 with Retry-After. Before the first replacement a small election is voted in, closed, counted and published by
// the version before on the new schema. Then the same for the last release, from which no rolling upgrade is possible: it must take
// votes on the new schema, and this version must count them.
// Run: npx tsx bench/drills/upgrade.ts [--quick] [--commit COMMIT] [--only rolling|release]
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { newAdministrator } from '../../test/support/control.ts';
import type { Person } from '../../test/support/control.ts';
import { previousRelease } from '../../test/support/laws/previous-release.ts';
import { countElection, electionPart } from '../harness/administrator-acts.ts';
import { leavesInBox } from '../harness/box-leaves.ts';
import { readBuiltVersion } from '../harness/built-version.ts';
import type { BuiltVersion } from '../harness/built-version.ts';
import { countAfterwards, leafOf, settledCounts, voteWhile } from '../harness/drill.ts';
import { haproxy } from '../harness/haproxy.ts';
import { ConnectionPool } from '../harness/keep-alive-client.ts';
import { buildOtherVersion } from '../harness/other-version.ts';
import { checkReceipts } from '../harness/receipt-check.ts';
import { AnswerWatch } from '../harness/answer-watch.ts';
import { partOf, startRollingPlatform } from '../harness/rolling-platform.ts';
import type { RollingPlatform } from '../harness/rolling-platform.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';
import { vote } from '../harness/voter.ts';
import type { Target } from '../harness/voter.ts';

/** Voters a second. */
const perSecond = 20;
/** Voting before the migration and on the new schema, and after the last replacement, in milliseconds. */
const phaseMsFull = 20_000;
const phaseMsQuick = 5_000;
/** Times that a voter sends a cast: no voter gives up. */
const castsMax = 400;
/** Longest time without an acknowledgement, in seconds: 503 for all would be an answer that is allowed. */
const gapSecondsMax = 5;
/** Voters of the small election, whose numbers are others than those of the large one. */
const smallVoters = 20;
const smallFirst = 900_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
type Part = { readonly kind: 'rolling' | 'release'; readonly name: string; readonly commit: string };
type Versions = { readonly before: BuiltVersion; readonly now: BuiltVersion };
type Results = { readonly results: { readonly turnout: { readonly online: number } } };

await runBench('upgrade', 'each process replaced by one of the next version, under load', async (bench) => {
  const parts = partsOf(bench);
  bench.findings.hindrance = hindranceOf(parts);
  if (bench.findings.hindrance !== null) return;
  const now = await readBuiltVersion(builtCommand(root));
  for (const part of parts) {
    const before = await readBuiltVersion(await buildOtherVersion(bench, part.commit));
    const { bench: own, end } = partOf(bench, part.kind);
    // The report has what was found until then.
    const failure = await (
      part.kind === 'rolling' ? upgrade(own, { before, now }) : keepVoting(own, part, { before, now })
    )
      .then(() => null)
      .catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    bench.findings.check(`${part.name}: nothing failed in between`, failure === null, failure ?? 'nothing');
    await end();
  }
});

function partsOf({ commit, only }: Bench): readonly Part[] {
  if (commit !== null) return [{ kind: 'rolling', name: commit, commit }];
  const { version, rolling } = previousRelease;
  const both: readonly Part[] = [
    { kind: 'rolling', name: rolling.slice(0, 8), commit: rolling },
    { kind: 'release', name: version, commit: previousRelease.commit },
  ];
  // A release from which a rolling upgrade is possible needs no part of its own.
  const hasOwn = (rolling as string) !== previousRelease.commit;
  return both.filter(({ kind }) => (kind === 'rolling' || hasOwn) && (only?.includes(kind) ?? true));
}

function hindranceOf(parts: readonly Part[]): string | null {
  if (haproxy === undefined) return 'there is no haproxy';
  const isHere = ({ commit }: Part): boolean =>
    spawnSync('git', ['-C', root, 'cat-file', '-e', `${commit}^{commit}`]).status === 0;
  const absent = parts.filter((part) => !isHere(part)).map(({ commit }) => commit);
  return absent.length === 0 ? null : `the history of the repository lacks ${absent.join(' and ')}`;
}

/** The moments of an upgrade, by performance.now(), in milliseconds. */
type Moments = { prepared: number; counted: number; replaced: number };

async function upgrade(bench: Bench, { before, now }: Versions): Promise<void> {
  const { findings, say, quick } = bench;
  const phaseMs = quick ? phaseMsQuick : phaseMsFull;
  say('starting the version before');
  const platform = await startRollingPlatform(bench, before);
  await platform.startAll(before);
  const election = await platform.loadElection(before, 'upgrade');
  const answers = new AnswerWatch();
  const at: Moments = { prepared: 0, counted: 0, replaced: 0 };
  const administrators: Person[] = [];
  say('voting, with an upgrade');
  const votes = await voteWhile(
    { ...platform.target(before, election), castsMax },
    Infinity,
    async () => {
      await pause(phaseMs);
      await prepare(bench, platform, now);
      at.prepared = performance.now();
      const administrator = await newAdministrator(platform.control, platform.accessDatabaseUrl);
      administrators.push(administrator);
      await countSmallElection(bench, platform, before, administrator);
      await pause(phaseMs);
      at.counted = performance.now();
      await platform.replaceAll(now);
      at.replaced = performance.now();
      await pause(phaseMs);
    },
    { perSecond, note: answers.note },
  );
  const between = (from: number, to: number): number => votes.receivedAtMs.filter((ms) => ms > from && ms <= to).length;
  const phases = {
    'before the migration was done': between(0, at.prepared),
    'by the version before on the new schema': between(at.prepared, at.counted),
    'while processes were replaced': between(at.counted, at.replaced),
    'by this version': between(at.replaced, Infinity),
  };
  findings.figure('from the first replacement to the last', (at.replaced - at.counted) / 1_000, 's');
  for (const [name, count] of Object.entries(phases)) findings.figure(`votes acknowledged ${name}`, count, '');
  findings.check('votes were acknowledged in each phase', Object.values(phases).every(Boolean), 'see the figures');
  judgeAnswers(bench, 'upgrade', answers);
  findings.check('each process ended by itself', platform.unclean.length === 0, platform.unclean.join(', ') || 'all');
  findings.check('each process was ready', platform.late.length === 0, platform.late.join(', ') || 'all');
  const countable = platform.countable(election);
  await countAfterwards(bench, countable, votes, gapSecondsMax);
  const { participation } = await countable.counts();
  const acknowledged = votes.receipts.length;
  findings.check('acknowledged = stored', participation === acknowledged, `${acknowledged} = ${participation}`);
  for (const administrator of administrators)
    await countBy(bench, 'this version', administrator, election.id, participation);
}

/** Everything that comes before the first replacement, while people vote. */
async function prepare({ findings, say }: Bench, platform: RollingPlatform, now: BuiltVersion): Promise<void> {
  say('new keys, users of Redis and migrations');
  const began = performance.now();
  await platform.prepare(now);
  findings.figure('keys, users of Redis and migrations while people voted', (performance.now() - began) / 1_000, 's');
}

/** A small election from its announcement to its results, by the version before on the schema of this one. */
async function countSmallElection(
  bench: Bench,
  platform: RollingPlatform,
  before: BuiltVersion,
  administrator: Person,
): Promise<void> {
  bench.say('an election from its announcement to its results by the version before, on the new schema');
  const election = await platform.loadElection(before, 'small');
  const target: Target = { ...platform.target(before, election), castsMax };
  const doors = { api: new ConnectionPool(target.api, smallVoters), sms: new ConnectionPool(target.sms, smallVoters) };
  const numbers = Array.from({ length: smallVoters }, (_, index) => smallFirst + index);
  const votes = await Promise.all(numbers.map((number) => vote(target, doors, number)));
  doors.api.close();
  doors.sms.close();
  const count = votes.filter(({ outcome }) => outcome === 'recorded').length;
  bench.findings.check('the version before records votes of a new election on the new schema', count > 0, `${count}`);
  await settledCounts(platform.countable(election));
  await countBy(bench, 'the version before, on the new schema,', administrator, election.id, count);
}

async function countBy(
  { findings, say }: Bench,
  who: string,
  administrator: Person,
  electionId: string,
  expected: number,
): Promise<void> {
  say(`closing, counting and publishing the election ${electionId}`);
  const why = await countElection(administrator, electionId);
  findings.check(`${who} counts and publishes`, why === null, why ?? 'yes');
  if (why !== null) return;
  const { results } = (await electionPart(administrator, electionId, 'results')) as Results;
  const { online } = results.turnout;
  findings.check(`${who} counts every ballot`, online === expected, `${online} of ${expected}`);
}

function judgeAnswers({ findings }: Bench, name: string, answers: AnswerWatch): void {
  for (const [what, count] of answers.waits) findings.figure(`${name}: come again, ${what}`, count, '');
  const { kinds } = answers;
  const detail = kinds.slice(0, 10).join('; ') || 'none';
  findings.check(`${name}: no rejection but 429 and 503 with Retry-After`, kinds.length === 0, detail);
}

/**
 * A release from which no rolling upgrade is possible: its processes, which run already, take votes on the new schema. Then all
 * of them end before those of this version start, which count the election.
 */
async function keepVoting(bench: Bench, { name }: Part, { before, now }: Versions): Promise<void> {
  const { findings, say, quick } = bench;
  const phaseMs = quick ? phaseMsQuick : phaseMsFull;
  say(`starting ${name}`);
  const platform = await startRollingPlatform(bench, before);
  await platform.startAll(before);
  const election = await platform.loadElection(before, 'release');
  const answers = new AnswerWatch();
  const at = { prepared: 0 };
  say(`voting, with migrations below ${name}`);
  const votes = await voteWhile(
    { ...platform.target(before, election), castsMax },
    Infinity,
    async () => {
      await pause(phaseMs);
      await prepare(bench, platform, now);
      at.prepared = performance.now();
      await pause(phaseMs);
    },
    { perSecond, note: answers.note },
  );
  judgeAnswers(bench, name, answers);
  const after = votes.receivedAtMs.filter((ms) => ms > at.prepared).length;
  findings.check(`${name} takes votes on the new schema`, after > 0, `${after}`);
  const countable = platform.countable(election);
  const { participation, outbox, box } = await settledCounts(countable);
  const leaves = await leavesInBox(countable.databaseUrl('box'), election.id);
  const missing = votes.receipts.filter((receipt) => !leaves.has(leafOf(receipt))).length;
  const acknowledged = votes.receipts.length;
  const sums = `${acknowledged} acknowledged, ${participation} = ${outbox} + ${box}, ${missing} missing`;
  const isWhole = outbox === 0 && participation === box && box === acknowledged && missing === 0;
  findings.check(`${name}: acknowledged = stored`, isWhole, sums);
  say('all processes end, and this version starts');
  await platform.endAll();
  await platform.startAll(now);
  const { verified } = checkReceipts(votes.receipts, countable.keys('public'));
  findings.check(`${name}: every receipt verifies`, verified === acknowledged, `${verified} of ${acknowledged}`);
  const administrator = await newAdministrator(platform.control, platform.accessDatabaseUrl);
  await countBy(bench, `this version, after ${name},`, administrator, election.id, participation);
}
