// Rolls as administrators and operators upload them: every row accounted for, no number in any answer or log, and the
// people on it may vote.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RollReport } from '../../../../src/protocol/control/roll-api.ts';
import { loadAnswer } from '../../../../src/protocol/control/election-lifecycle-api.ts';
import { electionPage } from '../../../../src/protocol/control/elections-api.ts';
import { definition } from '../../../support/elections.ts';
import { callerToken } from '../../../support/intake.ts';
import { codeOf, electionOf, inHours, startElections } from '../../../support/services/elections.ts';
import type { Answer, Elections } from '../../../support/services/elections.ts';
import { announced, later } from '../../../support/services/voting-election.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const withRoll = (): Promise<string> =>
  announced(elections, { identity: { scheme: 'roll' }, opensAt: inHours(-1), closesAt: inHours(5) });
const csv = { 'content-type': 'text/csv' };
const upload = (id: string, body: string | Buffer, headers: Record<string, string> = csv): Promise<Answer> =>
  elections.call('POST', `/v1/elections/${id}/roll`, { body, headers });
const reportOf = ({ body }: Answer): RollReport => body as RollReport;
const onRoll = async (id: string): Promise<number> => {
  const [row] = await elections.databases.query<{ people: number }>(
    'intake',
    'select count(*)::integer as people from pv.roll where election_id = $1',
    [id],
  );
  return row?.people ?? 0;
};
const addsUp = ({ rows, title, heading, blank, added, changed, alreadyThere, ...rest }: RollReport): boolean =>
  rows === title + heading + blank + added + changed + alreadyThere + rest.duplicate + rest.collision + rest.malformed;
const people = (count: number): string[] => Array.from({ length: count }, (_, index) => `P${index}`);
const fileOf = (rows: readonly string[]): string => `number\n${rows.join('\n')}\n`;

const slow = { timeout: 240_000 };
describe('The file of a roll', () => {
  test('A file as spreadsheets write it is read: mark, heading, quotes, any delimiter, any line end', async () => {
    for (const [file, counts] of [
      ['1001\n1002\n1003\n', { rows: 3, heading: 0, added: 3 }],
      ['\uFEFFnumber\r\n"A1"\r\n B2 \r\n', { rows: 3, heading: 1, added: 2 }],
      ['name;Number;town\n"Ana; Anić";"A-1";Niš\n"O""Neil";b 2;\n', { rows: 3, heading: 1, added: 2 }],
      ['number\tname\nA1\tAna\n\n\t\nB2\tBoris', { rows: 5, heading: 1, added: 2, blank: 2 }],
      ['Members 2026;\nMatični broj;Ime\n1/11;Ana\n', { rows: 3, title: 1, heading: 1, added: 1 }],
      ['number\na1\nA1\n A-1 \nＡ１\na1\n', { rows: 6, added: 2, collision: 2, duplicate: 1 }],
      ['number\n', { rows: 1, added: 0 }],
    ] as const) {
      const id = await withRoll();
      const answer = await upload(id, file);
      expect(answer).toMatchObject({ status: 200, body: { malformed: 0, ...counts } });
      expect(addsUp(reportOf(answer))).toBe(true);
      expect(await onRoll(id)).toBe(counts.added);
    }
  });

  test('A file with malformed rows names each by its place and reason, and takes the others', async () => {
    const id = await withRoll();
    const rows = [
      'number,name',
      'A1,Ana',
      '?,No one',
      '"B2,Boris',
      'C\u00003,Cveta',
      `${'9'.repeat(5_000)},Long`,
      ',x',
      'D4',
    ];
    const report = reportOf(await upload(id, rows.join('\n')));
    expect(addsUp(report)).toBe(true);
    expect(report).toMatchObject({
      rows: 8,
      heading: 1,
      added: 2,
      alreadyThere: 0,
      malformed: 5,
      blank: 0,
      malformedRows: [
        { row: 3, reason: 'not-a-number' },
        { row: 4, reason: 'quotes' },
        { row: 5, reason: 'control-character' },
        { row: 6, reason: 'too-long' },
        { row: 7, reason: 'not-a-number' },
      ],
    });
  });

  test('A file of thousands of malformed rows names the first hundred and counts the rest', async () => {
    const id = await withRoll();
    const report = reportOf(await upload(id, fileOf(Array.from({ length: 3_000 }, () => '?'))));
    expect(report).toMatchObject({ rows: 3_001, malformed: 3_000, added: 0 });
    expect(report.malformedRows).toHaveLength(100);
    expect(addsUp(report)).toBe(true);
  });

  test('A file sent again adds nothing, and as a form it is the same file', async () => {
    const id = await withRoll();
    const file = fileOf(people(12_000));
    expect(reportOf(await upload(id, file))).toMatchObject({ rows: 12_001, added: 12_000, alreadyThere: 0 });
    expect(reportOf(await upload(id, file))).toMatchObject({ rows: 12_001, added: 0, alreadyThere: 12_000 });
    const form =
      '--b\r\ncontent-disposition: form-data; name="file"; filename="../../roll.csv"\r\ncontent-type: text/csv\r\n\r\n' +
      `${file}\r\n--b--\r\n`;
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
    expect(reportOf(await upload(id, form, multipart))).toMatchObject({ rows: 12_001, added: 0, alreadyThere: 12_000 });
    expect(await onRoll(id)).toBe(12_000);
  });

  test('A file from two importers at once, in opposite orders, adds each person once', slow, async ({ signal }) => {
    const id = await withRoll();
    const files = [fileOf(people(20_000)), fileOf(people(20_000).toReversed())];
    // One waits for the other's people. On a slow machine it has to come again, and its first part may be there.
    let again = 0;
    const untilAccepted = async (file: string): Promise<Answer> => {
      const answer = await upload(id, file);
      if (answer.status !== 503 || signal.aborted) return answer;
      again += 1;
      return untilAccepted(file);
    };
    const reports = (await Promise.all(files.map(untilAccepted))).map(reportOf);
    for (const report of reports) expect(addsUp(report)).toBe(true);
    if (again === 0) expect(reports.reduce((sum, { added }) => sum + added, 0)).toBe(20_000);
    expect(await onRoll(id)).toBe(20_000);
  });

  test('No number is in an answer, in the audit log, or in a log', async () => {
    const id = await withRoll();
    const secret = `Z${Math.random().toString(36).slice(2).toUpperCase()}`;
    const answer = await upload(id, `number\n${secret}\n"${secret}\n${secret}!\n`);
    expect(answer.status).toBe(200);
    const record = await elections.databases.query(
      'elections',
      'select entry from pv.audit_entry where object_id = $1',
      [id],
    );
    expect(record.length).toBeGreaterThan(0);
    for (const text of [JSON.stringify(answer), JSON.stringify(record), elections.log()]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('The rejections of a roll', () => {
  test('A roll is rejected without a roll, after closing, and for other roles', async () => {
    const without = await announced(elections);
    expect(codeOf(await upload(without, fileOf(['A1'])))).toBe('conflict');
    expect(codeOf(await upload('nowhere', fileOf(['A1'])))).toBe('election-not-found');
    const id = await withRoll();
    for (const as of ['official', 'auditor', null] as const) {
      const answer = await elections.call('POST', `/v1/elections/${id}/roll`, { as, body: 'A1\n', headers: csv });
      expect(answer.status).toBe(as === null ? 401 : 403);
    }
    await later(elections, id, 5 * 3_600 + 121);
    await elections.logic.lifecycle.closeIntake(id);
    expect(codeOf(await upload(id, fileOf(['A1'])))).toBe('conflict');
    expect(await onRoll(id)).toBe(0);
  });

  test('A file that is no CSV is rejected: another type, UTF-16, a form without a file', async () => {
    const id = await withRoll();
    expect((await upload(id, '{}', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await upload(id, 'A1', { 'content-type': 'application/pdf' })).status).toBe(415);
    expect(codeOf(await upload(id, Buffer.from('\uFEFFA1\n', 'utf16le')))).toBe('invalid-request');
    const form = '--b\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n--b--\r\n';
    expect(codeOf(await upload(id, form, { 'content-type': 'multipart/form-data; boundary=b' }))).toBe(
      'invalid-request',
    );
    expect(await onRoll(id)).toBe(0);
  });

  test('A workbook is named as one, and nothing is added', async () => {
    const id = await withRoll();
    const answer = await upload(id, Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(500)]));
    expect(codeOf(answer)).toBe('invalid-request');
    expect(JSON.stringify(answer.body)).toMatch(/This is a workbook/);
    expect(await onRoll(id)).toBe(0);
  });

  test('While ballots is unavailable nothing is lost: the same file again adds the rest', async () => {
    const id = await withRoll();
    const file = fileOf(people(9_000));
    const back = await elections.stopBallots();
    expect(codeOf(await upload(id, file))).toBe('busy');
    await back();
    expect(reportOf(await upload(id, file))).toMatchObject({ rows: 9_001, added: 9_000 });
  });
});

describe('The operator', () => {
  const asOperator = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: object | string, type?: string) => {
    const token = await callerToken(elections.access.keys.elections.caller, 'elections', 'elections');
    const answer = await elections.privateApp.inject({
      method,
      url,
      ...(payload !== undefined && { payload }),
      headers: { authorization: `Bearer ${token}`, ...(type !== undefined && { 'content-type': type }) },
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: {} };
  };

  test('The operator loads an election from a file, once, and never another under its id', async () => {
    const file = definition({ id: `file-${Date.now()}`, identity: { scheme: 'roll' } });
    const url = `/private/elections/${file.id}`;
    for (const created of [true, false]) {
      const answer = await asOperator('PUT', url, { definition: file });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      expect(loadAnswer.parse(answer.body)).toEqual({ created });
    }
    // A file that names no countries admits phones of the region of the installation.
    expect(file.verification.phoneCountries).toBeUndefined();
    const { definition: loaded } = electionOf(await elections.call('GET', `/v1/elections/${file.id}`));
    expect(loaded.verification.phoneCountries).toEqual(['HK']);
    // Its times may have moved since: loading is no way to move them back.
    const moved = { ...file, closesAt: inHours(48) };
    expect((await asOperator('PUT', url, { definition: moved })).body).toEqual({ created: false });
    const other = { ...file, title: { en: 'Another' } };
    expect(codeOf(await asOperator('PUT', url, { definition: other }))).toBe('conflict');
    expect(codeOf(await asOperator('PUT', '/private/elections/else', { definition: file }))).toBe('invalid-request');
    const page = electionPage.parse((await asOperator('GET', '/private/elections?limit=200')).body);
    expect(page.elections).toContainEqual(expect.objectContaining({ id: file.id, state: 'announced' }));
    expect((await asOperator('POST', `${url}/roll`, fileOf(['A1', 'B2']), 'text/csv')).body).toMatchObject({
      added: 2,
    });
    expect((await asOperator('GET', `${url}/counts`)).body).toMatchObject({ roll: 2, participation: 0 });
    const closed = await asOperator('POST', `${url}/close`, { reason: 'A rehearsal is over.' });
    expect(closed.body).toMatchObject({ election: { phase: 'closed' } });
    const who = await elections.databases.query<{ actor: string }>(
      'elections',
      `select distinct actor from pv.audit_entry where object_id = $1 and act <> 'election.close-intake'`,
      [file.id],
    );
    expect(who).toEqual([{ actor: 'operator' }]);
  });

  test('The operator is known by the key file alone', async () => {
    for (const [service, keys] of [
      ['api', elections.access.keys.api.caller],
      ['officials', elections.access.keys.officials.caller],
    ] as const) {
      const token = await callerToken(keys, service, 'elections');
      const headers = { authorization: `Bearer ${token}` };
      expect(
        (await elections.privateApp.inject({ method: 'GET', url: '/private/elections', headers })).statusCode,
      ).toBe(403);
    }
    expect((await elections.privateApp.inject({ method: 'GET', url: '/private/elections' })).statusCode).toBe(403);
  });
});
