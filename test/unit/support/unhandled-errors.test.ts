// `.ci/run` runs failed files once more. An error that no test caught must end it all the same.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const script = readFileSync(join(root, '.ci/run'), 'utf8');
/** A function of the script, as it is. */
const functionOf = (name: string): string =>
  new RegExp(`^${name}\\(\\) \\{(?:\\n[^]*?\\n| .* )\\}$`, 'm').exec(script)?.[0] ?? '';
const folder = mkdtempSync(join(tmpdir(), 'popvote-unhandled-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rejection = `test('One that leaves an error', async () => {
  void Promise.reject(new Error('no one waits for this'));
  await new Promise((resolve) => setTimeout(resolve, 20));
});`;

/** Runs these files of tests as `.ci/run` does, and asks it whether those that failed may run once more. */
function ranWith(files: Readonly<Record<string, string>>): {
  readonly status: number | null;
  readonly mayRepeat: string;
} {
  for (const [name, tests] of Object.entries(files))
    writeFileSync(join(folder, `${name}.test.ts`), `import { expect, test } from 'vitest';\n${tests}\n`);
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default { test: { include: ["*.test.ts"] } };\n');
  const unhandled = join(folder, 'unhandled');
  writeFileSync(unhandled, '');
  const words = `${functionOf('reports')}\nreports ${join(folder, 'report.json')}`;
  const reports = spawnSync('bash', ['-c', words], { encoding: 'utf8' }).stdout.split(' ');
  const reporters = reports.map((word) => word.replace('=./', `=${root}/`));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--root', folder, ...reporters], {
    cwd: folder,
    env: { PATH: process.env['PATH'], POPVOTE_UNHANDLED_ERRORS: unhandled },
  });
  const question = `unhandled=${unhandled} again_max=6 again=(one.test.ts)\n${functionOf('may_repeat')}\nmay_repeat && echo yes`;
  return { status, mayRepeat: spawnSync('bash', ['-c', question], { encoding: 'utf8' }).stdout };
}

test('A file that fails may run once more, and not beside an error of another that no test caught', () => {
  const failing = `test('One that fails', () => expect(1).toBe(2));`;
  expect(ranWith({ one: failing })).toEqual({ status: 1, mayRepeat: 'yes\n' });
  // It runs again, and so shows the error again if it stays.
  expect(ranWith({ one: `${failing}\n${rejection}` })).toEqual({ status: 1, mayRepeat: 'yes\n' });
  const { status, mayRepeat } = ranWith({ one: failing, two: rejection });
  expect([status, mayRepeat]).toEqual([1, expect.stringContaining('no one waits for this')]);
  expect(mayRepeat).not.toContain('yes');
});
