// Plain English as a law: words that the project does not use, and names that are participles instead of nouns.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { participleFaults, unplainWords, wordedFiles, wordFaults } from '../support/laws/plain-words.ts';

const root = join(import.meta.dirname, '../..');
const files = wordedFiles(root).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

describe('Words of the project', () => {
  test('The files of every part are read', () => {
    for (const part of [
      'src/domain/',
      'src/store/migrations/',
      'src/pages/panel/',
      'test/',
      'bench/',
      'docs/',
      'README.md',
    ])
      expect(files.some(({ path }) => path.startsWith(part))).toBe(true);
    expect(files.length).toBeGreaterThan(900);
  });

  test('No file uses a word of the list', () => {
    expect(files.flatMap(({ path, text }) => wordFaults(path, text))).toEqual([]);
  });

  test('No variable is named by a participle', () => {
    const code = files.filter(({ path }) => /\.tsx?$/.test(path));
    expect(code.flatMap(({ path, text }) => participleFaults(path, text))).toEqual([]);
  });
});

describe('A planted breach is detected', () => {
  test.each([
    ['src/planted.ts', '// What is wrong is told and can be mended.', ['told', 'mended']],
    ['src/planted.sql', '-- Whoever asks\nselect away from stood;', ['Whoever']],
    ['docs/planted.md', 'The receipt stands for good.', ['for good', 'stands']],
    ['src/planted.tsx', '<p>Nobody has voted yet.</p>', ['Nobody']],
  ])('Words in %s', (path, text, words) => {
    expect(new Set(wordFaults(path, text).map(({ found }) => found))).toEqual(new Set(words));
  });

  test('Each word of the list is detected in a sentence', () => {
    for (const { pattern } of unplainWords) expect(pattern.flags).toBe('gi');
    expect(wordFaults('src/planted.ts', '// Understanding standards of a standby, outside the warehouse.')).toEqual([]);
  });

  test('Names that are participles', () => {
    const text = 'const shown = 1;\nfunction f(told: string, { kept }: Row): void {}\nconst row = { found: 1 };\n';
    expect(participleFaults('src/planted.ts', text).map(({ line, found }) => `${line} ${found}`)).toEqual([
      '1 name shown',
      '2 name told',
      '2 name kept',
    ]);
  });
});
