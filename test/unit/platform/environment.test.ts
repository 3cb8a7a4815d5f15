// A service's environment: all errors are reported at once, each with a next step and never with a value.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, json, readEnvironment } from '../../../src/platform/environment.ts';
import { port } from '../../../src/platform/environment-fields.ts';
import type { Environment } from '../../../src/platform/environment.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-environment-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const schema = z.object({
  API_PORT: port.default(8080).describe('The port for voters.'),
  API_KEYS: json(z.strictObject({ secret: z.string().min(20) })).describe('The key file of api: popvote keys new.'),
  LOG_LEVEL: z.enum(['info', 'debug']).default('info').describe('How much is logged.'),
  SMS_ORIGIN: z.url().describe('The address of sms, such as http://127.0.0.1:9102.'),
});
const good = { API_KEYS: '{"secret":"correct-horse-battery-staple"}', SMS_ORIGIN: 'http://127.0.0.1:9102' };

function problemsOf(environment: Environment): readonly string[] {
  try {
    readEnvironment(schema, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('An accepted environment', () => {
  test('A service takes the given values, and defaults for the rest', () => {
    expect(readEnvironment(schema, good)).toEqual({
      API_PORT: 8080,
      API_KEYS: { secret: 'correct-horse-battery-staple' },
      LOG_LEVEL: 'info',
      SMS_ORIGIN: 'http://127.0.0.1:9102',
    });
  });

  test('A service reads a secret from a file, without its last line break', () => {
    const API_KEYS_FILE = file('keys', `${good.API_KEYS}\n`);
    const { API_KEYS } = readEnvironment(schema, { ...good, API_KEYS: undefined, API_KEYS_FILE });
    expect(API_KEYS.secret).toBe('correct-horse-battery-staple');
  });

  test('A service reads a file where the variable itself is empty, as Compose passes it', () => {
    const API_KEYS_FILE = file('keys', good.API_KEYS);
    expect(problemsOf({ ...good, API_KEYS: '', API_KEYS_FILE, LOG_LEVEL: ' ', API_PORT: '' })).toEqual([]);
  });
});

describe('A rejected environment', () => {
  test('All faults are listed at once, with advice', () => {
    expect(problemsOf({ API_PORT: '70000', API_KEYS: '{', LOG_LEVEL: 'loud' })).toEqual([
      expect.stringMatching(/^API_PORT: .*65535/),
      'API_KEYS: is not JSON.',
      expect.stringMatching(/^LOG_LEVEL: .*"info"\|"debug"/),
      'SMS_ORIGIN: not set. The address of sms, such as http://127.0.0.1:9102.',
    ]);
  });

  test('A file that cannot be read is reported once', () => {
    expect(problemsOf({ ...good, API_KEYS: undefined, API_KEYS_FILE: join(directory, 'none') })).toEqual([
      'API_KEYS_FILE: cannot be read (ENOENT).',
    ]);
    expect(problemsOf({ ...good, API_KEYS: undefined, API_KEYS_FILE: directory })).toEqual([
      'API_KEYS_FILE: cannot be read (EISDIR).',
    ]);
  });

  test('A value given twice is rejected', () => {
    expect(problemsOf({ ...good, API_KEYS_FILE: file('other', good.API_KEYS) })).toEqual([
      'API_KEYS: is set twice, as API_KEYS and as API_KEYS_FILE. Keep one.',
    ]);
  });

  test('A key file of the wrong form is reported by its field', () => {
    expect(problemsOf({ ...good, API_KEYS: '{"secret":5}' })).toEqual([expect.stringMatching(/^API_KEYS\.secret: /)]);
  });

  test.each([
    ['no JSON', { API_KEYS: 'hunter2-hunter2' }],
    ['a short secret', { API_KEYS: '{"secret":"hunter2"}' }],
    ['an address', { SMS_ORIGIN: 'hunter2://user:hunter2@@' }],
    ['a level', { LOG_LEVEL: 'hunter2' }],
    ['a port', { API_PORT: 'hunter2' }],
  ])('A service does not start with %s, and quotes no value', (_name, change) => {
    const problems = problemsOf({ ...good, ...change });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('The message of the error counts the faults', () => {
    expect(new ConfigurationError(['one']).message).toBe('configuration has 1 problem');
    expect(new ConfigurationError(['one', 'two']).message).toBe('configuration has 2 problems');
  });
});
