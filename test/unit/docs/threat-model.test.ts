// The threat model: each row names a test, or says that nothing prevents the act. Whether the tests exist, paths.test.ts judges.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const text = readFileSync(join(import.meta.dirname, '../../../docs/threat-model.md'), 'utf8');

/** The rows of tables without a test and without the words "not prevented". */
const unproven = (document: string): string[] =>
  document
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]*\|$/.test(line) && !line.endsWith(' tests |'))
    .filter((line) => !/`test\/[\w./-]+\.test\.ts`/.test(line) && !/\*\*not prevented/.test(line));

test('Every claim of the threat model names a test, or says that nothing prevents the act', () => {
  expect(text.split('\n').filter((line) => line.startsWith('|')).length).toBeGreaterThan(40);
  expect(unproven(text)).toEqual([]);
  expect(unproven('| `api` | nothing | reads no table | |')).toHaveLength(1);
});
