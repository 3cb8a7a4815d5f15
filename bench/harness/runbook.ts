// The commands of a page of deploy/runbooks, run as they are written there, with functions for this machine in the place of those
// of deploy/backup/commands.sh.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'runbooks');
/** Longest time of the commands of one call, in milliseconds. */
const commandsMsMax = 300_000;
/** Characters of the output of failed commands that are shown. */
const outputCharactersShown = 4_000;

export type RunbookStep = { readonly section: string; readonly step: number | null; readonly script: string };

/**
 * The blocks of commands (`sh`) of a page, in order, with the section and the numbered step that they are in. Blocks without a
 * language are for Docker Compose alone.
 */
export function runbookSteps(name: string, language: 'sh' | '' = 'sh'): readonly RunbookStep[] {
  const steps: RunbookStep[] = [];
  let section = '';
  let step: number | null = null;
  let block: { readonly indent: string; readonly language: string; readonly lines: string[] } | null = null;
  for (const line of readFileSync(join(folder, `${name}.md`), 'utf8').split('\n')) {
    const fence = /^( *)```(\w*)$/.exec(line);
    if (block !== null && fence) {
      if (block.language === language) steps.push({ section, step, script: block.lines.join('\n') });
      block = null;
    } else if (block !== null) block.lines.push(line.slice(block.indent.length));
    else if (fence) block = { indent: fence[1] ?? '', language: fence[2] ?? '', lines: [] };
    else if (line.startsWith('## ')) [section, step] = [line.slice(3), null];
    else step = Number(/^(\d+)\. /.exec(line)?.[1] ?? step) || null;
  }
  return steps;
}

/** The numbers of steps of "Do", or "Check". */
export type RunbookPart = 'Check' | readonly number[];

/** The commands of some steps of "Do", or of "Check", as one script. Throws where a step has no commands. */
export function runbookScript(name: string, part: RunbookPart, language: 'sh' | '' = 'sh'): string {
  const steps = runbookSteps(name, language);
  const scriptsOf = (section: string, step: number | null): string[] => {
    const scripts = steps.filter((each) => each.section === section && each.step === step);
    if (scripts.length === 0) throw new Error(`${name}.md has no commands in ${section} ${step ?? ''}.`);
    return scripts.map(({ script }) => script);
  };
  if (part === 'Check') return scriptsOf('Check', null).join('\n');
  return part.flatMap((step) => scriptsOf('Do', step)).join('\n');
}

/** Runs commands in one shell. Resolves with their output; rejects with it where a command fails or they take too long. */
export function runCommands(
  prelude: string,
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const words = ['-c', `set -euo pipefail\n${prelude}\n${script}`];
    const child = spawn('bash', words, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), commandsMsMax);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(late);
      if (code === 0) resolve(output);
      else
        reject(new Error(`Commands ended with ${String(code)}:\n${script}\n${output.slice(-outputCharactersShown)}`));
    });
  });
}
