// Decision 0014 for the documents: the terms of the glossary instead of the words that they replace, and a short start.
import { expect, test } from 'vitest';
import { markdownFiles } from '../../support/documents.ts';
import type { TextFile } from '../../support/documents.ts';
import { wordFaults } from '../../support/plain-words.ts';

/** Generated from the schemas, and the list of what not to write. docs/results.md is not converted yet. */
const exempt = ['docs/configuration.md', 'docs/plain-words.md', 'docs/results.md'];
const wordsMax = 2_600;

/** Without code, which has the names of the API, and without link targets. */
const prose = (text: string): string =>
  text
    .replaceAll(/```[^]*?```/g, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']');

const oldWords = ({ path, text }: TextFile): string[] =>
  wordFaults(path, prose(text)).map(({ found, instead }) => `${path}: ${found} (say: ${instead})`);

test('the documents use the terms of the glossary', () => {
  expect(
    markdownFiles()
      .filter(({ path }) => !exempt.includes(path))
      .flatMap(oldWords),
  ).toEqual([]);
});

test('an old word in a document is found', () => {
  expect(oldWords({ path: 'planted.md', text: 'Whoever is `away` must mend it.' })).toEqual([
    'planted.md: mend (say: fix, correct)',
    'planted.md: Whoever (say: anyone who, or name the person)',
  ]);
});

test('the documents that the README gives to newcomers take ten minutes to read', () => {
  const documents = new Map(markdownFiles().map(({ path, text }) => [path, text]));
  const [, start = ''] = /\*\*New here\?\*\*([^]*?)\n\n/.exec(documents.get('README.md') ?? '') ?? [];
  const [sentence = ''] = start.split('To change something');
  const named = [...sentence.matchAll(/\]\((docs\/[^)]*)\)/g)].map(([, path]) => path!);
  expect(named).toHaveLength(3);
  const words = named.flatMap((path) => prose(documents.get(path)!).match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu) ?? []);
  expect(words.length).toBeLessThanOrEqual(wordsMax);
});
