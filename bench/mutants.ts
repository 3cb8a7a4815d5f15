// Planted bugs that the drills must find. Each is a change of the sources in a copy of the project, which is built and run
// through one drill with --quick. The run fails if a drill does not find its bug.
// Run: npx tsx bench/mutants.ts [--only chaos,paper]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Report } from './harness/report.ts';
import { mutants } from './mutants/list.ts';
import type { Mutant } from './mutants/list.ts';

/** Longest run of one drill, in milliseconds. */
const drillMsMax = 420_000;
/** Characters of an error that are shown. */
const saidMax = 2_000;
const outputBytesMax = 64 * 1_024 ** 2;
const root = fileURLToPath(new URL('..', import.meta.url));
const notCopied = ['node_modules', 'dist', '.git', '.popvote', 'coverage', 'bench/results'].map((path) =>
  join(root, path),
);
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const only = values.only?.split(',');
const copy = mkdtempSync(join(tmpdir(), 'popvote-mutants-'));
const survivors: string[] = [];
/** The copy has no history, and a drill may build an older version. Nothing is written to the history. */
const gitDirectory = spawnSync('git', ['rev-parse', '--absolute-git-dir'], {
  cwd: root,
  encoding: 'utf8',
}).stdout.trim();
const history = { GIT_DIR: gitDirectory, GIT_OPTIONAL_LOCKS: '0' };
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
cpSync(root, copy, { recursive: true, filter: (path) => !notCopied.includes(path) });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
for (const mutant of mutants.filter(({ drill }) => only?.includes(drill) !== false)) {
  const result = tryMutant(mutant);
  process.stdout.write(`${mutant.drill}: ${mutant.bug}\n  ${result.says}\n`);
  if (!result.isFound) survivors.push(`${mutant.drill}: ${mutant.bug}`);
}
if (survivors.length > 0) process.stderr.write(`\nNot found:\n${survivors.join('\n')}\n`);
process.exit(survivors.length > 0 ? 1 : 0);

type Result = { readonly isFound: boolean; readonly says: string };

function tryMutant({ drill, edits, words: own = [] }: Mutant): Result {
  const originals = edits.map(({ file }) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
  try {
    for (const { file, search, replace } of edits) {
      const text = readFileSync(join(copy, file), 'utf8');
      if (text.split(search).length !== 2) return { isFound: false, says: `${file} does not have the text once.` };
      writeFileSync(
        join(copy, file),
        text.replace(search, () => replace),
      );
    }
    const build = spawnSync('npm', ['run', '--silent', 'build'], { cwd: copy, encoding: 'utf8' });
    if (build.status !== 0)
      return { isFound: false, says: `It cannot be built: ${(build.stdout + build.stderr).slice(0, saidMax)}` };
    const file = drill === 'overload' ? 'overload.ts' : join('drills', `${drill}.ts`);
    const words = ['--import', import.meta.resolve('tsx'), join('bench', file), '--quick', '--json', ...own];
    const run = spawnSync(process.execPath, words, {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, ...(gitDirectory !== '' && history) },
      timeout: drillMsMax,
      maxBuffer: outputBytesMax,
    });
    return judge(run.stdout, run.stderr);
  } finally {
    for (const { file, text } of originals) writeFileSync(join(copy, file), text);
  }
}

/** A bug is found by a check that fails. A drill that broke off shows nothing about its checks. */
function judge(stdout: string, stderr: string): Result {
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) return { isFound: false, says: `The drill broke off: ${stderr.slice(-saidMax)}` };
  const { oracle, hindrance } = JSON.parse(line) as Report;
  if (hindrance !== null) return { isFound: true, says: `not run here: ${hindrance}` };
  const failures = oracle.filter(({ passed }) => !passed);
  if (failures.length === 0) return { isFound: false, says: 'Not found: every check held.' };
  return { isFound: true, says: failures.map(({ name, detail }) => `found by "${name}": ${detail}`).join('; ') };
}
