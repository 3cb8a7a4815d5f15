// `log`, `herald` and PostgreSQL are killed at random while voters vote. Afterwards the public log must be the one that is made
// again from the box, with every receipt in it, and every checkpoint that was ever seen must be of a beginning of it. Then an
// older copy of the box is restored, and `log` must sign nothing more. Run: npx tsx bench/drills/public-log.ts [--quick]
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { publicLogsFolder, publishedLogsFolder } from '../../src/local/zone-environments.ts';
import { equalBytes } from '../../src/domain/record/bytes.ts';
import { decodeCheckpoint } from '../../src/domain/record/checkpoint.ts';
import type { Checkpoint } from '../../src/domain/record/checkpoint.ts';
import { decodeNote } from '../../src/domain/record/note.ts';
import { createGrowingTree, leafHash } from '../../src/domain/record/tree.ts';
import { sha256 } from '../../src/platform/content-hash.ts';
import { servedEntries } from '../../test/support/public-log/log-process.ts';
import { copyDatabases } from '../harness/database-copies.ts';
import { countAfterwards, leafOf, voteWhile } from '../harness/drill.ts';
import type { Votes } from '../harness/drill.ts';
import { startPlatform } from '../harness/platform.ts';
import type { Platform } from '../harness/platform.ts';
import { childNamed } from '../harness/process-tree.ts';
import { runBench } from '../harness/run.ts';
import type { Bench } from '../harness/run.ts';

/** Seconds of killing. After many kills in a row the supervisor waits longer before each restart. */
const secondsFull = 900;
const secondsQuick = 30;
/** Between two kills, in milliseconds: a uniform draw. */
const killEveryMs = [300, 1_500] as const;
/** One kill in so many is of PostgreSQL: while it recovers, no ballot is cast. */
const postgresEvery = 8;
/** How often the checkpoints are read, in milliseconds. */
const lookEveryMs = 40;
/** Longest wait until all ballots are in the published tree, or until `log` has refused a box, in milliseconds. */
const settleMsMax = 90_000;
/** Most receipts that `popvote-verify` is given. */
const receiptsVerifiedMax = 100;
/** Exit code of `popvote-verify` for an election that is right so far, and not final. */
const notFinal = 3;

const victims = { log: 'serve log', herald: 'serve herald', postgres: 'postgres -D' } as const;
/** The log grows as often as it can, so that a kill meets it at work. */
const busyLog = { LOG_GROWTH_SECONDS: '0', LOG_POLL_MS: '50', HERALD_POLL_MS: '50' };
/** Kills by process. */
const kills = new Map<string, number>();
const root = fileURLToPath(new URL('../..', import.meta.url));

await runBench('public-log', 'log, herald and PostgreSQL killed at random, and an older box', async (bench) => {
  const platform = await startPlatform(bench, busyLog);
  const seconds = bench.quick ? secondsQuick : secondsFull;
  const folders = await foldersOf(platform);
  const watch = watchCheckpoints(folders);
  bench.cleanup.add(watch.end);
  bench.say(`voting, and killing at random, for ${seconds} s`);
  const votes = await voteWhile(platform, seconds, async (endsAt) => {
    const copyAt = performance.now() + (seconds * 1_000) / 3;
    await killUntil(platform, copyAt);
    await copyBox(platform);
    await killUntil(platform, endsAt);
  });
  reportKills(bench);
  await countAfterwards(bench, platform, votes);
  const { box } = await platform.counts();
  bench.say('waiting until the published tree has all ballots');
  await untilTrue(() => [folders.own, folders.published].every((path) => checkpointAt(path)?.size === box));
  await watch.end();
  await compareTree(bench, folders, votes, { box, views: watch.views() });
  await compareRebuilt(bench, platform, folders);
  await verify(bench, platform, votes, watch.views());
  await restoreOlder(bench, platform, folders);
});

/** The folder of the election's log as `log` writes it, and as `herald` publishes it. */
type Folders = { readonly own: string; readonly published: string };

async function foldersOf({ directory, api, election }: Platform): Promise<Folders> {
  const address = `http://${api.host}:${api.port}/v1/elections/${election.id}/manifest`;
  await untilTrue(async () => (await fetch(address)).status === 200);
  const folderIn = (name: string): string | null => {
    const path = join(directory, name, election.id);
    const [hash] = namesIn(path);
    return hash === undefined ? null : join(path, hash);
  };
  await untilTrue(() => folderIn(publicLogsFolder) !== null && folderIn(publishedLogsFolder) !== null);
  return { own: folderIn(publicLogsFolder) ?? '', published: folderIn(publishedLogsFolder) ?? '' };
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

async function killUntil({ supervisor }: Platform, endsAt: number): Promise<void> {
  while (performance.now() < endsAt - killEveryMs[1]) {
    await pause(killEveryMs[0] + Math.random() * (killEveryMs[1] - killEveryMs[0]));
    const name = nextVictim();
    const pid = childNamed(supervisor, victims[name]);
    if (pid === null) continue; // it is being started again
    process.kill(pid, 'SIGKILL');
    kills.set(name, (kills.get(name) ?? 0) + 1);
  }
}

function nextVictim(): keyof typeof victims {
  const before = [...kills.values()].reduce((sum, count) => sum + count, 0);
  if (before % postgresEvery === postgresEvery - 1) return 'postgres';
  return Math.random() < 0.5 ? 'log' : 'herald';
}

function reportKills({ findings }: Bench): void {
  for (const [name, count] of kills) findings.figure(`kills of ${name}`, count, '');
  const kinds = Object.keys(victims).length;
  findings.check('processes were killed', kills.size === kinds, `${kills.size} of ${kinds} kinds`);
}

/** Copies the box as a backup does, as soon as PostgreSQL runs. */
async function copyBox(platform: Platform): Promise<void> {
  await untilTrue(() =>
    copyDatabases(platform.databaseUrl('postgres'), [['box_copy', 'box']]).then(
      () => true,
      () => false,
    ),
  );
}

async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + settleMsMax;
  while (!(await holds())) {
    // What is missing is found by the checks.
    if (performance.now() > deadline) return;
    await pause(lookEveryMs);
  }
}

function readNote(path: string): string | null {
  try {
    return readFileSync(join(path, 'checkpoint'), 'utf8');
  } catch {
    return null;
  }
}

function checkpointAt(path: string): Checkpoint | null {
  const note = decodeNote(readNote(path) ?? '');
  return note && decodeCheckpoint(note.text);
}

/** Keeps every checkpoint that is seen in a folder, in the order in which they were seen. */
function watchCheckpoints({ own, published }: Folders) {
  const notes = { own: new Set<string>(), published: new Set<string>() };
  const over = new AbortController();
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (const [path, existing] of [
        [own, notes.own],
        [published, notes.published],
      ] as const) {
        const note = readNote(path);
        if (note !== null) existing.add(note);
      }
      await pause(lookEveryMs);
    }
  };
  const looking = look();
  return {
    views: () => ({ own: [...notes.own], published: [...notes.published] }),
    async end() {
      over.abort();
      await looking;
    },
  };
}
type Views = Readonly<Record<keyof Folders, readonly string[]>>;

async function compareTree(
  { findings }: Bench,
  folders: Folders,
  votes: Votes,
  { box, views }: { readonly box: number; readonly views: Views },
): Promise<void> {
  const size = checkpointAt(folders.published)?.size ?? 0;
  findings.check('every ballot is in the published tree', size === box, `${size} of ${box}`);
  const leaves = (await servedEntries(folders.published, size)).map((entry) => leafHash(sha256, entry));
  const inTree = new Set(leaves.map((leaf) => Buffer.from(leaf).toString('base64url')));
  const missing = votes.receipts.filter((text) => !inTree.has(leafOf(text)));
  findings.check('every receipt is in the tree', missing.length === 0, `${missing.length} are missing`);
  const roots = rootsOf(leaves);
  for (const [place, notes] of Object.entries(views)) {
    const checkpoints = notes.map((note) => decodeCheckpoint(decodeNote(note)?.text ?? ''));
    const contradicting = checkpoints.filter((one) => {
      const expected = one && roots[one.size];
      return !one || !expected || !equalBytes(one.root, expected);
    });
    const smaller = checkpoints.filter((one, at) => (one?.size ?? 0) < (checkpoints[at - 1]?.size ?? 0));
    findings.figure(`checkpoints seen, ${place}`, notes.length, '');
    findings.check(
      `no checkpoint contradicts the tree or an earlier one, ${place}`,
      contradicting.length + smaller.length === 0 && notes.length > 1,
      `${contradicting.length} and ${smaller.length} of ${notes.length}`,
    );
  }
}

/** The root of the tree of each size, from none of the leaves to all. */
function rootsOf(leaves: readonly Uint8Array[]): Uint8Array[] {
  const tree = createGrowingTree(sha256);
  return [
    tree.root(),
    ...leaves.map((leaf) => {
      tree.add(leaf);
      return tree.root();
    }),
  ];
}

async function compareRebuilt({ findings, directory }: Bench, platform: Platform, folders: Folders): Promise<void> {
  const rebuilt = join(directory, 'rebuilt');
  const { code, out } = await rebuild(platform, rebuilt);
  findings.check('the log that is made again from the box agrees', code === 0 && / agrees$/m.test(out), out.trim());
  const [, hash = ''] = folders.own.split(`/${platform.election.id}/`);
  const path = join(rebuilt, platform.election.id, hash);
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const different = files.filter(({ name, parentPath }) => {
    const at = join(parentPath, name).slice(path.length);
    return !readFileSync(join(path, at)).equals(readFileSync(join(folders.own, at)));
  });
  findings.check(
    'it has the same bytes',
    different.length === 0,
    `${different.length} of ${files.length} files differ`,
  );
}

type Ran = { readonly code: number; readonly out: string };
function run(file: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...words], { env, maxBuffer: 2 ** 26 }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out: out || err }),
    );
  });
}

function rebuild(platform: Platform, directory: string): Promise<Ran> {
  const published = join(platform.directory, publishedLogsFolder);
  const words = ['log', 'rebuild', '--directory', directory, '--published', published];
  return run(builtCommand(root), words, platform.environment('log'));
}

/** The verifier that outsiders run, with what was kept: every checkpoint and some receipts. */
async function verify(bench: Bench, { api, election }: Platform, votes: Votes, views: Views): Promise<void> {
  const folder = join(bench.directory, 'kept');
  mkdirSync(folder);
  for (const [at, note] of views.published.entries()) writeFileSync(join(folder, `${at}.checkpoint`), note);
  const receipts = votes.receipts.slice(-receiptsVerifiedMax).flatMap((answer, at) => {
    const path = join(bench.directory, `receipt-${at}.json`);
    writeFileSync(path, answer);
    return ['--receipt', path];
  });
  const site = `http://${api.host}:${api.port}`;
  const words = [site, election.id, '--json', '--checkpoints', folder, ...receipts];
  const { code, out } = await run(join(root, 'dist/popvote-verify.mjs'), words, {});
  const { failures } = JSON.parse(out) as { failures: unknown };
  bench.findings.check(
    'popvote-verify finds everything right',
    code === notFinal && JSON.stringify(failures) === '[]',
    `exit ${code}, failures ${JSON.stringify(failures)}`,
  );
}

/** Yesterday's box: `log` signs nothing more, also after it was started again, and the published tree stays. */
async function restoreOlder(bench: Bench, platform: Platform, folders: Folders): Promise<void> {
  bench.say('restoring an older box');
  const before = [folders.own, folders.published].map(readNote);
  await copyDatabases(platform.databaseUrl('postgres'), [['box', 'box_copy']]);
  const differs = async (): Promise<boolean> => {
    const { host, port } = platform.logPrivate;
    const text = await fetch(`http://${host}:${port}/metrics`).then(
      (answer) => answer.text(),
      () => '',
    );
    return /^popvote_log_differs(?:\{.*\})? 1$/m.test(text);
  };
  await untilTrue(differs);
  const refused = await differs();
  const pid = childNamed(platform.supervisor, victims.log);
  if (pid !== null) process.kill(pid, 'SIGKILL');
  await untilTrue(async () => !(await differs()));
  await untilTrue(differs);
  const refusedAgain = await differs();
  const after = [folders.own, folders.published].map(readNote);
  const { findings } = bench;
  findings.check(
    'log refuses an older box',
    refused && refusedAgain,
    `${refused}, and after a restart ${refusedAgain}`,
  );
  findings.check('the checkpoints stay', before.join() === after.join(), 'own and published');
  const { code, out } = await rebuild(platform, join(bench.directory, 'rebuilt-older'));
  findings.check('no log is made from the older box', code !== 0 && out.includes('differs'), out.trim());
}
