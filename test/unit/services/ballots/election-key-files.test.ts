// What a replica of `ballots` counts in its folder: keys of open elections that are missing or are others, and keys of ended ones.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newKeyFiles } from '../../../../src/platform/keys/new-keys.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createElectionKeyFiles } from '../../../../src/services/ballots/election-key-files.ts';
import { copyNameOf, keyCheckOf, makeElectionKeys } from '../../../../src/services/ballots/election-keys.ts';
import type { OpenElectionKeys } from '../../../../src/store/intake-elections.ts';
import { createLogProbe } from '../../../support/log.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-key-files-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const electionWithKeys = (electionId: string): OpenElectionKeys => ({
  electionId,
  keyCheck: keyCheckOf(makeElectionKeys(directory, electionId), electionId),
});
const pathOf = (electionId: string): string => join(directory, `${electionId}.json`);

test('Keys that are absent, unreadable or others are missing, and each file of an ended election counts', async () => {
  const files = newKeyFiles();
  const metrics = createMetrics('ballots');
  const log = createLogProbe('ballots');
  const right = electionWithKeys('right');
  const others = {
    electionId: 'others',
    keyCheck: Buffer.from(electionWithKeys('others').keyCheck.map((byte) => byte ^ 1)),
  };
  const state = { open: [right] as OpenElectionKeys[] };
  const keyFiles = createElectionKeyFiles({
    directory,
    peers: { origins: [], needed: 0 },
    keys: files.ballots,
    publicKeys: files.public,
    read: () => Promise.resolve(null),
    readOpen: () => Promise.resolve(state.open),
    clock: Date.now,
    logger: log.logger,
    metrics,
  });
  const counted = async (): Promise<(number | undefined)[]> => {
    await keyFiles.comparing.turnNow();
    const names = ['popvote_ballots_election_keys_missing', 'popvote_ballots_ended_election_keys'];
    return Promise.all(names.map(async (name) => (await metrics.getSingleMetric(name)?.get())?.values[0]?.value));
  };
  expect(await counted()).toEqual([0, 1]);

  const absent = { ...right, electionId: 'absent' };
  state.open = [absent, others, right];
  expect(await counted()).toEqual([2, 0]);

  // A file that cannot be read comes first, and the others are still compared.
  writeFileSync(pathOf('broken'), '{');
  state.open = [{ ...right, electionId: 'broken' }, absent, right];
  expect(await counted()).toEqual([2, 1]);
  expect(await counted()).toEqual([2, 1]);
  expect(log.text().match(/election-keys\.unusable/g)).toHaveLength(1);

  // A copy beside the first file has keys too.
  rmSync(pathOf('others'));
  rmSync(pathOf('broken'));
  renameSync(pathOf('right'), join(directory, copyNameOf('right', right.keyCheck)));
  state.open = [];
  expect(await counted()).toEqual([0, 1]);
  state.open = [right];
  expect(await counted()).toEqual([0, 0]);
  await keyFiles.close();
});
