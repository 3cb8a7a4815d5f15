// docs/developing.md: each path that it names exists, each command is a script, and the lists of its recipes are complete
// where a registry can be read.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/developing.md'), 'utf8');
/** Folders that a path of the project begins with. */
const folders = 'src|test|docs|bench';

/** Paths in a text; `<name>` is one of the services. */
function pathsIn(text: string): string[] {
  const inFolders = [...text.matchAll(new RegExp(`(?<![\\w/.])(?:${folders})/[\\w./<>-]*[\\w>]`, 'g'))].map(
    ([path]) => path,
  );
  const others = [...text.matchAll(/`([\w-]+\.(?:yml|json|md)|\.ci\/run)`/g)].map(([, path = '']) => path);
  return [...inFolders, ...others].map((path) => path.replace('<name>', 'panel'));
}

/** The recipe below a heading. */
function recipe(heading: string): string {
  const start = page.indexOf(`\n## ${heading}\n`);
  expect(start, heading).toBeGreaterThan(0);
  return page.slice(start + 1).split('\n## ', 1)[0] ?? '';
}

test('Every path that the page names exists', () => {
  const paths = pathsIn(page);
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(pathsIn('see `src/nowhere.ts`.').filter((path) => !existsSync(join(root, path)))).toEqual(['src/nowhere.ts']);
});

test('Every npm script that the page names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const names = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(new Set(names).size).toBeGreaterThan(6);
  for (const name of names) expect(Object.keys(scripts)).toContain(name);
});

describe('Recipes of the page', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => `src/${path}`);
  const filesWith = (pattern: RegExp): string[] =>
    files.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8')));

  test('The recipe for an SMS provider names every file outside Twilio’s own that mentions Twilio', () => {
    const text = recipe('Add an SMS provider');
    // Examples of the documentation name it too; they need no other.
    const own = /\/twilio[\w-]*\.ts$|\/api-docs\//;
    const missing = filesWith(/twilio/i).filter((path) => !own.test(path) && !text.includes(path));
    expect(missing).toEqual([]);
  });

  test('The recipe for a panel page names every file that imports the example page', () => {
    const text = recipe('Add a panel page');
    expect(filesWith(/system-page\.tsx'/).filter((path) => !text.includes(path))).toEqual([]);
  });

  test('The recipe for a setting names every launcher that sets the keys of ballots', () => {
    const text = recipe('Add a setting');
    const launchers = filesWith(/\bBALLOTS_KEYS_FILE:/);
    expect(launchers).not.toEqual([]);
    expect(launchers.filter((path) => !text.includes(path))).toEqual([]);
  });

  test('The recipes for a method and a problem code name every file with an example, except texts', () => {
    const counting = recipe('Add a counting method');
    const problem = recipe('Add a problem code');
    const texts = 'src/pages/public/languages/texts/';
    const missing = (pattern: RegExp, text: string): string[] =>
      filesWith(pattern).filter((path) => !path.startsWith(texts) && !text.includes(path));
    expect(missing(/\bsainteLague\b/, counting)).toEqual([]);
    // The style guide shows some problems.
    expect(missing(/'not-eligible'/, problem).filter((path) => !path.includes('/guide/'))).toEqual([]);
  });

  test('The recipe for a migration names every database', () => {
    const text = recipe('Add a migration');
    for (const database of readdirSync(join(root, 'src/store/migrations'))) {
      expect(text).toContain(`src/store/migrations/${database}`);
    }
  });
});
