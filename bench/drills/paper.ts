// A million ballots on paper, in files that officials upload, while `worker`, the control Redis and PostgreSQL are killed at
// random. An official sends the same file again until it is confirmed, and again if rows of it are missing. Every ballot must be in the box, once.
// Run: npx tsx bench/drills/paper.ts [--quick] [--size ROWS]
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { paperTrackerText } from '../../src/protocol/control/batch-entries.ts';
import { invited, newAdministrator } from '../../test/support/control.ts';
import type { Person } from '../../test/support/control.ts';
import { countFile, newFile } from '../harness/paper-files.ts';
import type { Uploads } from '../harness/paper-files.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { childNamed, parentOf } from '../harness/process-tree.ts';
import { runBench } from '../harness/run.ts';

/** Ballots in all, and of one file. */
const rowsFull = 1_000_000;
const rowsQuick = 120_000;
const fileRowsFull = 50_000;
const fileRowsQuick = 10_000;
/** Officials who upload at once. */
const officialsAtOnce = 2;
/**
 * Between two kills, in milliseconds: a uniform draw. Kills in all: after many in a row the pauses before a restart are
 * so long that nothing is counted in time.
 */
const fullKills = { everyMs: [2_000, 5_000], killsMax: 30 } as const;
const quickKills = { everyMs: [500, 2_000], killsMax: 9 } as const;
/** Longest time until one file is counted, in milliseconds. */
const fileMsMaxFull = 300_000;
const fileMsMaxQuick = 60_000;
/** Longest time until a database that was killed takes connections again, in milliseconds. */
const backMsMax = 30_000;

/** The processes that are killed, by words of their command lines. */
function victimsOf({ controlRedisPort }: Platform): Readonly<Record<string, string>> {
  return { worker: 'serve worker', 'control-redis': `:${controlRedisPort}`, postgres: 'postgres -D' };
}

await runBench('paper', 'a million ballots on paper, while processes are killed', async (bench) => {
  const platform = await startPlatform(bench);
  const { election, control } = platform;
  const administrator = await newAdministrator(control, platform.databaseUrl('access'));
  const rows = bench.size ?? (bench.quick ? rowsQuick : rowsFull);
  const fileRows = bench.quick ? fileRowsQuick : fileRowsFull;
  const cells = election.contests.map(({ options }) => options[0]?.number ?? 1).join(',');
  const guids: string[] = [];
  const times: number[] = [];
  const uploads: Uploads = { sentAgain: 0, incomplete: 0, uncounted: 0 };
  // Before anything is killed: a script of an official begins when somebody is registered.
  const officials: Person[] = [];
  while (officials.length < officialsAtOnce) officials.push(await invited(control, administrator, 'official'));
  const begin = performance.now();
  const count = async (person: Person): Promise<void> => {
    while (guids.length < rows && uploads.uncounted === 0) {
      const file = newFile(Math.min(fileRows, rows - guids.length), cells);
      guids.push(...file.guids);
      await countFile(person, election.id, file, { uploads, msMax: bench.quick ? fileMsMaxQuick : fileMsMaxFull });
      times.push(performance.now());
      bench.say(`${times.length} files are counted`);
    }
  };
  const over = new AbortController();
  const killing = kill(
    parentOf(platform.pids.api),
    victimsOf(platform),
    bench.quick ? quickKills : fullKills,
    over.signal,
  );
  await Promise.all(officials.map(count)).finally(() => over.abort());
  const kills = await killing;
  const seconds = (performance.now() - begin) / 1_000;
  const { inBox, valid } = await ballotsOnPaper(platform);
  const expected = new Set(guids.map((guid) => trackerOf(election.id, guid)));
  const missing = [...expected].filter((tracker) => !inBox.has(tracker)).length;
  const { findings } = bench;
  for (const [name, count] of kills) findings.figure(`kills of ${name}`, count, '');
  findings.figure('files that were sent again', uploads.sentAgain, '');
  findings.figure('ballots counted a second, while processes died', rows / seconds, 'rows/s');
  const excess = [...inBox].filter((tracker) => !expected.has(tracker)).length;
  const gaps = [begin, ...times].map((time, index, all) => (all[index + 1] ?? time) - time);
  findings.ballots = {
    acknowledged: expected.size,
    lost: missing,
    doubled: excess + Math.max(0, valid - expected.size),
    receiptsDifferent: null,
    gapSeconds: Math.max(...gaps) / 1_000,
  };
  findings.note('The gap is from one counted file to the next.');
  findings.check('every file was counted in time', uploads.uncounted === 0, `${uploads.uncounted} were not`);
  findings.check('no row of a confirmed file was missing', uploads.incomplete === 0, `${uploads.incomplete} files`);
  findings.check('processes were killed', kills.size > 0, [...kills.keys()].join(', '));
  findings.check('every confirmed ballot is in the box', missing === 0, `${missing} of ${expected.size} are missing`);
  findings.check('no other ballot is in the box', excess === 0, `${excess}`);
  findings.check('valid rows = ballots', valid === expected.size, `${valid} = ${expected.size}`);
});

async function kill(
  supervisor: number,
  victims: Readonly<Record<string, string>>,
  { everyMs: [least, most], killsMax }: { readonly everyMs: readonly [number, number]; readonly killsMax: number },
  over: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const kills = new Map<string, number>();
  const names = Object.keys(victims);
  for (let at = 0; at < killsMax; at += 1) {
    const ms = least + Math.random() * (most - least);
    const isUnderWay = await pause(ms, true, { signal: over }).catch(() => false);
    if (!isUnderWay) return kills;
    const name = names[at % names.length]!;
    const pid = childNamed(supervisor, victims[name]!);
    if (pid === null) continue;
    process.kill(pid, 'SIGKILL');
    kills.set(name, (kills.get(name) ?? 0) + 1);
  }
  return kills;
}

function trackerOf(electionId: string, guid: string): string {
  return createHash('sha256').update(paperTrackerText(electionId, guid)).digest('base64');
}

async function ballotsOnPaper(platform: Platform): Promise<{ inBox: ReadonlySet<string>; valid: number }> {
  const client = await connected(platform.databaseUrl('box'));
  try {
    const { rows: ballots } = await client.query<{ tracker: Buffer }>(
      "select tracker from pv.ballot where election_id = $1 and channel = 'batch'",
      [platform.election.id],
    );
    const { rows } = await client.query<{ n: string }>(
      `select coalesce(sum(part.valid), 0) as n from pv.batch_part part join pv.batch using (batch_no)
         join pv.batch_election using (election_no) where election_id = $1`,
      [platform.election.id],
    );
    return { inBox: new Set(ballots.map(({ tracker }) => tracker.toString('base64'))), valid: Number(rows[0]?.n) };
  } finally {
    await client.end();
  }
}

/** A connection to a database that may have been killed a moment ago. */
async function connected(url: string): Promise<pg.Client> {
  const deadline = performance.now() + backMsMax;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (performance.now() > deadline) throw error;
      await pause(250);
    }
  }
}
