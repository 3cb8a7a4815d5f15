// The laws of test titles: vitest prints a title alone, so each one has to read as a statement without its describe.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { wordFaults } from '../support/laws/plain-words.ts';

const tests = dirname(import.meta.dirname);
const titleCharactersMax = 100;
/** Fewest words of a title; a describe names only a subject. */
const wordsMin = { describe: 2, test: 3 };

type Title = { readonly kind: 'describe' | 'test'; readonly text: string };

/** The name that a chain of calls starts with: `test` for `test.skipIf(slow).each(rows)('…')`. */
function firstName(expression: ts.Expression): string {
  if (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression)) {
    return firstName(expression.expression);
  }
  if (ts.isTaggedTemplateExpression(expression)) return firstName(expression.tag);
  return ts.isIdentifier(expression) ? expression.text : '';
}

function titleOf(node: ts.Node, source: ts.SourceFile): Title | undefined {
  if (!ts.isCallExpression(node) || node.arguments.length < 2) return undefined;
  const name = firstName(node.expression);
  const [title] = node.arguments;
  if (!title || !['describe', 'test', 'it'].includes(name)) return undefined;
  if (!ts.isStringLiteralLike(title) && !ts.isTemplateExpression(title)) return undefined;
  const text = ts.isStringLiteralLike(title) ? title.text : title.getText(source).slice(1, -1);
  return { kind: name === 'describe' ? 'describe' : 'test', text };
}

function titlesOf(path: string, text: string): Title[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const titles: Title[] = [];
  const visit = (node: ts.Node): void => {
    const title = titleOf(node, source);
    if (title) titles.push(title);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/** What is wrong with the titles of one file. */
function faultsOf(titles: readonly Title[]): string[] {
  return titles.flatMap(({ kind, text }, index) => {
    const faults: string[] = [];
    if (!/^([\p{Lu}\d“]|%[a-z]|\$\w)/u.test(text)) faults.push('starts with no capital letter');
    if (text.split(/\s+/).length < wordsMin[kind]) faults.push('has too few words');
    if (text.length > titleCharactersMax) faults.push(`has over ${titleCharactersMax} characters`);
    for (const { found } of wordFaults('title', text)) faults.push(`has the word "${found}"`);
    const repeated = titles.findIndex((other) => other.kind === kind && other.text === text) < index;
    if (repeated) faults.push('is repeated');
    return faults.map((fault) => `"${text}" ${fault}`);
  });
}

/** Its titles are the laws themselves, which end as sentences do. */
const laws = 'architecture.test.ts';
const paths = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.test\.tsx?$/.test(path))
  .filter((path) => path !== laws);
const textOf = (path: string): string => readFileSync(join(tests, path), 'utf8');

test('The titles of every test file read as statements', { timeout: 120_000 }, () => {
  expect(paths.length).toBeGreaterThan(100);
  const faults = paths.flatMap((path) => faultsOf(titlesOf(path, textOf(path))).map((fault) => `${path}: ${fault}`));
  expect(faults).toEqual([]);
});

test('Every test file calls `test` and never `it`', () => {
  const others = paths.filter((path) => /\bimport \{[^}]*\bit\b[^}]*\} from 'vitest'/.test(textOf(path)));
  expect(others).toEqual([]);
});

describe('A planted fault', () => {
  test.each([
    ['test', 'of a draft whose end has passed', 'starts with no capital letter'],
    ['test', 'Is rejected', 'has too few words'],
    ['test', `A title ${'that goes on and on '.repeat(6)}`, 'has over 100 characters'],
    ['test.each([1])', 'A row is %i and lies at rest anew', 'has the word "anew"'],
    ['describe', 'Users', 'has too few words'],
  ])('A planted title in %s is reported: %s', (call, title, fault) => {
    const titles = titlesOf('planted.test.ts', `${call}('${title}', () => {});`);
    expect(faultsOf(titles)).toEqual([`"${title}" ${fault}`]);
  });

  test('A repeated title is reported once', () => {
    const titles = titlesOf('planted.test.ts', "test('A vote is cast', f); test('A vote is cast', f);");
    expect(faultsOf(titles)).toEqual(['"A vote is cast" is repeated']);
  });
});
