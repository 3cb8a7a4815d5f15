// Rejections: files of every wrong kind, each with its fault and correction, and elections that accept nothing now.
// Nothing of a rejected file is queued or remains on the disk, and no bad input is an internal error.
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { batchArrivingKey, batchQueueKey } from '../../../src/protocol/control/batch-entries.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import type { WrongLine } from '../../../src/protocol/wrong-lines.ts';
import { definition } from '../../support/elections.ts';
import { batchOf, csvOf, row, rows, startBatches } from '../../support/batches.ts';
import type { Answer, Batches } from '../../support/batches.ts';
import { until } from '../../support/until.ts';

let batches: Batches;
let electionId: string;
beforeAll(async () => {
  batches = await startBatches();
  electionId = await batches.election();
}, 60_000);
afterAll(() => batches[Symbol.asyncDispose]());
// No worker runs here: whatever is queued stays.
afterEach(async () => {
  expect(await batches.redis.xlen(batchQueueKey)).toBe(0);
  expect(await batches.redis.keys('batch:upload:*')).toEqual([]);
  expect(await batches.redis.zcard(batchArrivingKey)).toBe(0);
  expect(readdirSync(batches.spoolDirectory).filter((name) => name.endsWith('.rows'))).toEqual([]);
  expect(batches.log()).not.toContain('request.failed');
});

const codeOf = ({ body }: Answer): unknown => body['code'];
const linesOf = ({ body }: Answer): WrongLine[] => (body['lines'] ?? []) as WrongLine[];
const guid = '728a5df9-f99d-22f3-c3e9-956fb02d46ce';

describe('A line of wrong form', () => {
  const cases: [string, string, RegExp][] = [
    ['has one value', guid, /Give 2 values.*This line has 1/],
    ['has three values', `${guid},1,2`, /Give 2 values.*This line has 3/],
    ['has no ballot id', ',1', /not a ballot ID/],
    ['has a word for a ballot id', 'hello,1', /not a ballot ID/],
    ['has a ballot id without hyphens', `${guid.replaceAll('-', '')},1`, /not a ballot ID/],
    ['has a ballot id that is too short', `${guid.slice(1)},1`, /not a ballot ID/],
    ['has a ballot id with a foreign letter', `${guid.slice(0, -1)}g,1`, /not a ballot ID/],
    ['has a word for a number', `${guid},one`, /Column 2 \(motion\): give one whole number above 0/],
    ['has the number 0', `${guid},0`, /whole number above 0/],
    ['has a number below 0', `${guid},-1`, /whole number above 0/],
    ['has a signed number', `${guid},+1`, /whole number above 0/],
    ['has a number with a fraction', `${guid},1.0`, /whole number above 0/],
    ['has a number of ten digits', `${guid},1234567890`, /at most nine digits/],
    ['has digits of another script', `${guid},１`, /whole number above 0/],
    ['has two numbers where one is taken', `${guid},1 2`, /one whole number/],
    ['has a formula', `=cmd|' /C calc'!A0,1`, /not a ballot ID/],
    ['has an open quote', `"${guid},1`, /Close each quotation mark/],
    ['has a quote inside a value', `${guid}"",1`, /Close each quotation mark/],
    ['has text behind a quote', `"${guid}"x,1`, /Close each quotation mark/],
    ['names a property of every object', '__proto__,constructor', /not a ballot ID.*Column 2/],
    ['is empty between two others', '', /Remove the empty line/],
    ['is far too long', `${guid},${'1'.repeat(200_000)}`, /too long for any ballot/],
  ];
  test.each(cases)(
    '%s: the whole file is rejected, with the line, its row and the way out',
    async (_what, line, detail) => {
      const answer = await batches.upload(electionId, csvOf([row(), row(2), line, row(1)]));
      expect([answer.status, codeOf(answer), answer.body['linesTotal']]).toEqual([422, 'invalid-batch', 1]);
      const [wrong] = linesOf(answer);
      expect(wrong).toMatchObject({ line: 3, row: 3 });
      expect(wrong?.detail).toMatch(detail);
      expect(wrong?.text.length).toBeLessThanOrEqual(81);
    },
  );

  test('A line of wrong form is counted below a heading, and shown in its line of the file', async () => {
    const answer = await batches.upload(electionId, csvOf(['guid,number', row(), 'x,1', '', row(), `${guid},y`]));
    expect(linesOf(answer).map(({ line, row: place }) => [line, place])).toEqual([
      [3, 2],
      [4, 3],
      [6, 5],
    ]);
  });

  test('A wrong first line is never taken for a heading because it is wrong', async () => {
    for (const line of ['728a5df9,1', 'x,number', 'guid,1', '__proto__,constructor']) {
      const answer = await batches.upload(electionId, csvOf([line, row()]));
      expect([line, answer.status, linesOf(answer)[0]?.line]).toEqual([line, 422, 1]);
    }
  });

  test('A line of invisible characters is shown with marks', async () => {
    const answer = await batches.upload(electionId, `\u202E${guid}\u0007\u001b[2J,1\n`);
    expect(linesOf(answer)[0]?.text).toBe(`�${guid}��[2J,1`);
  });

  test('A line that names the contests in another order is rejected as a heading', async () => {
    const two = await batches.election({ contests: definition().contests });
    const answer = await batches.upload(two, csvOf(['guid,council,motion', row('1,1')]));
    expect(linesOf(answer)[0]).toMatchObject({ line: 1, row: null });
    expect(linesOf(answer)[0]?.detail).toContain('motion, council');
    const empty = await batches.upload(two, csvOf([row('1,')]));
    expect(linesOf(empty)[0]?.detail).toContain('this contest offers no abstention');
  });

  test('Of very many wrong lines all are counted and two hundred are listed', async () => {
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    const text = csvOf([row(), ...rows(100_000, 'x')]);
    const answer = await fetch(`${batches.officials.origin}/v1/batches?electionId=${electionId}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${batches.people.official.tokens.accessToken}`,
        'content-type': 'text/csv',
      },
      body: text,
    });
    clearInterval(ticking);
    const body = await answer.text();
    const { lines, linesTotal } = JSON.parse(body) as { lines: WrongLine[]; linesTotal: number };
    expect([answer.status, linesTotal, lines.length, lines.at(-1)?.row]).toEqual([422, 100_000, 200, 201]);
    expect(body.length).toBeLessThan(100_000);
    // One turn of the event loop, at the least, for each 64 KiB that were read.
    expect(turns).toBeGreaterThan(text.length / 65_536 / 2);
  });
});

describe('The kind of a file', () => {
  const good = csvOf(rows(3));
  const wide = (bigEndian: boolean): Buffer => {
    const text = Buffer.from(`\uFEFF${good}`, 'utf16le');
    return bigEndian ? text.swap16() : text;
  };
  const cases: [string, string | Buffer, RegExp][] = [
    ['empty', '', /no rows/],
    ['a heading and nothing else', 'guid,number\r\n', /no rows/],
    ['white space', '\r\n \r\n', /no rows/],
    ['UTF-16 with a mark', wide(false), /UTF-16.*CSV UTF-8/],
    ['UTF-16 the other way round', wide(true), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(good, 'utf16le'), /NUL/],
    ['Windows-1250', Buffer.concat([Buffer.from(good), Buffer.from([0x9a, 0xe6])]), /not UTF-8.*Windows-1250/],
    ['overlong UTF-8', Buffer.concat([Buffer.from(guid), Buffer.from([0xc0, 0xac]), Buffer.from('1\n')]), /not UTF-8/],
    ['cut in the middle of a character', Buffer.concat([Buffer.from(good), Buffer.from([0xe2, 0x82])]), /not UTF-8/],
    ['full of NUL', Buffer.concat([Buffer.from(good), Buffer.alloc(4)]), /NUL/],
    [
      'a zip archive or a workbook',
      Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(400)]),
      /spreadsheet or a zip/,
    ],
    ['compressed', gzipSync(good), /compressed/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), /Excel/],
  ];
  test.each(cases)('%s is rejected with what it is and how to save it', async (_what, file, detail) => {
    const answer = await batches.upload(electionId, file);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'invalid-batch']);
    expect(answer.body['detail']).toMatch(detail);
    expect(answer.body['detail']).toMatch(/Nothing was recorded/);
  });

  test('A file of another kind by its headers is rejected before it is read', async () => {
    const otherType = 'Send text/csv or multipart/form-data. Nothing was recorded.';
    for (const [headers, detail] of [
      [{ 'content-type': 'application/json' }, otherType],
      [{ 'content-type': 'application/octet-stream' }, otherType],
      [{ 'content-type': 'text/plain' }, otherType],
      [{ 'content-type': 'text/csv; charset=windows-1250' }, 'Send the file in UTF-8. Nothing was recorded.'],
      [
        { 'content-type': 'text/csv', 'content-encoding': 'gzip' },
        'Send the file without compression. Nothing was recorded.',
      ],
    ] as const) {
      const answer = await batches.upload(electionId, good, { headers });
      expect([headers, answer.status, answer.body['detail']]).toEqual([headers, 415, detail]);
    }
  });
});

describe('A form', () => {
  const send = async (parts: [name: string, file: string, fileName: string][], boundary = '----b'): Promise<Answer> => {
    const head = (name: string, fileName: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: text/plain\r\n\r\n`;
    const body = parts.map(([name, file, fileName]) => `${head(name, fileName)}${file}\r\n`).join('');
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    return batches.upload(electionId, `${body}--${boundary}--\r\n`, { headers });
  };

  test.each(['../../etc/passwd', '$(touch x).csv', 'a;b|c.csv', 'con', 'ballots.xlsx', '\u202Evsc.exe'])(
    'A form with a file named %s is read for its content, and its name is ignored',
    async (name) => {
      const answer = await send([['file', 'x,1\r\n', name]]);
      expect([answer.status, linesOf(answer)[0]?.text]).toEqual([422, 'x,1']);
      expect(batches.log()).not.toContain('passwd');
    },
  );

  test('A form without a file, with another field, with two files or broken off is rejected', async () => {
    const good = csvOf(rows(2));
    expect((await send([])).status).toBe(400);
    expect((await send([['other', good, 'a.csv']])).status).toBe(400);
    expect((await send([['__proto__', good, 'a.csv']])).status).toBe(400);
    expect(
      (
        await send([
          ['file', good, 'a.csv'],
          ['file', csvOf(rows(2)), 'b.csv'],
        ])
      ).status,
    ).toBe(400);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const open = `--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${good}`;
    expect((await batches.upload(electionId, open, { headers })).status).toBe(400);
    expect(
      (await batches.upload(electionId, 'nothing', { headers: { 'content-type': 'multipart/form-data' } })).status,
    ).toBe(400);
  });
});

describe('An interrupted upload', () => {
  test('An upload that breaks off on its way leaves nothing behind', async () => {
    const token = batches.people.official.tokens.accessToken;
    const { hostname, port } = new URL(batches.officials.origin);
    const count = async (): Promise<number> => {
      const text = await batches.officials.metrics.metrics();
      return Number(/uploads_total\{[^}]*outcome="invalid-request"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await count();
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/batches?electionId=${electionId} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
        `content-type: text/csv\r\ncontent-length: 100000\r\n\r\n${csvOf(rows(20))}`,
    );
    await once(socket, 'connect');
    socket.end();
    await until(async () => (await count()) > before, 'the end of the upload');
  });

  test('An upload that is far larger than its rejection needs can still read why', async () => {
    const scheduled = await batches.election({ opensAt: new Date(Date.now() + 3_600_000).toISOString() });
    const megabyte = Buffer.alloc(1_048_576, 'x');
    const send = async (id: string, start: Buffer, type = 'text/csv') => {
      const response = await fetch(`${batches.officials.origin}/v1/batches?electionId=${id}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${batches.people.official.tokens.accessToken}`, 'content-type': type },
        body: new ReadableStream({
          start(controller) {
            controller.enqueue(start);
            for (let index = 0; index < 20; index += 1) controller.enqueue(megabyte);
            controller.close();
          },
        }),
        duplex: 'half',
      });
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    expect(await send(scheduled, megabyte)).toEqual([403, 'not-open']);
    // Refused with the first bytes, which were read.
    const utf16 = Buffer.from([0xff, 0xfe, 0x31, 0x00]);
    expect(await send(electionId, utf16)).toEqual([422, 'invalid-batch']);
    const form = Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nPK\u0003\u0004');
    expect(await send(electionId, form, 'multipart/form-data; boundary=b')).toEqual([422, 'invalid-batch']);
  });
});

describe('The election of a file', () => {
  const hour = 3_600_000;
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

  test('An election that is missing, not named or named wrongly takes nothing', async () => {
    expect(codeOf(await batches.upload('nowhere', csvOf(rows(1))))).toBe('election-not-found');
    expect(codeOf(await batches.upload('', csvOf(rows(1))))).toBe('invalid-request');
    expect(codeOf(await batches.upload('../x', csvOf(rows(1))))).toBe('invalid-request');
    expect(codeOf(await batches.upload(`${electionId}&electionId=x`, csvOf(rows(1))))).toBe('invalid-request');
  });

  test.each([
    ['is not open yet', { opensAt: at(hour), closesAt: at(2 * hour) }, /opens at/],
    ['is closed', { opensAt: at(-2 * hour), closesAt: at(-hour) }, /closed since/],
    ['is for voters online alone', { channels: ['online' as const] }, /takes no batches/],
  ])('%s refuses a file', async (_what, changes, detail) => {
    const answer = await batches.upload(await batches.election(changes), csvOf(rows(1)));
    expect([answer.status, codeOf(answer)]).toEqual([403, 'not-open']);
    expect(answer.body['detail']).toMatch(detail);
  });

  test('An election that closes while a file comes rejects it: the moment when it is whole decides', async () => {
    const id = await batches.election();
    async function* file(): AsyncGenerator<Buffer> {
      yield Buffer.from(csvOf(rows(10)));
      // Asked for more: the election was open when the first part was taken.
      await batches.election({ id, closesAt: at(-1_000) }, 2);
      yield Buffer.from(csvOf(rows(10)));
    }
    const { uploads } = batches.officials.logic;
    const sender = { official: batches.people.official.id, secondFactor: false };
    await expect(uploads.accept(sender, { electionId: id }, file())).rejects.toMatchObject({
      code: 'not-open',
    });
  });

  test('An election that counts takes no file after a sign-in with a password alone', async () => {
    const id = await batches.election({ rehearsal: false, minBatch: 50, graceSeconds: 120, closesAt: at(-1_000) });
    const answer = await batches.upload(id, csvOf(rows(1)));
    expect([answer.status, codeOf(answer)]).toEqual([403, 'second-factor-missing']);
    const { uploads } = batches.officials.logic;
    for (const [secondFactor, code] of [
      [false, 'second-factor-missing'],
      [true, 'not-open'],
    ] as const) {
      const sender = { official: batches.people.official.id, secondFactor };
      await expect(uploads.accept(sender, { electionId: id }, Readable.from([]))).rejects.toMatchObject({ code });
    }
  });

  test('An election published by a forger, or in an older revision, is not trusted', async () => {
    const forged = await batches.election({ closesAt: at(2 * hour) });
    const text = (await batches.redis.hget(publicationsKey, forged)) ?? '';
    await batches.redis.hset(publicationsKey, forged, text.replaceAll('Shall the library', 'Will the library'));
    expect(codeOf(await batches.upload(forged, csvOf(rows(1))))).toBe('election-not-found');
    // A newer document closes it early; the older one comes back and changes nothing.
    const early = await batches.election({}, 1);
    const open = (await batches.redis.hget(publicationsKey, early)) ?? '';
    await batches.election({ id: early, closesAt: at(-1_000) }, 2);
    expect(codeOf(await batches.upload(early, csvOf(rows(1))))).toBe('not-open');
    await batches.redis.hset(publicationsKey, early, open);
    expect(codeOf(await batches.upload(early, csvOf(rows(1))))).toBe('not-open');
  });
});

test('A queue that is full takes no more, and says when to come back', async () => {
  const entry = ['batch', 'x'.repeat(42) + 'A', 'upload', randomUUID(), 'rows', '6000000', 'election', 'x'];
  await batches.redis.xadd(batchQueueKey, '*', ...entry);
  const answer = await batches.upload(electionId, csvOf(rows(1)));
  expect([answer.status, codeOf(answer)]).toEqual([503, 'busy']);
  await batches.redis.del(batchQueueKey);
});

test('A file of which Redis cannot take a part is rejected, and later accepted', async () => {
  const file = csvOf(rows(3_000));
  // Full: what is more than it holds is refused by Redis itself.
  await batches.redis.config('SET', 'maxmemory', '1mb');
  const answer = await batches.upload(electionId, file);
  expect([answer.status, codeOf(answer)]).toEqual([503, 'busy']);
  await batches.redis.config('SET', 'maxmemory', '256mb');
  const upload = await batches.upload(electionId, file);
  expect(upload.status).toBe(202);
  expect(batchOf(upload).state).toBe('queued');
  // For the others of this file, which look for an empty queue.
  await batches.redis.flushall();
});
