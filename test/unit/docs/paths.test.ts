// Every path of a source, test, bench or document that the documents name exists.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownFiles, root } from '../../support/laws/documents.ts';

const pathForm = /(?<![\w./-])(?:src|test|bench|docs|deploy|\.github|\.ci)\/[\w./<>*{},-]*/g;
/** Made by a run, so absent in a fresh checkout. */
const generated = ['bench/results/'];

/** Whether a file or folder has the path, of which a part may be a placeholder such as `<name>`. */
function exists(path: string): boolean {
  const walk = (folder: string, parts: readonly string[]): boolean => {
    const [part, ...rest] = parts;
    if (part === undefined || part === '') return existsSync(join(root, folder));
    if (!/[<*]/.test(part)) return existsSync(join(root, folder, part)) && walk(join(folder, part), rest);
    const pattern = new RegExp(`^${part.replaceAll('.', '\\.').replace(/<[^>]*>|\*/g, '.+')}$`);
    return readdirSync(join(root, folder)).some((name) => pattern.test(name) && walk(join(folder, name), rest));
  };
  return walk('', path.split('/'));
}

/** `pages/{voter,panel}/` is `pages/voter/` and `pages/panel/`. */
function expanded(path: string): string[] {
  const [whole, list] = /\{([^}]*)\}/.exec(path) ?? [];
  return list === undefined ? [path] : list.split(',').flatMap((part) => expanded(path.replace(whole!, part)));
}

function missingPaths(text: string): string[] {
  return (text.match(pathForm) ?? [])
    .map((path) => path.replace(/[.,-]+$/, ''))
    .flatMap(expanded)
    .filter((path) => !generated.some((folder) => path.startsWith(folder)))
    .filter((path) => !exists(path));
}

test('Every path that the documents name exists', () => {
  const missing = markdownFiles().flatMap(({ path, text }) => missingPaths(text).map((name) => `${path}: ${name}`));
  expect(missing).toEqual([]);
});

test('A path that does not exist is reported', () => {
  const text = 'See `src/domain/planted.ts`, `src/services/<name>/planted.ts` and `test/{unit,planted}/`.';
  expect(missingPaths(text)).toEqual(['src/domain/planted.ts', 'src/services/<name>/planted.ts', 'test/planted/']);
  expect(missingPaths('`src/services/<name>/main.ts`, `src/pages/{voter,panel}/` and test/unit/domain/.')).toEqual([]);
});
