// Rolls whose people have a second element: read by its column, listed and exported, corrected only by taking a person
// off first, and never changed in kind while people are on the roll.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RollPage, RollReport } from '../../../../src/protocol/control/roll-api.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import { announced } from '../../../support/services/voting-election.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const times = { opensAt: inHours(1), closesAt: inHours(5) };
const withPin = { identity: { scheme: 'roll', second: 'pin' }, ...times };
const drafted = async (changes: object = withPin): Promise<string> =>
  electionOf(await elections.call('POST', '/v1/elections', { body: motion(changes) })).id;
const csv = { 'content-type': 'text/csv' };
const upload = (id: string, body: string, query = ''): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/roll${query}`, { body, headers: csv });
const reportOf = ({ body }: Answer): RollReport => body as RollReport;
const peopleOf = async (id: string, query = ''): Promise<(string | undefined)[][]> => {
  const { body } = await elections.call('GET', `/v1/elections/${id}/roll${query}`);
  return (body as RollPage).people.map(({ number, second }) => [number, second]);
};
const tagsOf = async (id: string): Promise<string[]> => {
  const rows = await elections.databases.query<{ tag: string }>(
    'intake',
    `select encode(voter_tag, 'hex') as tag from pv.roll where election_id = $1 order by 1`,
    [id],
  );
  return rows.map(({ tag }) => tag);
};
const remove = (id: string, number: string): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/roll/removals`, { body: { number, reason: 'A wrong PIN.' } });

describe('A definition with a second element', () => {
  test('Only a roll has a second element, and only of a known kind', async () => {
    for (const identity of [
      { scheme: 'hkid', second: 'pin' },
      { scheme: 'phone-only', second: 'birth-date' },
      { scheme: 'roll', second: 'password' },
    ]) {
      const answer = await elections.call('POST', '/v1/elections', { body: motion({ identity, ...times }) });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain('identity/second');
    }
  });

  test('A second element cannot change while people are on the roll, nor after the announcement', async () => {
    const id = await drafted();
    const change = (second: string | null): Promise<Answer> =>
      elections.call('PATCH', `/v1/elections/${id}`, {
        headers: { 'if-match': '*' },
        body: { identity: second === null ? { scheme: 'roll' } : { scheme: 'roll', second } },
      });
    expect((await change('birth-date')).status).toBe(200);
    expect((await change('pin')).status).toBe(200);
    await upload(id, 'number;pin\n1001;0042\n');
    for (const second of ['birth-date', null]) {
      const answer = await change(second);
      expect([codeOf(answer), JSON.stringify(answer.body)]).toEqual([
        'conflict',
        expect.stringMatching(/mode `remove`/),
      ]);
    }
    expect((await change('pin')).status).toBe(200);
    await upload(id, 'number\n1001\n', '?mode=remove');
    expect((await change('birth-date')).status).toBe(200);
    expect((await change('pin')).status).toBe(200);
    expect((await elections.call('POST', `/v1/elections/${id}/announce`)).status).toBe(200);
    expect(codeOf(await change(null))).toBe('conflict');
    expect((await change('pin')).status).toBe(200);
  });
});

describe('A file with second elements', () => {
  test('The column is known by its heading or asked for, and a row without an element is malformed', async () => {
    const id = await announced(elections, withPin);
    const file = 'number;Kod;name\n1001;00421793;Ana\n1002;12;Bo\n1003;;Cveta\n1004;１２３４;Dana\n1005;1234.0;Eva\n';
    const answer = await upload(id, file);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'roll-columns']);
    expect(JSON.stringify(answer.body)).toMatch(/“second”/);
    expect(JSON.stringify(answer.body)).not.toContain('00421793');
    expect(codeOf(await upload(id, file, '?second=PIN'))).toBe('roll-columns');
    expect(codeOf(await upload(id, file, '?second=number'))).toBe('roll-columns');
    expect(await tagsOf(id)).toEqual([]);
    const report = reportOf(await upload(id, file, '?second=Kod&dryRun=true'));
    expect(report).toMatchObject({
      added: 2,
      malformed: 3,
      malformedRows: [
        { row: 3, reason: 'second-element' },
        { row: 4, reason: 'second-element' },
        { row: 6, reason: 'second-element' },
      ],
    });
    expect(reportOf(await upload(id, file, '?second=2'))).toEqual({ ...report, dryRun: false });
    expect(await peopleOf(id)).toEqual([
      ['1001', '00421793'],
      ['1004', '1234'],
    ]);
    expect(elections.log()).not.toContain('00421793');
    const rows = await elections.databases.query(
      'elections',
      `select encode(number, 'escape') as number from pv.roll_person where election_id = $1`,
      [id],
    );
    expect(JSON.stringify(rows)).not.toContain('00421793');
  });

  test('An election without a second element refuses the column, and one with birth dates refuses slashes', async () => {
    const plain = await announced(elections, { identity: { scheme: 'roll' }, ...times });
    const refused = await upload(plain, 'number;pin\n1001;0042\n', '?second=pin');
    expect([codeOf(refused), JSON.stringify(refused.body)]).toEqual([
      'invalid-request',
      expect.stringContaining('querystring/second'),
    ]);
    expect(reportOf(await upload(plain, 'number;pin\n1001;0042\n')).added).toBe(1);
    expect(await peopleOf(plain)).toEqual([['1001', undefined]]);

    const id = await announced(elections, { identity: { scheme: 'roll', second: 'birth-date' }, ...times });
    const rows = [
      '1;1980-12-31',
      '2;31.12.1980.',
      '3;31/12/1980',
      '4;12/31/1980',
      '5;03-04-1980',
      '6;29586',
      '7;1.1.80',
    ];
    expect(reportOf(await upload(id, `number;Datum rođenja\n${rows.join('\n')}\n`))).toMatchObject({
      added: 2,
      malformed: 5,
    });
    expect(await peopleOf(id)).toEqual([
      ['1', '1980-12-31'],
      ['2', '1980-12-31'],
    ]);
    const exported = (await elections.call('GET', `/v1/elections/${id}/roll.csv`)).body as string;
    expect(exported).toBe('\uFEFFnumber,birth date,label\r\n1,1980-12-31,\r\n2,1980-12-31,\r\n');
    expect(reportOf(await upload(id, exported))).toMatchObject({ alreadyThere: 2, added: 0 });
    // A label may be empty.
    expect(reportOf(await upload(id, exported, '?label=label'))).toMatchObject({ changed: 2, added: 0 });
    expect(reportOf(await upload(id, exported, '?label=label'))).toMatchObject({ alreadyThere: 2, changed: 0 });
  });

  test('A number with two elements in one file, or another one than on the roll, is a collision by its row', async () => {
    const id = await announced(elections, withPin);
    const file = 'number,pin\n1001,0042\n1001,0042\n1001,0043\n1002,0043\n';
    expect(reportOf(await upload(id, file))).toMatchObject({
      added: 2,
      duplicate: 1,
      collision: 1,
      repeatedRows: [
        { row: 3, firstRow: 2, kind: 'duplicate' },
        { row: 4, firstRow: 2, kind: 'collision' },
      ],
    });
    const before = await tagsOf(id);
    expect(before).toHaveLength(2);
    expect(reportOf(await upload(id, 'number,pin\n1001,0099\n1002,0043\n'))).toMatchObject({
      alreadyThere: 1,
      collision: 1,
      repeatedRows: [{ row: 2, firstRow: null, kind: 'collision' }],
    });
    expect(await tagsOf(id)).toEqual(before);
    expect(await peopleOf(id, '?search=0042')).toEqual([['1001', '0042']]);
  });
});

describe('A correction of a second element', () => {
  test('In a draft a file replaces elements, and the announcement sends the new ones', async () => {
    const id = await drafted();
    await upload(id, 'number,pin\n1001,0042\n1002,0043\n');
    expect(reportOf(await upload(id, 'number,pin\n1001,0099\n1002,0043\n', '?mode=replace'))).toMatchObject({
      changed: 1,
      alreadyThere: 1,
    });
    expect(await peopleOf(id)).toEqual([
      ['1001', '0099'],
      ['1002', '0043'],
    ]);
    await elections.call('POST', `/v1/elections/${id}/announce`);
    const before = await tagsOf(id);
    // The same people in a removal and a new import have the same digests.
    await upload(id, 'number\n1001\n1002\n', '?mode=remove');
    expect(await tagsOf(id)).toEqual([]);
    await upload(id, 'number,pin\n1001,0099\n1002,0043\n');
    expect(await tagsOf(id)).toEqual(before);
  });

  test('After the announcement a replacement that changes an element is refused by its rows', async () => {
    const id = await announced(elections, withPin);
    await upload(id, 'number,pin\n1001,0042\n1002,0043\n');
    const before = await tagsOf(id);
    const file = 'number,pin\n1001,0099\n1002,0043\n';
    expect(reportOf(await upload(id, file, '?mode=replace&dryRun=true'))).toMatchObject({
      changed: 1,
      changedRows: [2],
    });
    const refused = await upload(id, file, '?mode=replace');
    expect([codeOf(refused), (refused.body as { errors: unknown }).errors]).toEqual([
      'conflict',
      [expect.objectContaining({ path: 'row/2' })],
    ]);
    expect(await tagsOf(id)).toEqual(before);
    expect(await peopleOf(id)).toEqual([
      ['1001', '0042'],
      ['1002', '0043'],
    ]);
    expect((await remove(id, '1001')).body).toEqual({ settled: true });
    expect(reportOf(await upload(id, file))).toMatchObject({ added: 1, alreadyThere: 1 });
    const after = await tagsOf(id);
    expect(after).toHaveLength(2);
    expect(after.filter((tag) => before.includes(tag))).toHaveLength(1);
  });

  test('A person whose removal is not confirmed never comes back with another element', async () => {
    const id = await announced(elections, withPin);
    await upload(id, 'number,pin\n1001,0042\n1002,0043\n');
    await elections.databases.query(
      'elections',
      `update pv.roll_person set state = 'leaving' where election_id = $1 and place =
         (select min(place) from pv.roll_person where election_id = $1)`,
      [id],
    );
    expect(reportOf(await upload(id, 'number,pin\n1001,0099\n1002,0043\n', '?dryRun=true'))).toMatchObject({
      added: 0,
      collision: 1,
    });
    const file = 'number,pin\n1001,0099\n1002,0043\n';
    expect(codeOf(await upload(id, file, '?mode=replace'))).toBe('conflict');
    expect(reportOf(await upload(id, 'number,pin\n1001,0042\n1002,0043\n', '?dryRun=true'))).toMatchObject({
      added: 1,
    });
  });

  test('The database itself changes no element of an announced election', async () => {
    const id = await drafted();
    await upload(id, 'number,pin\n1001,0042\n');
    const [person] = await elections.databases.query<{ name: Buffer; number: Buffer }>(
      'elections',
      'select name, number from pv.roll_person where election_id = $1',
      [id],
    );
    const stage = async (second: string): Promise<string> => {
      const [row] = await elections.databases.query<{ upload: string }>(
        'elections',
        'select gen_random_uuid() as upload',
      );
      const run = row!.upload;
      await elections.databases.query('elections', `select pv.begin_roll_upload($1, $2, 'replace', $3)`, [
        run,
        id,
        second,
      ]);
      await elections.databases.query(
        'elections',
        `select pv.stage_roll($1, array[$2::bytea], array[1], array[decode(repeat('0f', 16), 'hex')], array[''::bytea],
           array[decode(repeat('00', 40), 'hex')], array[''::bytea])`,
        [run, person!.name],
      );
      return run;
    };
    const uploads = [await stage('pin'), await stage('birth-date')];
    await elections.call('POST', `/v1/elections/${id}/announce`);
    const states = [];
    for (const run of uploads) {
      const [part] = await elections.databases.query<{ state: string; changed: number }>(
        'elections',
        'select state, changed from pv.apply_roll($1, 0, 100)',
        [run],
      );
      states.push(part);
    }
    expect(states).toMatchObject([
      { state: 'announced', changed: 0 },
      { state: 'other', changed: 0 },
    ]);
    expect(await peopleOf(id)).toEqual([['1001', '0042']]);
  });
});
