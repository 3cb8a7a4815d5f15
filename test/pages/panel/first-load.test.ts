// What a browser loads before the first page of the panel: the build splits the script by page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../dist/web/panel');
/** In bytes, gzipped: scripts and styles of the sign-in and the frame. */
const firstLoadBytesMax = 60_000;

/** A script and all that it imports at once, by the names of their files. */
function withImports(name: string, names = new Set<string>()): Set<string> {
  if (names.has(name)) return names;
  names.add(name);
  const text = readFileSync(join(folder, 'assets', name), 'utf8');
  for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) withImports(imported, names);
  return names;
}

test('The panel loads at most 60 kB before its first page, and each page is a part of its own', () => {
  const page = readFileSync(join(folder, 'panel.html'), 'utf8');
  const entries = [...page.matchAll(/\/assets\/([^"]+\.(?:js|css))"/g)].map(([, name = '']) => name);
  const files = new Set(entries.flatMap((name) => (name.endsWith('.js') ? [...withImports(name)] : [name])));
  const bytes = [...files].reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, 'assets', name))).length, 0);
  expect(bytes, [...files].join(', ')).toBeLessThanOrEqual(firstLoadBytesMax);
  expect([...files].some((name) => /results|upload|audit/.test(name))).toBe(false);
});
