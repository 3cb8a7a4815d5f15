// What voters meet on a bad day: answers that are lost at each hop, processes that die, and the moment of closing.
// Whatever happens, one ballot is counted once and its voter gets its receipt.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Platform } from '../support/processes/processes.ts';
import { startProxy } from '../support/processes/proxy.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';
import type { Answer } from '../support/voter/voter.ts';

// Each test restarts processes, which is slow on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const electionId = `trouble-${randomUUID()}`;
let platform: Platform;
const voter = () => new Voter(platform.origins, electionId);

beforeAll(async () => {
  platform = await startPlatform();
  await platform.load(definition({ id: electionId }));
});
afterAll(() => platform[Symbol.asyncDispose]());

describe('An answer that is lost', () => {
  let before = 0;
  const counted = async () => (await platform.counts(electionId)).participation - before;
  const remember = async () => {
    before = (await platform.counts(electionId)).participation;
  };

  test('After an answer lost between voter and API, the same bytes again give the receipt', async () => {
    await remember();
    const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(platform.origins.api).port) });
    const ann = await new Voter({ ...platform.origins, api: `http://127.0.0.1:${proxy.port}` }, electionId).verify();
    proxy.loseNextAnswer((request) => request.includes('/v1/ballots'));
    await expect(ann.cast(ballot('no'))).rejects.toThrow();
    expect(proxy.lost).toBe(1);
    expect(await counted()).toBe(1);
    const receipt = await ann.cast(ballot('no'));
    expect(receipt.status).toBe(201);
    expect((await ann.cast(ballot('no'))).text).toBe(receipt.text);
    expect(await counted()).toBe(1);
    await proxy.close();
  });

  test('After an answer lost between the API and the ballot server, the API asks again by itself', async () => {
    await remember();
    const ben = await voter().verify();
    platform.hops.toBallots.loseNextAnswer((request) => request.includes('/private/casts'));
    expect((await ben.cast(ballot())).status).toBe(201);
    expect(platform.hops.toBallots.lost).toBe(1);
    expect(await counted()).toBe(1);
  });

  test('After the lost answer of a call with many casts, each voter has a receipt and counts once', async () => {
    await remember();
    const voters = await Promise.all(Array.from({ length: 12 }, () => voter().verify()));
    // The first casts are two calls, and all others are the next one.
    const isMany = (request: Buffer): boolean => request.toString('latin1').split('"ballotKey"').length > 3;
    const before = platform.hops.toBallots.lost;
    platform.hops.toBallots.loseNextAnswer((request) => request.includes('/private/casts') && isMany(request));
    const answers = await Promise.all(voters.map((one) => one.cast(ballot())));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(12);
    expect(platform.hops.toBallots.lost).toBe(before + 1);
    expect(await counted()).toBe(12);
  });

  test('An answer lost between ballot server and database is unknown until the same bytes settle it', async () => {
    await remember();
    const cleo = await voter().verify();
    platform.hops.toIntake.loseNextAnswer((request) => request.includes('cast-ballots'));
    const unknown = await cleo.castOnce(ballot('no', 'blue'));
    expect(unknown).toMatchObject({ status: 503, body: { code: 'outcome-unknown' } });
    expect(platform.hops.toIntake.lost).toBe(1);
    const settled = await cleo.cast(ballot('no', 'blue'));
    expect(settled.status).toBe(201);
    expect((await cleo.cast(ballot('no', 'blue'))).text).toBe(settled.text);
    expect(await counted()).toBe(1);
    expect(await cleo.cast(ballot('yes', 'blue'))).toMatchObject({ status: 409 });
  });

  test('After every process was killed, the token and the ballot key are enough', async () => {
    await remember();
    const dan = await voter().verify();
    const receipt = await dan.cast(ballot('yes', 'green'));
    for (const service of ['api', 'ballots', 'mixer', 'sms'] as const) {
      await platform.restart(service, { signal: 'SIGKILL' });
    }
    expect((await dan.cast(ballot('yes', 'green'))).text).toBe(receipt.text);
    expect(await counted()).toBe(1);
    await until(async () => {
      const { participation, outbox, box } = await platform.counts(electionId);
      return outbox === 0 && participation === box;
    }, 'participation = outbox + box');
  });
});

const slow = { timeout: 150_000 };
describe('The closing time', () => {
  test(
    'A voter who verified before closing may still cast for a while; the count at the end is final',
    slow,
    async () => {
      const id = `closing-${randomUUID()}`;
      const closesAtMs = Date.now() + 30_000;
      await platform.load(definition({ id, closesAt: new Date(closesAtMs).toISOString() }));
      // The grace ends when this test says so.
      const setGrace = (length: string): Promise<unknown> =>
        platform.databases.query('intake', 'update pv.election set grace = $2::interval where election_id = $1', [
          id,
          length,
        ]);
      await setGrace('1 h');
      const [early, inGrace, never] = [1, 2, 3].map(() => new Voter(platform.origins, id)) as [Voter, Voter, Voter];
      await Promise.all([early.verify(), inGrace.verify(), never.verify()]);
      const receipt = await early.cast(ballot());
      expect(receipt.status).toBe(201);

      await pause(closesAtMs - Date.now() + 50);
      expect((await inGrace.cast(ballot())).status).toBe(201);
      expect(await new Voter(platform.origins, id).identify()).toMatchObject({
        status: 403,
        body: { code: 'not-open' },
      });
      const close = () => platform.administer('POST', `/private/elections/${id}/close`);
      await expect(close()).rejects.toMatchObject({ code: 'conflict' });

      await setGrace('0 s');
      expect(await close()).toMatchObject({ participation: 2 });
      expect((await early.cast(ballot())).text).toBe(receipt.text);
      const voted = await early.cast(ballot('no'));
      const didNot = await never.cast(ballot());
      expect(voted).toMatchObject({ status: 403, body: { code: 'not-open' } });
      expect(didNot.text).toBe(voted.text);
      await until(async () => (await platform.counts(id)).box === 2, 'both ballots in the box');
      expect(await platform.counts(id)).toEqual({ participation: 2, outbox: 0, box: 2 });
    },
  );

  test('In the grace period a text of the minute of the end counts, and one of the next does not', async () => {
    const id = `minute-${randomUUID()}`;
    await platform.load(definition({ id }));
    const [inMinute, tooLate] = [1, 2].map(() => new Voter(platform.origins, id)) as [Voter, Voter];
    await Promise.all([inMinute.identify(), tooLate.identify()]);
    // The proof of a text names its minute. So a text after a whole minute is never of the minute before.
    const end = (moment: string): Promise<unknown> =>
      platform.databases.query('intake', `update pv.election set closes_at = ${moment} where election_id = $1`, [id]);
    const castNow = async (voter: Voter): Promise<Answer> => {
      const waiting = voter.wait();
      await voter.text();
      await waiting;
      return voter.cast(ballot());
    };
    await end(`date_trunc('minute', now())`);
    expect(await castNow(tooLate)).toMatchObject({ status: 403, body: { code: 'not-open' } });
    // Where the minute changes during this test, the end is in the new one.
    await end(`date_trunc('minute', now() + interval '10 s') + interval '1 ms'`);
    expect((await castNow(inMinute)).status).toBe(201);
  });
});
