// Decision 0014 for the documents: the terms of the glossary instead of the words that they replace, and a short start.
import { expect, test } from 'vitest';
import { markdownFiles } from '../../support/documents.ts';
import type { TextFile } from '../../support/documents.ts';

const replaced = [
  /\bmend(s|ed|ing)?\b/i,
  /\bwho(so)?ever\b/i,
  /\banew\b/i,
  /\b(is|are|was|be) told\b/i,
  /\bfor good\b/i,
  /\b(stands?|stood)\b/i,
  /\bput(s|ting)? out\b/i,
  /\btwin\b/i,
  /\bnobody\b/i,
  /\bset (apart|aside)\b/i,
  /\bwaiters?\b/i,
  /\bon record\b/i,
  /\b(is|are) away\b/i,
  /\b(his|him|he)\b/i,
  /\brefusals?\b/i,
  /\bkey of the hour\b/i,
];
/** Generated from the schemas, and an example of what not to write. docs/results.md is not converted yet. */
const exempt = ['docs/configuration.md', 'docs/glossary.md', 'docs/results.md'];
const wordsMax = 2_600;

/** Without code, which has the names of the API, and without link targets. */
const prose = (text: string): string =>
  text
    .replaceAll(/```[^]*?```/g, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']');

function oldWords({ path, text }: TextFile): string[] {
  return replaced.flatMap((word) => {
    const [match] = word.exec(prose(text)) ?? [];
    return match === undefined ? [] : [`${path}: ${match}`];
  });
}

test('the documents use the terms of the glossary', () => {
  expect(
    markdownFiles()
      .filter(({ path }) => !exempt.includes(path))
      .flatMap(oldWords),
  ).toEqual([]);
});

test('an old word in a document is found', () => {
  expect(oldWords({ path: 'planted.md', text: 'Whoever is `away` must mend it.' })).toEqual([
    'planted.md: mend',
    'planted.md: Whoever',
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
