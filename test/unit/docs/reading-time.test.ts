// The documents that the README names for newcomers are short.
import { expect, test } from 'vitest';
import { markdownFiles } from '../../support/laws/documents.ts';

const wordsMax = 2_600;

/** Without code, which has the names of the API, and without link targets. */
const prose = (text: string): string =>
  text
    .replaceAll(/```[^]*?```/g, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(/\]\([^)]*\)/g, ']');

test('The documents that the README gives to newcomers take ten minutes to read', () => {
  const documents = new Map(markdownFiles().map(({ path, text }) => [path, text]));
  const [, start = ''] = /\*\*New here\?\*\*([^]*?)\n\n/.exec(documents.get('README.md') ?? '') ?? [];
  const [sentence = ''] = start.split('To change something');
  const paths = [...sentence.matchAll(/\]\((docs\/[^)]*)\)/g)].map(([, path]) => path!);
  expect(paths).toHaveLength(3);
  const words = paths.flatMap((path) => prose(documents.get(path)!).match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu) ?? []);
  expect(words.length).toBeLessThanOrEqual(wordsMax);
});
