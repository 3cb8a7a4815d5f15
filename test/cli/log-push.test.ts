// `popvote log push`, with rsync: what is copied can be published at every moment. Left out by name where rsync is missing.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { folderReportName } from '../../src/platform/health/health-reports.ts';
import { createHeraldLogic } from '../../src/services/herald/logic.ts';
import { createLogProbe } from '../support/log.ts';
import { checkpointIn, createLogWorld } from '../support/public-log/log-process.ts';
import type { LogWorld } from '../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../support/public-log/logged-box.ts';
import type { LoggedBox, LoggedElection } from '../support/public-log/logged-box.ts';
import { until } from '../support/until.ts';
import { popvote } from '../support/processes/popvote.ts';

const [rsync = ''] = (process.env['PATH'] ?? '').split(':').filter((folder) => existsSync(join(folder, 'rsync')));
const isMissing = spawnSync('rsync', ['--version']).status !== 0;

let box: LoggedBox;
let world: LogWorld;
let election: LoggedElection;
let folder: string;
beforeEach(async () => {
  box = await createLoggedBox();
  world = createLogWorld(box);
  election = box.election();
  folder = mkdtempSync(join(tmpdir(), 'popvote-push-'));
  await election.open();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  world[Symbol.dispose]();
  await box[Symbol.asyncDispose]();
});

const copy = (): string => join(folder, 'copy');
const grow = async (count: number): Promise<void> => {
  await election.deposit(loggedBallots(count));
  await world.step();
};
const push = (programs = '', from = world.directory) =>
  popvote(['log', 'push', '--from', from, '--to', copy()], {
    PATH: [programs, process.env['PATH']].filter(Boolean).join(':'),
  });
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(path.length))
    .sort();

/** A folder with an rsync that runs these lines of a shell around the real one, `$real`. */
function rsyncWith(lines: string): string {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeFileSync(join(programs, 'rsync'), `#!/bin/sh\nreal='${join(rsync, 'rsync')}'\n${lines}\n`);
  chmodSync(join(programs, 'rsync'), 0o755);
  return programs;
}

/** One step of `herald` from one folder to another. Returns what it says about the log. */
async function publish(sourceDirectory: string, directory: string): Promise<string | undefined> {
  const herald = createHeraldLogic({
    sourceDirectory,
    directory,
    witnesses: [],
    pollMs: 50,
    clock: systemClock,
    logger: createLogProbe('herald').logger,
    metrics: createMetrics('herald'),
  });
  await herald.step();
  return herald.findings()[0]?.observed;
}

/** What `herald` on the other machine says about the copy, and the size that it publishes. */
async function published(): Promise<{ readonly observed: string | undefined; readonly size: number }> {
  const directory = join(folder, 'published');
  const observed = await publish(copy(), directory);
  return { observed, size: (await checkpointIn(join(directory, election.folder))).size };
}

describe.skipIf(isMissing)(`The command popvote log push${isMissing ? ' (rsync is missing here)' : ''}`, () => {
  test('Every file of a log comes to the other folder, and later what is new', async () => {
    for (const size of [300, 310, 600]) {
      await grow(size - (size === 300 ? 0 : size === 310 ? 300 : 310));
      writeFileSync(join(world.directory, election.folder, 'checkpoint.new'), 'unfinished');
      expect(await push()).toMatchObject({ code: 0 });
      const files = filesIn(world.directory).filter((name) => !name.endsWith('.new'));
      expect(filesIn(copy())).toEqual(files);
      for (const name of files)
        expect(readFileSync(join(copy(), name)).equals(readFileSync(join(world.directory, name))), name).toBe(true);
      expect(await published()).toEqual({ observed: 'in order', size });
    }
  });

  test('The folder of herald is copied with its health report, and a folder of its volume is left out', async () => {
    await grow(300);
    const own = join(folder, 'herald');
    await publish(world.directory, own);
    writeFileSync(join(own, folderReportName), '{}');
    const volume = join(own, 'lost+found', 'found');
    mkdirSync(volume, { recursive: true });
    writeFileSync(join(volume, 'checkpoint'), 'lost');
    expect(await push('', own)).toMatchObject({ code: 0 });
    expect(filesIn(copy())).toEqual(filesIn(own).filter((name) => !name.startsWith('/lost+found/')));
  });

  test('A log that grows while it is copied is published as it was, and grows with the next copy', async () => {
    await grow(300);
    const growing = join(folder, 'copied');
    const grown = join(folder, 'grown');
    // After the files were copied, before the checkpoints are: the log grows.
    const wait = `while [ ! -e '${grown}' ]; do sleep 0.05; done`;
    const programs = rsyncWith(`"$real" "$@" || exit 1\n[ -e '${growing}' ] || { : > '${growing}'; ${wait}; }`);
    const pushing = push(programs);
    await until(() => existsSync(growing), 'the first part of the copy');
    await grow(300);
    writeFileSync(grown, '');
    expect(await pushing).toMatchObject({ code: 0 });
    expect(await published()).toEqual({ observed: 'in order', size: 300 });
    expect(await push()).toMatchObject({ code: 0 });
    expect(await published()).toEqual({ observed: 'in order', size: 600 });
  });

  test('Where not all files were copied, no checkpoint is, and the command fails', async () => {
    await grow(300);
    const { code, err } = await push(rsyncWith('"$real" "$@"; exit 23'));
    expect(code).toBe(1);
    expect(err).toContain('Nothing was published that lacks its files');
    expect(filesIn(copy()).filter((name) => name.endsWith('/checkpoint'))).toEqual([]);
    const absent = await popvote(['log', 'push', '--from', join(folder, 'none'), '--to', copy()]);
    expect(absent).toMatchObject({ code: 1, err: expect.stringContaining('does not exist') as string });
  });
});
