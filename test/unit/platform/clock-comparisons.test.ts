// Every comparison with a clock has two sides, or its reason in the list of test/support/laws/clock-comparisons.ts.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clockComparisons, knownComparisons } from '../../support/laws/clock-comparisons.ts';
import { sourceFiles } from '../../support/laws/source-tree.ts';

const root = join(import.meta.dirname, '../../..');

describe('The comparisons with a clock', () => {
  test('Each comparison of the sources has two sides, or a reason in the list', () => {
    const comparisons = clockComparisons(sourceFiles(root));
    expect(comparisons.filter((comparison) => !knownComparisons.has(comparison))).toEqual([]);
    expect([...knownComparisons].filter((comparison) => !comparisons.includes(comparison))).toEqual([]);
  });

  test.each([
    ['const fresh = clock() - createdAtMs < epochMs;', 2],
    ['if (Date.now() > this.untilMs) return;', 1],
    ['const usable = parts.clock() >= key.atMs;', 1],
    ['const over = row.nowMs >= closesAtMs + graceMs;', 1],
    ['const fresh = isWithin(clock(), createdAtMs, epochMs);', 0],
    ['const waited = performance.now() - startedMs;', 0],
  ])('A comparison is found by its form: %s', (text, times) => {
    expect(clockComparisons([{ path: 'src/services/any.ts', text }])).toHaveLength(times);
  });
});
