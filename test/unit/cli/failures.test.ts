// What a failure of any kind says: one or two lines, no stack trace, no quoted answer, nothing that controls a terminal.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CommandFailed } from '../../../src/cli/context.ts';
import { exitCodeOf } from '../../../src/cli/failures.ts';
import { reportStartFailure } from '../../../src/platform/process.ts';
import { CallFailed } from '../../../src/platform/private-calls/private-calls.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-failures-'));
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const strangeForm = z.object({ a: z.string(), b: z.string() }).safeParse(null).error;

describe('The text of a failure', () => {
  test.each([
    ['a file that is not there', errorOf(() => readFileSync(join(folder, 'none'))), 1, 'none does not exist (ENOENT).'],
    ['a file for a folder', errorOf(() => readdirSync('/dev/null')), 1, '/dev/null is not a folder'],
    ['a folder for a file', errorOf(() => writeFileSync(folder, '')), 1, `${folder} is a folder (EISDIR).`],
    ['a name with several addresses', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 1, 'Start it'],
    ['a server that is not there', coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:1'), 1, 'correct its address'],
    ['a server that is silent', new Error('timeout expired'), 1, 'correct its address'],
    ['an error without a text', new RangeError(), 1, 'RangeError'],
    ['a call that was not sent', new CallFailed('elections', 'POST', coded('ECONNREFUSED')), 1, 'Start it'],
    ['a call that only reads', new CallFailed('elections', 'GET', coded('UND_ERR_SOCKET')), 1, 'Try again.'],
    ['a call that may have acted', new CallFailed('elections', 'POST', coded('UND_ERR_SOCKET')), 1, 'is unknown'],
    ['a call that is too late', new CallFailed('elections', 'GET', AbortSignal.abort().reason), 1, 'aborted'],
    ['an answer of another form', new CallFailed('elections', 'GET', strangeForm), 1, 'its answer has another form'],
    [
      'a file of a call',
      new CallFailed('elections', 'POST', new CommandFailed('a.csv cannot be read.', 2)),
      2,
      'a.csv',
    ],
    ['a thrown text', 'hunter2', 1, 'failed'],
  ])('The failure of %s is said in a line', (_name, error, code, text) => {
    const lines: string[] = [];
    expect(exitCodeOf(error, (line) => lines.push(line))).toBe(code);
    expect(lines).toEqual([expect.stringMatching(/^popvote: .{5}/)]);
    expect(lines[0]).toContain(text);
    expect(lines[0]).not.toMatch(/\n|hunter2|undefined/);
  });

  test('A text cannot control the terminal, and keeps its lines', () => {
    const lines: string[] = [];
    exitCodeOf(new CommandFailed('a\u001b[31m\u009b\u202eb\n  c'), (line) => lines.push(line));
    expect(lines).toEqual(['popvote: a [31m b\n  c']);
  });

  test('An address on which no process can listen is named without a stack trace', () => {
    const lines: string[] = [];
    const error = Object.assign(coded('ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere'), { syscall: 'getaddrinfo' });
    expect(reportStartFailure(error, (line) => lines.push(line))).toBe(1);
    expect(lines).toEqual(['popvote: getaddrinfo ENOTFOUND nowhere. Correct the address or the port.']);
  });
});
