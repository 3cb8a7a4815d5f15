// The setting that lets one election run at a time: the database keeps it, whatever comes at the same moment.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, detailOf, electionOf, errorsOf, motion, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const hourMs = 3_600_000;
const startMs = Date.parse('2100-01-01T00:00:00Z');
/** Each case has years of its own, which nothing else runs in. */
let years = 0;
const newEra = (): ((hours: number) => string) => {
  const eraMs = startMs + (years += 1) * 365 * 24 * hourMs;
  return (hours) => new Date(eraMs + hours * hourMs).toISOString();
};

const set = (oneAtATime: boolean): Promise<Answer> => elections.call('PATCH', '/v1/settings', { body: { oneAtATime } });
async function draft(opensAt: string, closesAt: string, changes: object = {}): Promise<string> {
  const body = motion({ opensAt, closesAt, rehearsal: false, title: { en: `E ${randomUUID()}` }, ...changes });
  const created = await elections.call('POST', '/v1/elections', { body });
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  return electionOf(created).id;
}
const announce = (id: string): Promise<Answer> => elections.call('POST', `/v1/elections/${id}/announce`);
const change = (id: string, body: object): Promise<Answer> =>
  elections.call('PATCH', `/v1/elections/${id}`, { body, headers: { 'if-match': '*' } });
const fetchElection = async (id: string) => electionOf(await elections.call('GET', `/v1/elections/${id}`));

describe('The setting of one election at a time', () => {
  test('The setting is off at first, on once it is set, and both are audited', async () => {
    expect((await elections.call('GET', '/v1/settings', { as: 'auditor' })).body).toEqual({ oneAtATime: false });
    expect((await set(true)).body).toEqual({ oneAtATime: true });
    expect((await set(true)).body).toEqual({ oneAtATime: true });
    expect((await elections.call('GET', '/v1/settings')).body).toEqual({ oneAtATime: true });
    const { body } = await elections.call('GET', '/v1/audit-log?act=settings.change');
    const { entries } = body as { entries: { entry: { outcome: string; changed: unknown } }[] };
    expect(entries.map(({ entry }) => [entry.outcome, entry.changed])).toEqual([
      ['done', {}],
      ['attempted', null],
      ['done', { oneAtATime: { from: false, to: true } }],
      ['attempted', null],
    ]);
  });

  test.each<[string, [number, number], 'announced' | 'draft']>([
    ['ends as it begins', [5, 10], 'announced'],
    ['begins as it ends', [20, 25], 'announced'],
    ['is long before it', [1, 2], 'announced'],
    ['is long after it', [30, 31], 'announced'],
    ['has the same times', [10, 20], 'draft'],
    ['begins with it', [10, 12], 'draft'],
    ['ends with it', [18, 20], 'draft'],
    ['runs into it', [5, 10.001], 'draft'],
    ['begins just before its end', [19.999, 25], 'draft'],
    ['lies inside it', [12, 15], 'draft'],
    ['lies around it', [5, 25], 'draft'],
  ])('An election that %s is %s', async (_how, [opens, closes], expected) => {
    const at = newEra();
    const first = await draft(at(10), at(20));
    expect((await announce(first)).status).toBeLessThan(300);
    const second = await draft(at(opens), at(closes));
    const answer = await announce(second);
    expect((await fetchElection(second)).state).toBe(expected);
    if (expected === 'announced') return;
    expect([answer.status, codeOf(answer)]).toEqual([409, 'conflict']);
    expect(errorsOf(answer).map(({ path }) => path)).toEqual([`elections/${first}`]);
    const { body } = await elections.call('GET', `/v1/elections/${second}/preview`);
    expect((body as { warnings: { code: string }[] }).warnings.map(({ code }) => code)).toContain('overlaps');
  });

  test('The setting does not count rehearsals', async () => {
    const at = newEra();
    expect((await announce(await draft(at(0), at(10)))).status).toBeLessThan(300);
    expect((await announce(await draft(at(0), at(10), { rehearsal: true }))).status).toBeLessThan(300);
  });

  test('The setting lets through one of five elections that are announced at the same moment', async () => {
    const at = newEra();
    const ids = await Promise.all([0, 1, 2, 3, 4].map((hour) => draft(at(hour), at(hour + 10))));
    await Promise.all(ids.map(announce));
    const states = await Promise.all(ids.map(async (id) => (await fetchElection(id)).state));
    expect(states.sort()).toEqual(['announced', 'draft', 'draft', 'draft', 'draft']);
  });

  test('The setting applies to a change of times, which leaves the election as it was', async () => {
    const at = newEra();
    const first = await draft(at(0), at(10));
    const second = await draft(at(10), at(20));
    for (const id of [first, second]) expect((await announce(id)).status).toBeLessThan(300);
    const refused = await change(second, { opensAt: at(9) });
    expect([codeOf(refused), errorsOf(refused)[0]?.path]).toEqual(['conflict', `elections/${first}`]);
    expect(await fetchElection(second)).toMatchObject({ changing: false, definition: { opensAt: at(10) } });
    expect((await change(second, { opensAt: at(11) })).status).toBe(200);
    // The time that it gave up is free again.
    expect((await change(first, { closesAt: at(11) })).status).toBe(200);
  });

  test('The setting is rejected while announced elections overlap, and names them', async () => {
    await set(false);
    const at = newEra();
    const first = await draft(at(0), at(10));
    const second = await draft(at(5), at(15));
    for (const id of [first, second]) expect((await announce(id)).status).toBeLessThan(300);
    const refused = await set(true);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'conflict']);
    expect(detailOf(refused)).toContain('overlap');
    const { title } = (await fetchElection(first)).definition;
    const [pair] = errorsOf(refused);
    expect([pair?.path, errorsOf(refused).length]).toEqual([`elections/${first}`, 1]);
    expect(pair?.detail).toContain(title['en']);
    expect(pair?.detail).toContain(`elections/${second}`);
    expect((await elections.call('GET', '/v1/settings')).body).toEqual({ oneAtATime: false });
    await change(second, { opensAt: at(10) });
    expect((await set(true)).status).toBe(200);
  });

  test('The setting and a conflicting announcement at the same moment: one of them is rejected', async () => {
    for (let round = 0; round < 5; round += 1) {
      await set(false);
      const at = newEra();
      const ids = [await draft(at(0), at(10)), await draft(at(5), at(15))];
      const answers = await Promise.all([announce(ids[0]!), set(true), announce(ids[1]!)]);
      expect(answers.map(({ status }) => status < 500)).toEqual([true, true, true]);
      const { oneAtATime } = (await elections.call('GET', '/v1/settings')).body as { oneAtATime: boolean };
      const states = await Promise.all(ids.map(async (id) => (await fetchElection(id)).state));
      const both = states.every((state) => state === 'announced');
      expect([round, oneAtATime && both]).toEqual([round, false]);
      if (both) await change(ids[1]!, { opensAt: at(10) });
    }
  });

  test.each([{}, { oneAtATime: 'yes' }, { oneAtATime: null }, { oneAtATime: true, more: 1 }, [], 'x'])(
    'The setting refuses %j',
    async (body) => {
      expect((await elections.call('PATCH', '/v1/settings', { body: JSON.stringify(body) })).status).toBe(400);
    },
  );
});
