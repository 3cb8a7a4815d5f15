// Keys rotate while people vote: each step of `popvote keys rotate` is followed by the restarts that it names. A voter may
// have to send a request again; no one is refused, and every receipt verifies.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { castAnswer } from '../../src/protocol/public-api.ts';
import { checkReceipts } from '../../bench/harness/receipt-check.ts';
import { ballot, definition } from '../support/elections.ts';
import { command } from '../support/processes/command.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Platform } from '../support/processes/processes.ts';
import type { Service } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';
import type { Answer } from '../support/voter/voter.ts';

// Each step restarts processes.
vi.setConfig({ testTimeout: 480_000, hookTimeout: 120_000 });

/** Voters under way at once. */
const votersAtOnce = 4;
/** Between two tries of a request that reached no process, in milliseconds. */
const againMs = 100;

const electionId = `rotation-${randomUUID()}`;
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  await platform.load(definition({ id: electionId }));
});
afterAll(() => platform[Symbol.asyncDispose]());

/**
 * A key, who verifies or opens, and who makes: each is restarted after the step that changes its file. The ones that
 * elections name are made use of by an election that names them.
 */
const rotations: readonly (readonly [string, readonly Service[], Service | null])[] = [
  ['receipts', ['api', 'ballots'], 'ballots'],
  ['mixer', ['ballots'], 'mixer'],
  ['caller-api', ['sms', 'ballots'], 'api'],
  ['tokens', ['api'], 'api'],
  ['attestations', ['ballots', 'sms'], 'sms'],
  ['challenges', ['sms'], 'sms'],
  ['codes', ['ballots', 'sms'], 'sms'],
  ['phone', ['sms', 'api'], null],
  ['identity', ['api'], null],
];

async function rotateKey(...words: string[]): Promise<string> {
  const { code, out, err } = await command(['keys', 'rotate', ...words, '--directory', platform.keysDirectory]);
  expect(code, err).toBe(0);
  return out.trim();
}

test('Keys rotate while people vote: no one is refused, and every receipt verifies', async () => {
  const voters = voting();
  const directory = platform.keysDirectory;
  for (const [name, openers, maker] of rotations) {
    const kid = await rotateKey(name, '--announce');
    for (const service of openers) await platform.restart(service);
    await voters.more();
    await rotateKey(name, '--use', kid);
    if (maker !== null) await platform.restart(maker);
    await voters.more();
  }
  await rotateKey('limits');
  for (const service of ['sms', 'api'] as const) await platform.restart(service);
  await voters.more();
  const { receipts, refused } = await voters.end();
  expect(refused).toEqual([]);
  // An election keeps the key that its manifest names.
  const kids = new Set(receipts.map((text) => castAnswer.parse(JSON.parse(text)).receipt.kid));
  expect([...kids]).toEqual([platform.keys.ballots.receipts.kid]);
  expect(checkReceipts(receipts, readKeyFile(directory, 'public')).verified).toBe(receipts.length);
  await until(async () => (await platform.counts(electionId)).box === receipts.length, 'all ballots in the box');
});

test.each(['hkid', 'phone-only'] as const)(
  'A person who began before a rotation votes once, in an election with the scheme %s',
  async (scheme) => {
    const old = `once-${randomUUID()}`;
    const load = async (id: string, keys?: { identity: string; phone: string }): Promise<void> =>
      platform.load(definition({ id, identity: { scheme }, ...(keys && { keys }) }));
    await load(old);
    const person = (id: string, same: { identity: string; phone: string }) => new Voter(platform.origins, id, same);
    const own = new Voter(platform.origins, old);
    const same = { identity: scheme === 'phone-only' ? '' : own.identity, phone: own.phone };
    const verified = await person(old, same).verify();
    const pending = person(old, same);
    await pending.identify();

    const keys = { identity: await rotateKey('identity'), phone: await rotateKey('phone') };
    for (const service of ['sms', 'api'] as const) await platform.restart(service);
    const later = await person(old, same).verify();
    await pending.text();
    expect((await pending.wait()).body).toMatchObject({ state: 'verified' });
    const answers = [await verified.cast(ballot()), await pending.cast(ballot()), await later.cast(ballot())];
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual([
      [201, undefined],
      [409, 'already-recorded'],
      [409, 'already-recorded'],
    ]);
    expect((await platform.counts(old)).participation).toBe(1);

    // A new election names the new keys, and the same person votes in it once too.
    const fresh = `fresh-${randomUUID()}`;
    await load(fresh, keys);
    const first = await (await person(fresh, same).verify()).cast(ballot());
    const second = await (await person(fresh, same).verify()).cast(ballot());
    expect([first.status, second.status]).toEqual([201, 409]);
  },
);

/** People who vote one after the other, until `end`. */
function voting() {
  const receipts: string[] = [];
  const refused: string[] = [];
  const ending = new AbortController();
  const patient = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        // A process that restarts gives no answer, or 503, after which a text has no number to go to. Any other
        // rejection of a step is one of the voter.
        if (/"status":4/.test(String(error)) && !String(error).includes('body/to')) refused.push(String(error));
        await pause(againMs);
      }
    }
  };
  const isCertain = ({ status }: Answer): boolean => status !== 503;
  const one = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const voter = new Voter(platform.origins, electionId);
      await patient(() => voter.verify());
      const answer = await patient(async () => {
        const next = await voter.cast(ballot());
        if (!isCertain(next)) throw new Error('not certain');
        return next;
      });
      if (answer.status === 201) receipts.push(answer.text);
      else refused.push(answer.text);
    }
  };
  const all = Promise.all(Array.from({ length: votersAtOnce }, one));
  return {
    /** Resolves when every voter of now and one more for each has ended. */
    async more() {
      const target = receipts.length + refused.length + 2 * votersAtOnce;
      await until(() => receipts.length + refused.length >= target, 'more votes');
    },
    async end() {
      ending.abort();
      await all;
      return { receipts, refused };
    },
  };
}
