// docs/bounds.md: every bound of the sources has a kind and is in the document, and the named tests exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundsDocument, namedTests, readBounds, unlistedBounds, untestedBounds } from '../../support/laws/bounds.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');
/** Bounds without a test for them or for their kind. It may only become smaller. */
const untestedMax = 36;

const bounds = readBounds(sourceFiles(root));

test('Every bound of the sources has a kind, and every kind belongs to a bound', () => {
  expect(bounds.length).toBeGreaterThan(400);
  expect(unlistedBounds(bounds)).toEqual([]);
});

test('The list of bounds is current', async () => {
  await expect(boundsDocument(bounds)).toMatchFileSnapshot(join(root, 'docs/bounds.md'));
});

test('Every test that is named for a bound exists', () => {
  const missing = namedTests().filter((name) => {
    const [file = '', title = ''] = name.split(/: (.*)/s);
    const path = join(root, 'test', file);
    return title === '' || !existsSync(path) || !readFileSync(path, 'utf8').includes(title);
  });
  expect(missing).toEqual([]);
});

test('No more bounds are without a test than before', () => {
  expect(untestedBounds(bounds).length).toBeLessThanOrEqual(untestedMax);
});
