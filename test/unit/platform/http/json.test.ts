// JSON that a person or another program wrote: read in one way, or refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestOf } from '../../../../src/cli/control/request-of.ts';
import type { ControlOperation } from '../../../../src/cli/control/operations.ts';
import { readDefinitionFile } from '../../../../src/local/definition-file.ts';
import { readJson } from '../../../../src/platform/json.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);
const twice = 'names a member of an object twice, so it can be read in two ways.';
const notUtf8 = 'is not encoded in UTF-8.';

describe('Strict reading of JSON', () => {
  test('Every value is read as it was written, with a byte order mark or without', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', '\uFEFF'), fc.constantFrom(0, 2), (value, mark, space) => {
        const text = JSON.stringify(value, null, space);
        expect(readJson(bytesOf(mark + text))).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
    );
  });

  test('A member that is written twice is refused at every depth, also in another spelling', () => {
    const spellings = (name: string): string[] => [
      JSON.stringify(name),
      `"${Array.from(name, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    ];
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z:{"\\]{1,8}$/),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.array(fc.constantFrom('object', 'list'), { maxLength: 6 }),
        (name, one, other, around) => {
          for (const again of spellings(name)) {
            const inside = `{${JSON.stringify(name)}:${JSON.stringify(one)},${again}:${JSON.stringify(other)}}`;
            const text = around.reduce((inner, kind) => (kind === 'list' ? `[${inner}]` : `{"a":${inner}}`), inside);
            expect(readJson(bytesOf(text))).toEqual({ ok: false, fault: twice });
          }
        },
      ),
    );
  });

  test('Bytes that are no UTF-8 are refused, and not replaced', () => {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe4]])
      expect(readJson(Buffer.concat([bytesOf('{"a":"'), Buffer.from(bytes), bytesOf('"}')]))).toEqual({
        ok: false,
        fault: notUtf8,
      });
  });
});

describe('Commands that take JSON', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'popvote-json-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each([
    ['a member twice', bytesOf('{"closesAt":"2026-06-20T20:00:00Z","closesAt":"2026-06-21T20:00:00Z"}'), twice],
    ['a member twice inside', bytesOf('{"title":{"en":"Yes","en":"No"}}'), twice],
    ['bytes of another encoding', Buffer.from('{"title":{"en":"Gr\xfcn"}}', 'latin1'), notUtf8],
  ])('An election file with %s is refused', (_what, bytes, fault) => {
    const file = join(directory, 'election.json');
    writeFileSync(file, bytes);
    expect(readDefinitionFile(file)).toEqual({ ok: false, faults: [fault] });
  });

  test('A member of a body on the command line is refused where it names one twice', () => {
    const kinds = new Set(['object'] as const);
    const member = { name: 'title', required: true, description: '', kinds, choices: [], secret: false };
    const operation = {
      service: 'elections',
      id: 'createElection',
      method: 'POST',
      path: '/v1/elections',
      parameters: [],
      body: { kind: 'json', members: [member], needsMembers: true, examples: [] },
    } as unknown as ControlOperation;
    const request = (title: string) => requestOf(operation, { values: [`title=${title}`], body: { kind: 'none' } });
    expect(request('{"en":"Yes"}').body).toEqual({ kind: 'json', text: '{"title":{"en":"Yes"}}' });
    expect(() => request('{"en":"Yes","en":"No"}')).toThrow(`title ${twice}`);
  });
});
