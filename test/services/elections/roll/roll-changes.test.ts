// Changes of a roll: checked before they are made, made before the announcement, taken back until the opening, and
// visible to administrators. And the files that were once read wrong, through the service.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RollPage, RollReport } from '../../../../src/protocol/control/roll-api.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import { announced, later } from '../../../support/services/voting-election.ts';
import { tableFixture } from '../../../support/tables.ts';
import { until } from '../../../support/until.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const roll = { identity: { scheme: 'roll' }, opensAt: inHours(1), closesAt: inHours(5) };
const drafted = async (): Promise<string> =>
  electionOf(await elections.call('POST', '/v1/elections', { body: motion(roll) })).id;
const csv = { 'content-type': 'text/csv' };
const upload = (id: string, body: string | Buffer, query = ''): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/roll${query}`, { body, headers: csv });
const reportOf = ({ body }: Answer): RollReport => body as RollReport;
const list = async (id: string, query = ''): Promise<RollPage> =>
  (await elections.call('GET', `/v1/elections/${id}/roll${query}`)).body as RollPage;
const numbersOf = async (id: string): Promise<string[]> => (await list(id)).people.map(({ number }) => number);
const onRoll = async (id: string): Promise<number> => {
  const [row] = await elections.databases.query<{ people: number }>(
    'intake',
    'select count(*)::integer as people from pv.roll where election_id = $1',
    [id],
  );
  return row?.people ?? 0;
};

describe('A file that was once read wrong', () => {
  test.each([
    ['h01-roll-foreign-heading', ['1001', '1002']],
    ['h02-roll-sep-line', ['1001', '1002']],
    ['h03-roll-float-numbers', []],
    ['h04-roll-punctuation-collision', ['1/11', '11/1', '1-1-1', '111']],
    ['h05-roll-cr-only', ['1001', '1002']],
  ])('Case %s adds the right people', async (name, people) => {
    const id = await announced(elections, roll);
    expect(reportOf(await upload(id, tableFixture(name)))).toMatchObject({ added: people.length, settled: true });
    expect(await numbersOf(id)).toEqual(people);
    expect(await onRoll(id)).toBe(people.length);
  });
});

describe('The columns of a roll', () => {
  test('A first row that may be a heading or a person is asked about, without its contents', async () => {
    const id = await announced(elections, roll);
    const file = 'Matrikel;Vorname\nQX7731;Anahita\n';
    const answer = await upload(id, file);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'roll-columns']);
    expect((answer.body as { errors: unknown }).errors).toEqual([
      { path: 'row/1', detail: 'column 1: 8 letters; column 2: 7 letters' },
      { path: 'row/2', detail: 'column 1: 2 letters, 4 digits; column 2: 7 letters' },
    ]);
    for (const text of ['Matrikel', 'QX7731', 'Anahita']) {
      expect(JSON.stringify(answer.body)).not.toContain(text);
      expect(elections.log()).not.toContain(text);
    }
    expect(await onRoll(id)).toBe(0);
    expect(reportOf(await upload(id, file, '?column=Matrikel'))).toMatchObject({ heading: 1, added: 1 });
    expect(reportOf(await upload(id, file, '?column=1&heading=1'))).toMatchObject({ added: 0, alreadyThere: 1 });
    expect(reportOf(await upload(id, file, '?column=1&heading=0'))).toMatchObject({ heading: 0, added: 1 });
    expect(codeOf(await upload(id, file, '?column=Nummer'))).toBe('roll-columns');
    expect(codeOf(await upload(id, file, '?column=3&heading=1'))).toBe('roll-columns');
  });
});

describe('A check of a file', () => {
  test('A check says what the file would change by row, adds up, and changes nothing', async () => {
    const id = await announced(elections, roll);
    await upload(id, 'number,name\n1001,Ana\n1002,Bo\n1003,Cveta\n', '?label=name');
    const file = 'List\nnumber,name\n1001,Ana\n1002,Boris\n\n2001,Dana\n2001,Dana\n20 01,Eva\n=1,x\n';
    const checked = reportOf(await upload(id, file, '?label=name&dryRun=true'));
    expect(checked).toMatchObject({
      dryRun: true,
      mode: 'add',
      rows: 9,
      title: 1,
      heading: 1,
      blank: 1,
      alreadyThere: 1,
      changed: 1,
      added: 1,
      duplicate: 1,
      collision: 1,
      malformed: 1,
      changedRows: [4],
      malformedRows: [{ row: 9, reason: 'not-a-number' }],
      repeatedRows: [
        { row: 7, firstRow: 6, kind: 'duplicate' },
        { row: 8, firstRow: 6, kind: 'collision' },
      ],
    });
    expect(await numbersOf(id)).toEqual(['1001', '1002', '1003']);
    expect((await list(id)).people[1]?.label).toBe('Bo');
    const done = reportOf(await upload(id, file, '?label=name'));
    expect(done).toEqual({ ...checked, dryRun: false });
    expect(await numbersOf(id)).toEqual(['1001', '1002', '1003', '2001']);
    expect((await list(id)).people[1]?.label).toBe('Boris');
    const uploads = await elections.databases.query('elections', 'select from pv.roll_upload');
    expect(uploads).toHaveLength(0);
  });

  test('A check warns of numbers that a spreadsheet may have changed', async () => {
    const id = await announced(elections, roll);
    const numbers = ['100001', '100002', '100003', '100004', '10005', '1E12', '12.5', '2026-11-01', 'A10007'];
    const { warnings } = reportOf(await upload(id, `number\n${numbers.join('\n')}\n`, '?dryRun=true'));
    expect(warnings.map(({ kind }) => kind).sort()).toEqual(['date', 'decimal-point', 'exponent', 'mixed-lengths']);
    expect(warnings.find(({ kind }) => kind === 'mixed-lengths')).toMatchObject({ count: 1, rows: [6] });
  });
});

describe('A roll before the announcement', () => {
  test('A roll imported into a draft can be corrected, and its people are on the roll when it is announced', async () => {
    const id = await drafted();
    expect(reportOf(await upload(id, 'number\n1001\n1002\n1003\n'))).toMatchObject({ added: 3, settled: true });
    expect((await list(id)).people.map(({ state }) => state)).toEqual(['draft', 'draft', 'draft']);
    const removal = { number: ' 1002 ', reason: 'Moved abroad.' };
    expect((await elections.call('POST', `/v1/elections/${id}/roll/removals`, { body: removal })).body).toEqual({
      settled: true,
    });
    expect((await elections.call('POST', `/v1/elections/${id}/announce`)).status).toBe(200);
    expect(await onRoll(id)).toBe(2);
    expect((await list(id)).people).toMatchObject([
      { number: '1001', state: 'on-roll' },
      { number: '1003', state: 'on-roll' },
    ]);
  });

  test('A removed draft takes its roll with it', async () => {
    const id = await drafted();
    await upload(id, 'number\n1001\n');
    const { body } = await elections.call('GET', `/v1/elections/${id}`);
    const { version } = (body as { election: { version: number } }).election;
    await elections.call('DELETE', `/v1/elections/${id}`, { headers: { 'if-match': `"${version}"` } });
    expect(
      await elections.databases.query('elections', 'select from pv.roll_person where election_id = $1', [id]),
    ).toHaveLength(0);
  });
});

describe('A correction of a roll', () => {
  test('A file replaces the whole roll by its difference, and one with doubtful rows does not', async () => {
    const id = await announced(elections, roll);
    await upload(id, 'number\n1001\n1002\nA-7\n');
    const file = 'number\n1001\na-7\n1004\n';
    const checked = reportOf(await upload(id, file, '?mode=replace&dryRun=true'));
    expect(checked).toMatchObject({ added: 1, changed: 1, alreadyThere: 1, removed: 1, rows: 4 });
    expect(codeOf(await upload(id, `${file}?\n`, '?mode=replace'))).toBe('conflict');
    expect(codeOf(await upload(id, 'number\n', '?mode=replace'))).toBe('conflict');
    expect(await numbersOf(id)).toEqual(['1001', '1002', 'A-7']);
    expect(reportOf(await upload(id, file, '?mode=replace'))).toEqual({ ...checked, dryRun: false });
    expect(await numbersOf(id)).toEqual(['1001', 'a-7', '1004']);
    expect(await onRoll(id)).toBe(3);
  });

  test('A file removes its people, and names the rows of those who are not on the roll', async () => {
    const id = await announced(elections, roll);
    await upload(id, 'number\n1001\n1002\n');
    const report = reportOf(await upload(id, 'number\n1002\n1009\n', '?mode=remove'));
    expect(report).toMatchObject({ rows: 3, heading: 1, removed: 1, notOnRoll: 1, notOnRollRows: [3] });
    expect(await numbersOf(id)).toEqual(['1001']);
    expect(await onRoll(id)).toBe(1);
    expect(reportOf(await upload(id, 'number\n1002\n'))).toMatchObject({ added: 1 });
    expect(await onRoll(id)).toBe(2);
  });

  test('A person can be removed until the opening and not after it, and the log has the reason and no number', async () => {
    const id = await announced(elections, roll);
    await upload(id, 'number\nZQ77123\nZQ77124\n');
    const remove = (number: string): Promise<Answer> =>
      elections.call('POST', `/v1/elections/${id}/roll/removals`, { body: { number, reason: 'Left the club.' } });
    expect((await remove('zq77123')).body).toEqual({ settled: true });
    expect(codeOf(await remove('zq77123'))).toBe('conflict');
    await later(elections, id, 3_700);
    expect(codeOf(await remove('ZQ77124'))).toBe('conflict');
    expect(codeOf(await upload(id, 'number\nZQ77124\n', '?mode=remove'))).toBe('conflict');
    expect(await onRoll(id)).toBe(1);
    const entries = await elections.databases.query(
      'elections',
      'select entry from pv.audit_entry where object_id = $1',
      [id],
    );
    expect(JSON.stringify(entries)).toContain('Left the club.');
    for (const text of [JSON.stringify(entries), elections.log()]) expect(text).not.toMatch(/ZQ7712/i);
  });

  test('A removal that meets the opening in ballots is refused, and the person stays', async () => {
    const id = await announced(elections, roll);
    await upload(id, 'number\n1001\n');
    await elections.databases.query(
      'intake',
      `update pv.election set opens_at = now() - interval '1 minute' where election_id = $1`,
      [id],
    );
    const body = { number: '1001', reason: 'Too late.' };
    expect(codeOf(await elections.call('POST', `/v1/elections/${id}/roll/removals`, { body }))).toBe('conflict');
    expect((await list(id)).people).toMatchObject([{ number: '1001', state: 'on-roll' }]);
    expect(await onRoll(id)).toBe(1);
  });
});

describe('The people of a roll', () => {
  test('People are listed by pages, found by number and by part of a label, and exported', async () => {
    const id = await announced(elections, roll);
    const file = 'number,name\n1/11,Ana Anić\n11/1,Bo\n111,"=Cveta, ml."\n';
    await upload(id, file, '?label=name');
    const first = await list(id, '?limit=2');
    expect(first).toMatchObject({ total: 3, unlisted: 0, people: [{ number: '1/11' }, { number: '11/1' }] });
    expect(await list(id, `?limit=2&after=${first.next}`)).toMatchObject({ next: null, people: [{ number: '111' }] });
    expect((await list(id, '?search=11%2F1')).people).toEqual([{ number: '11/1', label: 'Bo', state: 'on-roll' }]);
    expect((await list(id, '?search=anic')).people).toMatchObject([{ label: 'Ana Anić' }]);
    expect((await list(id, '?search=unknown')).people).toEqual([]);
    const exported = await elections.call('GET', `/v1/elections/${id}/roll.csv`);
    expect(exported.headers['content-type']).toBe('text/csv; charset=utf-8');
    for (const as of ['official', 'auditor'] as const) {
      for (const url of ['roll', 'roll.csv']) {
        expect((await elections.call('GET', `/v1/elections/${id}/${url}`, { as })).status).toBe(403);
      }
    }
  });

  test('The database has no number in plain text, and none at all after publication', async () => {
    const id = await announced(elections, roll);
    await upload(id, 'number,name\nSECRET77,Anahita\n', '?label=name');
    const dump = async (): Promise<string> =>
      JSON.stringify(
        await elections.databases.query(
          'elections',
          `select encode(number, 'escape') as number, encode(label, 'escape') as label from pv.roll_person
           where election_id = $1`,
          [id],
        ),
      );
    expect(await dump()).toContain('number');
    expect(await dump()).not.toMatch(/SECRET77|Anahita/);
    await elections.databases.query(
      'elections',
      `update pv.election set state = 'published', participation = 0 where election_id = $1`,
      [id],
    );
    elections.logic.rollSettling.start();
    await until(async () => (await dump()) === '[]');
  });
});

describe('Changes that cannot be sent', () => {
  test('A roll that cannot be read does not prevent the changes of another, and is logged once', async () => {
    const unreadable = await announced(elections, roll);
    const other = await announced(elections, { ...roll, opensAt: inHours(2) });
    for (const id of [unreadable, other]) await upload(id, 'number\n1001\n');
    const { databases } = elections;
    const numbers = 'select number from pv.roll_person where election_id = $1';
    const [stored] = await databases.query('elections', numbers, [unreadable]);
    const update = 'update pv.roll_person set number = $2 where election_id = $1';
    await databases.query('elections', update, [unreadable, Buffer.alloc(60)]);
    await databases.query('intake', 'delete from pv.roll where election_id = any ($1)', [[unreadable, other]]);
    const wait = `update pv.roll_person set state = 'waiting' where election_id = any ($1)`;
    await databases.query('elections', wait, [[unreadable, other]]);
    await until(async () => (await onRoll(other)) === 1, 'the changes of the other roll are sent');
    await until(() => elections.log().includes(`"part":"${unreadable}"`), 'the fault is logged');
    expect(await onRoll(unreadable)).toBe(0);
    expect(elections.log().split(`"part":"${unreadable}"`)).toHaveLength(2);
    await databases.query('elections', update, [unreadable, stored?.['number']]);
    await until(async () => (await onRoll(unreadable)) === 1, 'the changes are sent once they can be read');
  });
});
