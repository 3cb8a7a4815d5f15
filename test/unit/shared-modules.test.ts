// Test files of a worker share their modules, so a file that replaces one has to leave the real one behind.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const tests = dirname(import.meta.dirname);
const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
const targetsOf = (text: string, call: string): string[] =>
  [...text.matchAll(new RegExp(String.raw`^\s*vi\.${call}\((?:import\()?'([^']+)'`, 'gm'))].map(
    ([, path = '']) => path,
  );

/** What a file that replaces modules lacks. */
function faultsOf(text: string): string[] {
  const replaced = targetsOf(text, 'mock');
  if (replaced.length === 0) return [];
  const resets = text.split('vi.resetModules()').length - 1;
  const returned = targetsOf(text, 'doUnmock');
  return [
    ...(resets < 2 ? ['resets its modules less than twice: before its imports and after its tests'] : []),
    ...replaced.filter((path) => !returned.includes(path)).map((path) => `leaves ${path} replaced`),
  ];
}

describe('Modules that tests replace', () => {
  test('A file without its end, or without its beginning, is found', () => {
    const whole = "vi.hoisted(() => vi.resetModules());\nvi.mock('a');\n  vi.doUnmock('a');\n  vi.resetModules();";
    expect(faultsOf(whole)).toEqual([]);
    expect(faultsOf(whole.replace("vi.doUnmock('a')", ''))).toEqual(['leaves a replaced']);
    expect(faultsOf(whole.replace('vi.hoisted(() => vi.resetModules());\n', ''))).toHaveLength(1);
  });

  test('Every file that replaces a module begins with its own modules and leaves the real ones', () => {
    const replacing = files.filter((name) => targetsOf(readFileSync(join(tests, name), 'utf8'), 'mock').length > 0);
    expect(replacing.length).toBeGreaterThanOrEqual(2);
    for (const name of replacing) expect(faultsOf(readFileSync(join(tests, name), 'utf8')), name).toEqual([]);
  });
});
