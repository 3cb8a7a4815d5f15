// `popvote log rebuild`: a lost folder is made again, byte for byte, and only if it agrees with what was published.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogWorld } from '../support/public-log/log-process.ts';
import type { LogWorld } from '../support/public-log/log-process.ts';
import { createLoggedBox, loggedBallots } from '../support/public-log/logged-box.ts';
import type { LoggedBox, LoggedElection } from '../support/public-log/logged-box.ts';
import { command } from '../support/processes/command.ts';

let box: LoggedBox;
let world: LogWorld;
let election: LoggedElection;
let folder: string;
beforeEach(async () => {
  box = await createLoggedBox();
  world = createLogWorld(box);
  election = box.election();
  folder = mkdtempSync(join(tmpdir(), 'popvote-rebuild-'));
  await election.open();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  world[Symbol.dispose]();
  await box[Symbol.asyncDispose]();
});
const grow = async (count: number): Promise<void> => {
  await election.deposit(loggedBallots(count));
  await world.step();
};
const published = (): string => join(folder, 'published');
const rebuilt = (): string => join(folder, 'rebuilt');
const rebuild = () =>
  command(['log', 'rebuild', '--directory', rebuilt(), '--published', published()], {
    LOG_KEYS: JSON.stringify({ checkpoints: box.key }),
    LOG_BOX_DATABASE_URL: box.databases.url('box', 'popvote_log'),
  });
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .sort();

test('A lost folder is made again from the box, byte for byte', async () => {
  await grow(700);
  cpSync(world.directory, published(), { recursive: true });
  await grow(20);
  const outcome = await rebuild();
  expect(outcome).toMatchObject({ code: 0, out: `${election.origin} 720 agrees` });
  // Partial tiles of earlier trees are not made again: no checkpoint needs them any more.
  const files = filesIn(rebuilt());
  expect(files).toContain(`${election.folder}/tile/0/002.p/208`);
  for (const name of files)
    expect(readFileSync(join(rebuilt(), name)).equals(readFileSync(join(world.directory, name))), name).toBe(true);
  expect(filesIn(world.directory).filter((name) => !files.includes(name) && !name.includes('.p/'))).toEqual([]);
  // The log goes on with it.
  rmSync(world.directory, { recursive: true });
  cpSync(rebuilt(), world.directory, { recursive: true });
  await grow(30);
});

test('A box that is older than what was published, or was changed, gives no log', async () => {
  await grow(300);
  const restore = await box.databases.backUp(['box']);
  await grow(100);
  cpSync(world.directory, published(), { recursive: true });
  await restore();
  const expectRefusal = async (): Promise<void> => {
    const { code, out, err } = await rebuild();
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('differs') as string });
    expect(err).toContain('not those that were published');
    expect(readdirSync(join(rebuilt(), election.folder))).not.toContain('checkpoint');
  };
  await expectRefusal();
  await election.deposit(loggedBallots(100));
  await box.databases.query('box', 'select pv.log_take((select election_no from pv.log), 10000)');
  rmSync(rebuilt(), { recursive: true });
  await expectRefusal();
  expect((await rebuild()).err).toContain('is not empty');
});
