// The panel looks at a file before it is sent: it says of any bytes what the service says of them, names the batch as the
// service does, and needs no more memory for a million rows than for a hundred thousand.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { batchIdPrefix } from '../../../../src/domain/batch-row.ts';
import type { Contest } from '../../../../src/domain/election.ts';
import { readFile } from '../../../../src/services/officials/read-file.ts';
import { createSpool } from '../../../../src/services/officials/spool.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import { checkFile, listedMax } from '../../../../src/pages/panel/batches/upload/check-file.ts';
import type { CheckedFile } from '../../../../src/pages/panel/batches/upload/check-file.ts';
import { createRepeatedIds } from '../../../../src/pages/panel/batches/upload/repeated-ids.ts';
import { createTextHash } from '../../../../src/pages/panel/batches/upload/text-hash.ts';
import { definition } from '../../../support/elections.ts';
import { anyCharacter } from '../../../support/code-points.ts';

const contests = definition().contests as readonly Contest[];
const [motion] = contests as readonly [Contest];
const electionId = 'e-1';
const directory = mkdtempSync(join(tmpdir(), 'popvote-check-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(Buffer.from(bytes.subarray(at, at + size)));
}
const check = (bytes: Uint8Array, of: readonly Contest[], size = 997): Promise<CheckedFile> =>
  checkFile(cut(bytes, size), { electionId, contests: of, station: null });

/** What the service makes of the same bytes. */
async function served(bytes: Uint8Array, of: readonly Contest[]): Promise<object> {
  await using spool = await createSpool(directory, batchIdPrefix(electionId, null));
  try {
    await readFile(cut(bytes, 65_536), { contests: of, station: null }, spool);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { lines, linesTotal, detail } = error.extras;
    return lines ? { lines, linesTotal } : { fault: { code: error.code, detail } };
  }
  return { batchId: await spool.finish(), rows: spool.rows };
}

/** What the page found, as the service would say it. */
function reportOf({ fault, wrong, rows, batchId }: CheckedFile): object {
  if (fault) return { fault: { ...fault, detail: `${fault.detail} Nothing was recorded.` } };
  if (wrong.total === 0) return { batchId, rows };
  const findings = wrong.groups.flatMap(({ listed }) => listed);
  const lines = new Map<number, { line: number; row: number | null; text: string; details: string[] }>();
  for (const { line, row, text, detail } of findings) {
    const entry = lines.get(line) ?? { line, row, text, details: [] };
    entry.details.push(detail);
    lines.set(line, entry);
  }
  const ordered = [...lines.values()].sort((a, b) => a.line - b.line);
  // Faults of one line by their columns, as the groups keep no order between them.
  const order = (detail: string): number => (detail.startsWith('Column') ? Number(detail.slice(7, 9)) : 0);
  return {
    lines: ordered.map(({ details, ...line }) => ({
      ...line,
      detail: details.sort((a, b) => order(a) - order(b)).join(' '),
    })),
    linesTotal: wrong.total,
  };
}

/** Which of two faults of one text is met first is a matter of how it is cut. */
const alike = (answer: object): unknown =>
  JSON.parse(
    JSON.stringify(answer).replace(/The file (has NUL bytes|is not UTF-8): [^.]*\./, 'The file is not UTF-8.'),
  );

const guid = fc.uuid();
const cell = fc.oneof(
  fc.constantFrom('', '1', '2', '3', '9', '0', '007', '1+2', '1 2', '2+2', 'x', '"1"', '"1', '=1', '１', '1234567890'),
  fc.string({ maxLength: 5 }),
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(guid, fc.constantFrom('1', '2', '7')).map(([id, number]) => `${id},${number}`) },
  fc.tuple(guid, cell, cell).map((cells) => cells.join(',')),
  fc.tuple(guid, cell).map((cells) => cells.join(';')),
  fc.constantFrom('guid,number', 'guid,motion,council', 'guid,council,motion', '', '  ', '\u202E,1'),
  fc.string({ unit: anyCharacter, maxLength: 40 }),
);
const end = fc.constantFrom('\r\n', '\n', '\r');
const spelling = fc
  .tuple(fc.array(fc.tuple(line, end), { maxLength: 12 }), fc.constantFrom('', '\uFEFF'))
  .map(([lines, mark]) => Buffer.from(mark + lines.map((each) => each.join('')).join('')));
const anyBytes = fc.oneof(
  { weight: 6, arbitrary: spelling },
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(spelling, fc.uint8Array({ maxLength: 3 })).map((parts) => Buffer.concat(parts)),
  spelling.map((bytes) => Buffer.from(bytes.toString(), 'utf16le')),
);

describe('The check in the page and in the service', () => {
  test('The page and the service report the same, however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyBytes,
        fc.constantFrom([motion], contests),
        fc.integer({ min: 1, max: 50 }),
        async (bytes, of, size) => {
          const checked = await check(bytes, of, size);
          expect(alike(reportOf(checked))).toEqual(alike(await served(bytes, of)));
          // A file that would be rejected has no batch name.
          expect(checked.batchId === null).toBe(checked.fault !== null || checked.wrong.total > 0);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('Both name a file of a wrong kind and how to fix it', async () => {
    const good = Buffer.from(`728a5df9-f99d-22f3-c3e9-956fb02d46ce,1\n`);
    const files: [Buffer, RegExp][] = [
      [Buffer.from(`\uFEFF${good.toString()}`, 'utf16le'), /UTF-16.*CSV UTF-8/],
      [Buffer.concat([good, Buffer.from([0x9a, 0xe6])]), /Windows-1250.*CSV UTF-8/],
      [Buffer.from('PK\u0003\u0004 xl/workbook'), /spreadsheet/],
      [Buffer.alloc(0), /no rows/],
    ];
    for (const [bytes, detail] of files) {
      const checked = await check(bytes, [motion]);
      expect(checked.fault?.detail).toMatch(detail);
      expect(reportOf(checked)).toEqual(await served(bytes, [motion]));
    }
  });
});

test('Rows that would be invalid are reported with the reason, and do not keep the file from sending', async () => {
  const ids = Array.from({ length: 4 }, (_, index) => `728a5df9-f99d-22f3-c3e9-956fb02d46c${index}`);
  const lines = [`${ids[0]},1,2`, `${ids[1]},9,1`, `${ids[0]?.toUpperCase()},1,1`, `{${ids[2]}},,3`, `${ids[1]},3,4`];
  const checked = await check(Buffer.from(lines.join('\r\n')), contests);
  expect(checked.batchId).not.toBeNull();
  expect(checked.wrong).toEqual({ rows: 0, total: 0, groups: [] });
  expect(checked.doubtful.rows).toBe(3);
  const summaries = checked.doubtful.groups.map(({ kind, total, listed }) => [
    kind,
    total,
    listed.map(({ row, detail }) => [row, detail]),
  ]);
  const title = 'Shall the library open on Sundays?';
  const first = (row: number): string => `The same ballot ID is in row ${row}. That row counts and this one does not.`;
  expect(summaries).toEqual([
    [
      'not-on-ballot',
      2,
      [
        [2, `There is no option 9 in ${title}.`],
        [5, `There is no option 3 in ${title}; there is no option 4 in Council.`],
      ],
    ],
    [
      'repeated-id',
      2,
      [
        [3, first(1)],
        [5, first(2)],
      ],
    ],
  ]);
});

test('The hash of the rows is SHA-256, in whatever parts they come', () => {
  const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 300 });
  fc.assert(
    fc.property(fc.array(ascii, { maxLength: 300 }), (parts) => {
      const hash = createTextHash();
      for (const part of parts) hash.add(part);
      expect(hash.finish()).toBe(createHash('sha256').update(parts.join('')).digest('base64url'));
    }),
  );
});

test('Repeated ids are found, each with the row of the first one', () => {
  // Few enough that they repeat, of which some differ in their last bytes alone.
  const some = fc.nat({ max: 6_000 }).map((number) => number.toString(16).padStart(8, '0'));
  const id = fc
    .tuple(some, fc.constantFrom('0', 'f'))
    .map(([part, last]) => `${part}-0000-0000-0000-${part}000${last}`);
  fc.assert(
    fc.property(fc.array(id, { minLength: 6_000, maxLength: 9_000, size: 'max' }), (guids) => {
      const ids = createRepeatedIds();
      const firstRows = new Map<string, number>();
      for (const [index, each] of guids.entries()) {
        expect(ids.firstRow(each, index + 1)).toBe(firstRows.get(each) ?? null);
        if (!firstRows.has(each)) firstRows.set(each, index + 1);
      }
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

describe('A file of a million rows', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): { heap: number; buffers: number } => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return { heap: heapUsed, buffers: arrayBuffers };
  };

  /** Generated as it is read. Every hundredth row has a fault. */
  async function* rows(count: number): AsyncGenerator<Buffer> {
    for (let from = 0; from < count; from += 1_000) {
      const random = randomBytes(16_000).toString('hex');
      let text = '';
      for (let at = 0; at < 1_000; at += 1) {
        const hex = random.slice(at * 32, at * 32 + 32);
        const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
        text += at % 100 === 0 ? `${id},a text that is no number at all\r\n` : `${id},${(at % 9) + 1}\r\n`;
      }
      yield await Promise.resolve(Buffer.from(text));
    }
  }

  test('A file of a million rows is counted exactly in flat memory', async () => {
    const before = used();
    const total = 1_000_000;
    const marks: { heap: number; buffers: number }[] = [];
    let part = 0;
    const startedAt = performance.now();
    const checked = await checkFile(rows(total), { electionId, contests: [motion], station: null }, () => {
      part += 1;
      if (part === 100 || part === total / 1_000) marks.push(used());
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    const [early, late] = marks as [typeof before, typeof before];
    const inMiB = (bytes: number): string => (bytes / 1_048_576).toFixed(1);
    console.log(
      `${total} rows in ${seconds.toFixed(1)} s; heap ${inMiB(early.heap - before.heap)} MiB at 100,000 rows, ` +
        `${inMiB(late.heap - before.heap)} MiB at the end; buffers ${inMiB(late.buffers - before.buffers)} MiB`,
    );
    expect(checked.rows).toBe(total);
    expect(checked.wrong.total).toBe(total / 100);
    expect(checked.wrong.groups.flatMap(({ listed }) => listed).length).toBe(listedMax);
    expect(checked.doubtful.rows).toBeGreaterThan(total / 2);
    expect(checked.idsLooked).toBe((total * 99) / 100);
    // What is listed, and nothing that grows with the rows.
    expect(late.heap - early.heap).toBeLessThan(16 * 1_048_576);
    // The table of ids.
    expect(late.buffers - before.buffers).toBeLessThan(80 * 1_048_576);
  }, 300_000);
});
