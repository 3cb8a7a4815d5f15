// The Caddyfile of the edge says what the platform says, and its log has certificates only. deploy/test/edge.ts runs it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemBodyOf } from '../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';

const text = readFileSync(join(import.meta.dirname, '../../../deploy/edge/Caddyfile'), 'utf8');

describe('The Caddyfile of the edge', () => {
  test('Rejections by the edge are the problems of the platform, byte for byte', () => {
    const answers = [...text.matchAll(/^\(([a-z-]+)\) \{\n\trespond `(.*)` (\d+)\n\}/gm)];
    expect(answers.map(([, code]) => code)).toEqual(['busy', 'change-unknown', 'outcome-unknown']);
    for (const [, code = '', body = '', status] of answers) {
      const problem = problemBodyOf(code as ProblemCode);
      expect([body, Number(status)]).toEqual([JSON.stringify(problem), problem.status]);
    }
  });

  test('The log of the edge has certificates only, and no site has a log of its own', () => {
    expect(text.match(/^\t*log\b.*$/gm)).toEqual(['\tlog {']);
    expect(text.match(/^\t+include .*$/gm)).toEqual(['\t\tinclude tls http.acme_client']);
  });
});
