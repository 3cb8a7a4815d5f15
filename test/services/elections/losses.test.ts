// Recorded votes that a restore lost: `elections` keeps the marks that show it, refuses to count, raises the alarm, and
// audits the accepted loss. Databases are copied and restored as by an operator.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { connectRedis } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { valueIsSigned, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import type { AuditLogPage } from '../../../src/protocol/control/audit-log-api.ts';
import type { Live } from '../../../src/protocol/control/live-api.ts';
import { publication } from '../../../src/protocol/record/publication.ts';
import type { TurnoutBody } from '../../../src/protocol/public-results.ts';
import { createLogProbe } from '../../support/log.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../../support/services/counted-election.ts';
import type { Ballots } from '../../support/services/counted-election.ts';
import { codeOf, detailOf, electionOf, errorsOf, inHours, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import { recordStatements } from '../../support/closing.ts';
import { until } from '../../support/until.ts';
import { announced, later, newCast, sealable, sendCast, tookPart } from '../../support/services/voting-election.ts';

let elections: Elections;
let ballots: Ballots;
let edge: Redis;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  edge = connectRedis(inject('redisUrls')['admin'] ?? '', createLogProbe('test').logger, { enableOfflineQueue: true });
});
beforeEach(() => sealable(elections));
afterAll(async () => {
  edge.disconnect();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const reason = 'The server was lost, and the newest copy is of noon.';
const accept = (id: string, as: 'administrator' | 'official' | 'auditor' = 'administrator'): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/accept-loss`, { as, body: { reason } });
const refresh = (id: string): Promise<void> => elections.logic.turnouts.refreshNow(id);
async function turnoutOf(id: string): Promise<TurnoutBody> {
  const { turnout } = publication.parse(JSON.parse((await edge.hget('publications', id)) ?? ''));
  if (!turnout) throw new Error('no turnout');
  return turnout.turnout;
}
const alarmsOf = async (id: string): Promise<string[]> => {
  const { body } = await elections.call('GET', `/v1/elections/${id}/live`);
  return (body as Live).alarms.map(({ code }) => code);
};
const open = (changes: object = {}): object => ({ opensAt: inHours(-1), closesAt: inHours(5), ...changes });
/** Votes after the copy are lost: a restore as by an operator, while every service runs. */
async function restoredElection(before: number, after: number): Promise<string> {
  const id = await announced(elections, open());
  await tookPart(elections, id, before);
  await refresh(id);
  const restore = await elections.databases.backUp(['intake', 'box']);
  await tookPart(elections, id, after);
  await refresh(id);
  await restore();
  return id;
}

describe('Lost votes while voting is open', () => {
  test('A restore interrupts voting, with an alarm, until an administrator accepts the loss with a reason', async () => {
    const id = await restoredElection(2, 3);
    expect((await turnoutOf(id)).mark).toMatchObject({ mark: { voters: 5, losses: 0 } });
    await refresh(id);
    const interrupted = await turnoutOf(id);
    expect(interrupted).toMatchObject({ interrupted: true, online: 5, mark: { mark: { voters: 5, losses: 0 } } });
    const cast = newCast(elections, id);
    expect(await sendCast(elections, cast)).toBe('voting-interrupted');
    expect(await alarmsOf(id)).toContain('votes-missing');
    expect(elections.log()).toContain('marks.votes-missing');
    // Another refresh does not publish the lower numbers.
    await refresh(id);
    expect(await turnoutOf(id)).toEqual(interrupted);

    expect((await accept(id, 'official')).status).toBe(403);
    expect((await accept(id, 'auditor')).status).toBe(403);
    expect(await sendCast(elections, cast)).toBe('voting-interrupted');
    const answer = await accept(id);
    expect(answer).toMatchObject({ status: 200, body: { loss: { votersMarked: 5, votersFound: 2 } } });
    expect(await sendCast(elections, cast)).toBe('recorded');
    await until(async () => !(await alarmsOf(id)).includes('votes-missing'), 'the end of the alarm');
    const turnout = await turnoutOf(id);
    expect(turnout).toMatchObject({ online: 2, mark: { mark: { voters: 2, losses: 1 } } });
    expect(turnout.interrupted).toBeUndefined();

    const again = await accept(id);
    expect([again.status, codeOf(again)]).toEqual([409, 'conflict']);
    const { body } = await elections.call('GET', `/v1/audit-log?act=election.accept-loss&objectId=${id}`);
    const entries = (body as AuditLogPage).entries.map(({ entry }) => entry);
    expect(entries.find(({ outcome }) => outcome === 'done')).toMatchObject({
      reason,
      changed: { acceptedLoss: { to: { votersMarked: 5, votersFound: 2 } } },
    });
  });

  test('Others who vote up to the same number do not hide the loss', async () => {
    const id = await restoredElection(2, 3);
    await tookPart(elections, id, 3);
    await refresh(id);
    expect(await turnoutOf(id)).toMatchObject({ interrupted: true });
    expect(await sendCast(elections, newCast(elections, id))).toBe('voting-interrupted');
  });

  test('A mark in the public document alone interrupts voting at once', async () => {
    const id = await restoredElection(2, 3);
    await elections.databases.query('elections', 'delete from pv.kept_mark where election_id = $1', [id]);
    const { mark } = await turnoutOf(id);
    expect(mark).toBeDefined();
    expect(await sendCast(elections, { ...newCast(elections, id), ...(mark && { mark }) })).toBe('voting-interrupted');
    await refresh(id);
    expect(await turnoutOf(id)).toMatchObject({ interrupted: true });
  });

  test('An older copy of the own database alone is no loss', async () => {
    const id = await announced(elections, open());
    await tookPart(elections, id, 2);
    await refresh(id);
    const [{ mark } = { mark: null }] = await elections.databases.query<{ mark: object }>(
      'elections',
      'select mark from pv.kept_mark where election_id = $1',
      [id],
    );
    await tookPart(elections, id, 2);
    await refresh(id);
    await elections.databases.query(
      'elections',
      'update pv.kept_mark set mark = $2, voters = 2 where election_id = $1',
      [id, JSON.stringify(mark)],
    );
    await refresh(id);
    expect(await turnoutOf(id)).toMatchObject({ online: 4, mark: { mark: { voters: 4 } } });
    expect(await sendCast(elections, newCast(elections, id))).toBe('recorded');
  });

  test('A loss of a draft, and of an election without loss, is not accepted', async () => {
    const id = await announced(elections, open());
    expect(detailOf(await accept(id))).toContain('No recorded votes');
    expect((await accept('nowhere')).status).toBe(404);
  });
});

describe('The mark in the turnout', () => {
  test('Outside rehearsals the mark changes only when the turnout moves by a step', async () => {
    const id = await announced(elections, open({ rehearsal: false }));
    await refresh(id);
    const first = (await turnoutOf(id)).mark;
    expect(first).toMatchObject({ mark: { voters: 0 } });
    await tookPart(elections, id, 49);
    await refresh(id);
    expect((await turnoutOf(id)).mark).toEqual(first);
    await tookPart(elections, id, 1);
    await refresh(id);
    const second = (await turnoutOf(id)).mark;
    expect(second).toMatchObject({ mark: { voters: 50 } });
    const keys = verificationKeys(elections.access.keys.public.receipts);
    expect(second && valueIsSigned(keys, second.mark, second.signature)).toBe(true);
  });

  test('A loss of fewer voters than a step is noticed too', async () => {
    const id = await announced(elections, open({ rehearsal: false }));
    await tookPart(elections, id, 3);
    await refresh(id);
    const restore = await elections.databases.backUp(['intake', 'box']);
    await tookPart(elections, id, 1);
    await refresh(id);
    await restore();
    await refresh(id);
    expect(await sendCast(elections, newCast(elections, id))).toBe('voting-interrupted');
    expect(await turnoutOf(id)).toMatchObject({ interrupted: true, online: 0 });
  });
});

describe('Lost votes after the end', () => {
  const contests = ['contest-1'];
  const yes = (count: number) => ({ choices: [['option-1']], count });
  /** Restored databases close their connections, so a call may be busy for a moment. */
  async function count(id: string): Promise<Answer> {
    let answer = await elections.call('POST', `/v1/elections/${id}/count`);
    await until(async () => {
      if (answer.status === 503) answer = await elections.call('POST', `/v1/elections/${id}/count`);
      return answer.status !== 503;
    }, 'an answer that is not busy');
    return answer;
  }

  test('A count is refused until the loss is accepted, and the results report it', async () => {
    const id = await openElection(elections);
    await ballots.cast(id, contests, [yes(4)]);
    const restore = await elections.databases.backUp(['intake', 'box']);
    await ballots.cast(id, contests, [yes(6)]);
    await refresh(id);
    await later(elections, id, 12 * 3_600);
    await until(async () => {
      await elections.logic.schedule.poll();
      return electionOf(await elections.call('GET', `/v1/elections/${id}`)).state === 'closed';
    }, 'the closed intake');
    await restore();
    // In the restored copy time has not moved.
    await elections.databases.query(
      'intake',
      `update pv.election set opens_at = opens_at - interval '12 h', closes_at = closes_at - interval '12 h'
       where election_id = $1`,
      [id],
    );
    const refused = await count(id);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'not-drained']);
    expect(errorsOf(refused).map(({ path }) => path)).toContain('intake');

    expect(await accept(id)).toMatchObject({ status: 200, body: { loss: { votersMarked: 10, votersFound: 4 } } });
    expect((await count(id)).status).toBe(409);
    await recordStatements(elections.databases, elections.access.keys.public);
    expect(await count(id)).toMatchObject({ status: 200 });
    const { results } = resultsOf(await elections.call('GET', `/v1/elections/${id}/results`));
    expect(results.acceptedLosses).toEqual([{ votersMarked: 10, votersFound: 4 }]);
    expect(results.turnout.online).toBe(4);
    // Another count, and a recount, give the same bytes.
    expect(await count(id)).toMatchObject({ status: 200 });
    expect(await elections.logic.recount(id)).toMatchObject({ same: true });
    expect((await accept(id)).status).toBe(409);
  });

  test('Results without a loss do not mention one', async () => {
    const id = await openElection(elections);
    await ballots.cast(id, contests, [yes(4)]);
    await closeElection(elections, id);
    expect(await count(id)).toMatchObject({ status: 200 });
    const { results } = resultsOf(await elections.call('GET', `/v1/elections/${id}/results`));
    expect(results).not.toHaveProperty('acceptedLosses');
  });
});
