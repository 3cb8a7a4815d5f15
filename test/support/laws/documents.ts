// The files of the project: documents, sources, tests and settings, without build output.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export type TextFile = { readonly path: string; readonly text: string };

export const root = join(import.meta.dirname, '../../..');
const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.popvote', 'secrets', 'bench/results']);
const readable = /(\.(md|ts|tsx|js|css|html|sql|yml|json)|Dockerfile|\.ci\/run)$/;

function pathsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(path) || skipped.has(entry.name) ? [] : pathsBelow(path);
    return readable.test(path) && entry.name !== 'package-lock.json' ? [path] : [];
  });
}

/** Every text file of the project, by its path from the root. */
export function textFiles(): TextFile[] {
  return pathsBelow('').map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Every document in Markdown. */
export function markdownFiles(): TextFile[] {
  return textFiles().filter(({ path }) => path.endsWith('.md'));
}
