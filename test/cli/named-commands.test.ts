// Each command that a document or a help text names is one that the program accepts, with its options.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { faultOf } from '../support/deploy/command-check.ts';

const root = join(import.meta.dirname, '../..');
const documents = [
  'README.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Commands in inline code and in blocks. What has a gap or a part of the shell is a form, and not a command. */
function commandsIn(text: string): readonly string[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  const inline = [...joined.matchAll(/`(popvote [^`]+)`/g)].map(([, words = '']) => words.replaceAll(/\s+/g, ' '));
  const lines = [...joined.matchAll(/^ *(?:\$ )?(?:[A-Z_]+=\S+ )*(popvote .+)$/gm)].map(([, words = '']) => words);
  return [...inline, ...lines]
    .map((words) => words.split(/ {2,}| #| >/)[0] ?? '')
    .filter((words) => !/[…<{|$(*]/.test(words));
}

const helps: { name: string; text: string }[] = [];
const out: string[] = [];
const program = await buildProgram('', {
  environment: {},
  out: (text) => out.push(text),
  say: () => undefined,
  isOutputClosed: () => false,
  stdin: process.stdin,
  stdout: process.stdout,
  entry: '',
});
function readHelp(command: Command, at: readonly string[]): void {
  out.length = 0;
  command.outputHelp();
  helps.push({ name: at.join(' '), text: out.join('\n') });
  for (const child of command.commands) readHelp(child, [...at, child.name()]);
}
readHelp(program, ['popvote']);

/** A sentence may name a command without what it needs. Help and the version are printed. */
const isIncomplete = (fault: string): boolean =>
  /missing required argument|required option|argument missing|^Usage: |^\(outputHelp\)$|^\d+\.\d+\.\d+$/.test(fault);

async function faultsIn(text: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const command of commandsIn(text)) {
    const fault = await faultOf(command);
    if (fault !== null && !isIncomplete(fault)) faults.push(`${command}: ${fault}`);
  }
  return faults;
}

describe('Commands that texts name', () => {
  test.each(documents)('Each command in %s is accepted', async (name) => {
    expect(await faultsIn(readFileSync(join(root, name), 'utf8'))).toEqual([]);
  });

  test.each(helps)('Each command in the help of $name is accepted', async ({ text }) => {
    expect(await faultsIn(text)).toEqual([]);
  });

  test('Commands are found, and most commands of the program have examples', () => {
    expect(documents.flatMap((name) => commandsIn(readFileSync(join(root, name), 'utf8'))).length).toBeGreaterThan(50);
    expect(helps.filter(({ text }) => commandsIn(text).length > 0).length).toBeGreaterThan(12);
  });

  test('The document of the command line names every command', () => {
    const text = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
    for (const name of program.commands.map((each) => each.name()))
      expect([name, new RegExp(`\`(popvote )?${name}\\b`).test(text)]).toEqual([name, true]);
  });
});
