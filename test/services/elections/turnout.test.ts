// Turnout: how many took part, by channel, for those who run the election and, signed, for everybody; and never so that
// a single voter could be watched.
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectRedis } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { valueIsSigned, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import type { ShownTurnout } from '../../../src/protocol/control/election-lifecycle-api.ts';
import { publication } from '../../../src/protocol/record/publication.ts';
import type { TurnoutDocument } from '../../../src/protocol/public-document.ts';
import { createLogProbe } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';
import { announced, storedPublication, later, tookPart } from '../../support/services/voting-election.ts';

let elections: Elections;
let edge: Redis;
beforeAll(async () => {
  elections = await startElections();
  edge = connectRedis(inject('redisUrls')['admin'] ?? '', createLogProbe('test').logger, { enableOfflineQueue: true });
});
afterAll(async () => {
  edge.disconnect();
  await elections[Symbol.asyncDispose]();
});

const open = (changes: object = {}): object => ({ opensAt: inHours(-1), closesAt: inHours(5), ...changes });
const read = async (id: string, as: 'administrator' | 'official' | 'auditor' = 'administrator') =>
  (await elections.call('GET', `/v1/elections/${id}/turnout`, { as })).body as ShownTurnout;
const publishedTurnout = async (id: string): Promise<TurnoutDocument | undefined> => {
  const text = await edge.hget('publications', id);
  return text === null ? undefined : publication.parse(JSON.parse(text)).turnout;
};
/** A minute passes, as far as the next turnout is concerned. */
const dueAgain = (id: string): Promise<unknown> =>
  elections.databases.query(
    'elections',
    `update pv.election set turnout_at = turnout_at - interval '1 min' where election_id = $1`,
    [id],
  );

describe('The turnout for officials', () => {
  test('In a rehearsal every voter shows at once, with where the ballots are', async () => {
    const id = await announced(elections, open());
    await tookPart(elections, id, 7);
    for (const as of ['administrator', 'official', 'auditor'] as const) {
      expect(await read(id, as)).toMatchObject({
        electionId: id,
        final: false,
        live: true,
        eligible: null,
        step: 1,
        channels: { online: 7, batches: 0 },
        reconciliation: { participation: 7, outbox: 7, box: 0, difference: 0 },
      });
    }
  });

  test('A ballot that is nowhere shows as a difference', async () => {
    const id = await announced(elections, open());
    await tookPart(elections, id, 3);
    await elections.databases.query(
      'intake',
      'delete from pv.outbox where (election_id, slot) in (select election_id, slot from pv.outbox where election_id = $1 limit 1)',
      [id],
    );
    expect((await read(id)).reconciliation).toMatchObject({ participation: 3, outbox: 2, difference: 1 });
  });

  test('Outside rehearsals voters show in whole steps of K only, to everybody, until the end', async () => {
    const id = await announced(elections, open({ rehearsal: false, contests: twoOptions }));
    for (const [more, online] of [
      [1, 0],
      [48, 0],
      [1, 50],
      [49, 50],
      [1, 100],
    ] as const) {
      await tookPart(elections, id, more);
      expect(await read(id)).toMatchObject({
        step: 50,
        channels: { online },
        reconciliation: { participation: online },
      });
    }
    await dueAgain(id);
    await until(async () => (await publishedTurnout(id))?.turnout.online === 100);
    await tookPart(elections, id, 3);
    await dueAgain(id);
    const before = (await publishedTurnout(id))?.turnout.revision ?? 0;
    await until(async () => ((await publishedTurnout(id))?.turnout.revision ?? 0) > before);
    expect((await publishedTurnout(id))?.turnout).toMatchObject({ online: 100, final: false });
  });

  test('The roll says how many could vote', async () => {
    const id = await announced(elections, open({ identity: { scheme: 'roll' } }));
    const headers = { 'content-type': 'text/csv' };
    await elections.call('POST', `/v1/elections/${id}/roll`, { body: 'number\nA1\nB2\nC3\n', headers });
    expect(await read(id)).toMatchObject({ eligible: 3 });
  });

  test('While ballots is unavailable the turnout shows what was published last, and says so', async () => {
    const id = await announced(elections, open());
    await tookPart(elections, id, 2);
    await dueAgain(id);
    await until(async () => (await publishedTurnout(id))?.turnout.online === 2);
    const back = await elections.stopBallots();
    try {
      expect(await read(id)).toMatchObject({ live: false, channels: { online: 2 }, reconciliation: null });
    } finally {
      await back();
    }
  });

  test('While the box is unavailable, an election without batches is counted all the same', async () => {
    const online = await announced(elections, open());
    const both = await announced(elections, open({ channels: ['online', 'batches'] }));
    await tookPart(elections, online, 2);
    const rename = (from: string, to: string): Promise<unknown> =>
      elections.databases.query('box', `alter schema ${from} rename to ${to}`);
    await rename('pv', 'hidden');
    try {
      expect(await read(online)).toMatchObject({ live: true, channels: { online: 2 }, reconciliation: null });
      expect(await read(both)).toMatchObject({ live: false, reconciliation: null });
    } finally {
      await rename('hidden', 'pv');
    }
  });

  test('A draft has no turnout, and neither has a request without a login', async () => {
    const id = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    expect(codeOf(await elections.call('GET', `/v1/elections/${id}/turnout`))).toBe('conflict');
    expect(codeOf(await elections.call('GET', '/v1/elections/nowhere/turnout'))).toBe('election-not-found');
    expect((await elections.call('GET', `/v1/elections/${id}/turnout`, { as: null })).status).toBe(401);
  });
});

describe('The turnout for everybody', () => {
  test('The turnout is signed by the publisher, in Redis and in ballots, and final after the close', async () => {
    const id = await announced(elections, open({ graceSeconds: 0 }));
    await tookPart(elections, id, 4);
    await elections.call('POST', `/v1/elections/${id}/close`, { body: { reason: 'Done.' } });
    await until(async () => (await publishedTurnout(id))?.turnout.final === true);
    const document = await publishedTurnout(id);
    expect(document?.turnout).toMatchObject({ electionId: id, online: 4, batches: 0, final: true });
    const publishers = verificationKeys(elections.access.keys.public.publishers);
    expect(valueIsSigned(publishers, document?.turnout, document!.signature)).toBe(true);
    await until(async () => (await storedPublication(elections, id))?.turnout?.turnout.final === true);
    expect(await read(id)).toMatchObject({ final: true, channels: { online: 4 } });
    // Nothing is counted any more.
    await dueAgain(id);
    await elections.logic.schedule.poll();
    expect((await publishedTurnout(id))?.turnout.revision).toBe(document?.turnout.revision);
  });

  test('The turnout of an election with batches is not final before its ballots are counted', async () => {
    const id = await announced(elections, open({ channels: ['online', 'batches'] }));
    await later(elections, id, 5 * 3_600 + 121);
    await elections.logic.lifecycle.closeIntake(id);
    expect(await read(id)).toMatchObject({ final: false });
  });

  test('The turnout is made at most once a minute for any number of readers', async () => {
    const id = await announced(elections, open({ rehearsal: false, contests: twoOptions }));
    await until(async () => (await publishedTurnout(id)) !== undefined);
    await Promise.all(Array.from({ length: 20 }, () => elections.logic.turnouts.refresh(id)));
    expect((await publishedTurnout(id))?.turnout.revision).toBe(1);
  });
});

const twoOptions = [
  {
    title: { en: 'Shall the library open on Sundays?' },
    method: 'plurality',
    options: [{ title: { en: 'Yes' } }, { title: { en: 'No' } }],
  },
];
