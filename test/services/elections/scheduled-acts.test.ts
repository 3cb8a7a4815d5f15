// Acts that administrators plan for a moment, over the API beside a real `ballots`: carried out at that moment, once,
// whatever restarts in between.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScheduledAct } from '../../../src/protocol/control/election-lifecycle-api.ts';
import { codeOf, detailOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import { recordStatements } from '../../support/closing.ts';
import { announced, sealable } from '../../support/services/voting-election.ts';
import { until } from '../../support/until.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
  await sealable(elections);
});
afterAll(() => elections[Symbol.asyncDispose]());

const reason = 'As announced to the press.';
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
const plan = (id: string, act: string, at: string): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/scheduled-acts`, { body: { act, at, reason } });
const planOf = ({ body }: Answer): ScheduledAct => (body as { scheduledAct: ScheduledAct }).scheduledAct;
const plansOf = async (id: string): Promise<readonly ScheduledAct[]> => {
  const { body } = await elections.call('GET', `/v1/elections/${id}/scheduled-acts`);
  return (body as { scheduledActs: ScheduledAct[] }).scheduledActs;
};
const stateOf = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`)).state;
const draft = async (changes: object = {}): Promise<string> =>
  electionOf(await elections.call('POST', '/v1/elections', { body: motion(changes) })).id;
/** Moves the moment of every plan of an election into the past. */
const due = (id: string, seconds = 1): Promise<unknown> =>
  elections.databases.query(
    'elections',
    `update pv.scheduled_act set due_at = clock_timestamp() - make_interval(secs => $2) where election_id = $1`,
    [id, seconds],
  );
const carryOut = () => elections.logic.scheduledActs.poll();
const actsOf = async (id: string, act: string): Promise<string[]> =>
  (
    await elections.databases.query<{ line: string }>(
      'elections',
      `select (entry::jsonb ->> 'outcome') || ' ' || actor as line from pv.audit_entry
       where object_id = $1 and act = $2 order by number`,
      [id, act],
    )
  ).map(({ line }) => line);

describe('A plan that waits', () => {
  test('A plan is shown, cancelled, and then never carried out', async () => {
    const id = await draft();
    const answer = await plan(id, 'announce', inSeconds(3_600));
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    const { id: planId } = planOf(answer);
    expect(await plansOf(id)).toMatchObject([{ id: planId, act: 'announce', state: 'waiting', problem: null }]);
    expect(detailOf(await plan(id, 'announce', inSeconds(7_200)))).toContain('scheduled already');
    const address = `/v1/elections/${id}/scheduled-acts/${planId}`;
    expect((await elections.call('DELETE', address)).status).toBe(204);
    expect(codeOf(await elections.call('DELETE', address))).toBe('conflict');
    await due(id);
    await carryOut();
    expect(await plansOf(id)).toMatchObject([{ state: 'cancelled' }]);
    expect(await stateOf(id)).toBe('draft');
  });

  test('Past moments, unknown elections and other roles are rejected', async () => {
    const id = await draft();
    expect(detailOf(await plan(id, 'announce', inSeconds(-1)))).toContain('not in the future');
    expect(codeOf(await plan('nowhere', 'announce', inSeconds(60)))).toBe('election-not-found');
    expect(codeOf(await plan(id, 'delete', inSeconds(60)))).toBe('invalid-request');
    expect(codeOf(await plan(id, 'close', 'tomorrow'))).toBe('invalid-request');
    const other = await draft();
    const { id: planId } = planOf(await plan(id, 'close', inSeconds(60)));
    expect(codeOf(await elections.call('DELETE', `/v1/elections/${other}/scheduled-acts/${planId}`))).toBe(
      'plan-not-found',
    );
    for (const as of ['official', 'auditor'] as const) {
      const body = { act: 'announce', at: inSeconds(60), reason };
      const answer = await elections.call('POST', `/v1/elections/${id}/scheduled-acts`, { as, body });
      expect(answer.status).toBe(403);
    }
  });

  test('The plans of a deleted draft end with it', async () => {
    const id = await draft();
    await plan(id, 'announce', inSeconds(60));
    await elections.call('DELETE', `/v1/elections/${id}`, { headers: { 'if-match': '*' } });
    await due(id);
    await carryOut();
    expect(codeOf(await elections.call('GET', `/v1/elections/${id}/scheduled-acts`))).toBe('election-not-found');
  });
});

describe('A plan that is due', () => {
  test('A draft is announced at its moment, in the name of the administrator', async () => {
    const id = await draft();
    const at = Date.now() + 8_000;
    expect((await plan(id, 'announce', new Date(at).toISOString())).status).toBe(201);
    elections.logic.scheduledActs.start();
    try {
      await until(async () => (await plansOf(id))[0]?.state === 'done');
    } finally {
      await elections.logic.scheduledActs.stop();
    }
    const [done] = await plansOf(id);
    const lateMs = Date.parse(done?.finishedAt ?? '') - at;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(10_000);
    expect(await stateOf(id)).toBe('announced');
    const { id: user } = elections.people.administrator;
    expect(await actsOf(id, 'election.announce')).toEqual([`attempted ${user}`, `done ${user}`]);
  });

  test('Three processes that poll at once announce once', async () => {
    const id = await draft();
    await plan(id, 'announce', inSeconds(60));
    await due(id);
    const others = await Promise.all(Array.from({ length: 2 }, () => startElections({ beside: elections })));
    try {
      const all = [elections, ...others].flatMap((one) => Array.from({ length: 7 }, () => one));
      await Promise.all(all.map(({ logic }) => logic.scheduledActs.poll()));
    } finally {
      for (const other of others) await other[Symbol.asyncDispose]();
    }
    expect(await stateOf(id)).toBe('announced');
    expect(await actsOf(id, 'election.announce')).toHaveLength(2);
  });

  test('A process that ended after the act and before its record repeats it without effect', async () => {
    const id = await draft();
    await plan(id, 'announce', inSeconds(60));
    await due(id);
    await carryOut();
    const before = electionOf(await elections.call('GET', `/v1/elections/${id}`));
    // As if the process had ended before it recorded the end of the plan, and its lease had expired.
    await elections.databases.query(
      'elections',
      `update pv.scheduled_act set state = 'waiting', finished_at = null, leased_until = null where election_id = $1`,
      [id],
    );
    await carryOut();
    expect(await plansOf(id)).toMatchObject([{ state: 'done' }]);
    expect(electionOf(await elections.call('GET', `/v1/elections/${id}`)).version).toBe(before.version);
  });

  test('While a process holds a plan no other takes it, and it cannot be cancelled', async () => {
    const id = await draft();
    const { id: planId } = planOf(await plan(id, 'announce', inSeconds(60)));
    await due(id);
    await elections.databases.query(
      'elections',
      `update pv.scheduled_act set leased_until = clock_timestamp() + interval '1 min' where election_id = $1`,
      [id],
    );
    await carryOut();
    expect(await stateOf(id)).toBe('draft');
    const answer = await elections.call('DELETE', `/v1/elections/${id}/scheduled-acts/${planId}`);
    expect(detailOf(answer)).toContain('being carried out');
  });

  test('A plan that was due while the service was not running is carried out when it starts', async () => {
    const id = await draft();
    await plan(id, 'announce', inSeconds(60));
    await due(id, 3_600);
    elections.logic.scheduledActs.start();
    try {
      await until(async () => (await stateOf(id)) === 'announced');
    } finally {
      await elections.logic.scheduledActs.stop();
    }
  });

  test('An act that is rejected is failed with the reason, once', async () => {
    const id = await draft({ opensAt: inHours(-3), closesAt: inHours(-1) });
    await plan(id, 'announce', inSeconds(60));
    await due(id);
    await carryOut();
    await carryOut();
    expect(await plansOf(id)).toMatchObject([{ state: 'failed', problem: { code: 'conflict' } }]);
    expect((await plansOf(id))[0]?.problem?.detail).toContain('closesAt is in the past');
    expect(await actsOf(id, 'election.announce')).toHaveLength(2);
  });

  test('While ballots is unavailable a plan waits, and is done when it is back', async () => {
    const id = await draft();
    await plan(id, 'announce', inSeconds(60));
    await due(id);
    const startAgain = await elections.stopBallots();
    await carryOut();
    expect(await plansOf(id)).toMatchObject([{ state: 'waiting', problem: null }]);
    await startAgain();
    await until(async () => {
      await carryOut();
      return (await plansOf(id))[0]?.state === 'done';
    });
    expect(await stateOf(id)).toBe('announced');
  });

  test('Closing, counting and publishing planned for one moment happen in their order', async () => {
    const id = await announced(elections, {
      opensAt: inHours(-1),
      closesAt: inHours(5),
      rehearsal: true,
      graceSeconds: 0,
    });
    for (const act of ['publish', 'count', 'close']) await plan(id, act, inSeconds(60));
    await due(id);
    await until(async () => {
      await carryOut();
      await elections.logic.schedule.poll();
      await recordStatements(elections.databases, elections.access.keys.public);
      return (await plansOf(id)).every(({ state }) => state === 'done');
    });
    expect(await stateOf(id)).toBe('published');
  });
});
