// The report of a failed start: its exit code, its words, and no value.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConfigurationError } from '../../../src/platform/environment.ts';
import { reportStartFailure } from '../../../src/platform/process.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function report(error: unknown): { code: number; text: string } {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { code: reportStartFailure(error), text };
}

describe('A start that failed', () => {
  test('A start that failed by its configuration ends with 78 and a numbered list', () => {
    const { code, text } = report(new ConfigurationError(['API_PORT: not set.', 'API_KEYS: is not JSON.']));
    expect(code).toBe(78);
    expect(text).toBe('popvote: configuration has 2 problems:\n 1. API_PORT: not set.\n 2. API_KEYS: is not JSON.\n');
  });

  test('A start that failed by a port in use names the port and what to do', () => {
    const { code, text } = report(Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 8080 }));
    expect(code).toBe(1);
    expect(text).toBe('popvote: port 8080 is in use. Stop the program that uses it, or set another port.\n');
  });

  test('A start that failed by a bug shows where', () => {
    const { code, text } = report(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(text).toMatch(/^popvote: TypeError: x is not a function\n {4}at /);
  });

  test.each([[null], [undefined], ['text'], [{}]])(
    'A start that failed by %o, which is no error, is reported all the same',
    (value) => {
      expect(report(value)).toEqual({ code: 1, text: 'popvote: start failed\n' });
    },
  );
});
