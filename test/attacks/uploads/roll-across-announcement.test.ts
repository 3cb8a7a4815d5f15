// The attacker is one of two administrators. Alone they change the roll of a draft, and together that of an announced
// election. The attacker begins to send a file for the draft, and ends it after the two have announced the election.
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, detailOf, inHours, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';
import type { Person } from '../../support/services/access.ts';
import { sealable } from '../../support/services/voting-election.ts';
import { actTogether, countingDraft, secondAdministrator } from '../../support/services/two-administrators.ts';
import { applyRoll, leaveMissing, takeOffRoll } from '../../../src/store/elections/rolls.ts';

let elections: Elections;
let other: Person;
beforeAll(async () => {
  elections = await startElections();
  other = await secondAdministrator(elections);
  await sealable(elections);
});
afterAll(() => elections[Symbol.asyncDispose]());

const draft = (): Promise<string> =>
  countingDraft(elections, { identity: { scheme: 'roll' }, opensAt: inHours(1), closesAt: inHours(5) });
const announce = (id: string): Promise<Answer> => actTogether(elections, other, `/v1/elections/${id}/announce`);
const send = (id: string, body: string | Readable, query = ''): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/roll${query}`, { body, headers: { 'content-type': 'text/csv' } });
const people = ['1001', '1002'];
const fileOf = (...numbers: string[]): string => `number\n${numbers.join('\n')}\n`;
/** The people of the roll, without those who are leaving it. */
const standing = async (id: string): Promise<string[]> => {
  const { body } = await elections.call('GET', `/v1/elections/${id}/roll`);
  const { people: listed } = body as { people: { number: string; state: string }[] };
  return listed.filter(({ state }) => state !== 'leaving').map(({ number }) => number);
};

describe('A roll across the announcement', () => {
  test.each([
    ['add', fileOf('6666')],
    ['remove', fileOf('1001')],
    ['replace', fileOf('6666')],
    ['replace', fileOf('1001')],
    ['replace', fileOf('1001', '1002', '6666')],
  ])('One administrator cannot %s people by a file that was begun before it: %j', async (mode, file) => {
    const id = await draft();
    expect((await send(id, fileOf(...people))).status).toBe(200);
    const slow = Readable.from(
      (async function* () {
        yield Buffer.from(file.slice(0, 5));
        await announce(id);
        yield Buffer.from(file.slice(5));
      })(),
      { objectMode: false },
    );
    const answer = await send(id, slow, `?mode=${mode}`);
    expect([answer.status, codeOf(answer)], JSON.stringify(answer.body)).toEqual([409, 'conflict']);
    expect(detailOf(answer)).toContain('announced meanwhile');
    expect(await standing(id)).toEqual(people);
  });

  test('One administrator takes off no person for a draft that is announced by then', async () => {
    const id = await draft();
    await send(id, fileOf(...people));
    await announce(id);
    const { administrator } = elections.people;
    const caller = {
      actor: { kind: 'user', userId: administrator.id, role: 'administrator' },
      secondFactor: true,
    } as const;
    const removal = { number: '1001', reason: 'Lives elsewhere.', draft: true };
    await expect(elections.logic.rollPeople.remove(caller, id, removal)).rejects.toMatchObject({ code: 'conflict' });
    expect(await standing(id)).toEqual(people);
  });

  test('The database changes a roll in the state that was expected, and in no other', async () => {
    const { databases, pool } = elections;
    const upload = '4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f30';
    const id = await draft();
    await send(id, fileOf(...people));
    const [row] = await databases.query<{ name: Buffer }>(
      'elections',
      'select name from pv.roll_person where election_id = $1 order by name limit 1',
      [id],
    );
    await databases.query('elections', 'insert into pv.roll_upload (upload, election_id, mode) values ($1, $2, $3)', [
      upload,
      id,
      'replace',
    ]);
    const attempts = async (expected: 'draft' | 'announced' | 'closed') => {
      const states = new Set<string>();
      for await (const part of applyRoll(pool, upload, expected, 10)) {
        states.add(part.state);
        break;
      }
      for await (const part of leaveMissing(pool, upload, expected, 10)) {
        states.add(part.state);
        break;
      }
      return [...states, await takeOffRoll(pool, id, row?.name ?? Buffer.alloc(0), expected)];
    };
    expect(await attempts('announced')).toEqual(['other', 'changed']);
    expect(await attempts('closed')).toEqual(['other', 'changed']);
    expect(await standing(id)).toEqual(people);
    await announce(id);
    expect(await attempts('draft')).toEqual(['other', 'changed']);
    expect(await standing(id)).toEqual(people);
    // All of them leave, so the last one is on the roll still, and leaving.
    expect(await attempts('announced')).toEqual(['announced', 'leaving']);
    expect(await standing(id)).toEqual([]);
  });
});
