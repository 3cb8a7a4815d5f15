// Every command with options that are repeated, empty, unknown or without a value, and with help in any place: it says what is
// wrong with exit code 2, and does nothing.
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { command } from '../support/processes/command.ts';

type Leaf = { readonly name: string; readonly words: readonly string[]; readonly command: Command };

const nothing = { environment: {}, out: () => undefined, say: () => undefined, isOutputClosed: () => false, entry: '' };
const program = await buildProgram('', { ...nothing, stdin: process.stdin, stdout: process.stdout });
const leaves = leavesOf(program, []);
const valued = leaves.flatMap((leaf) =>
  leaf.command.options
    .filter(({ required }) => required)
    .map(({ long }) => ({ ...leaf, option: long ?? '', title: `${leaf.name} ${long ?? ''}` })),
);

/** The commands that do something, with as many words as they need. */
function leavesOf(parent: Command, before: readonly string[]): Leaf[] {
  return parent.commands.flatMap((each) => {
    const at = [...before, each.name()];
    const needed = each.registeredArguments.filter(({ required }) => required).map(() => 'a');
    return each.commands.length > 0
      ? leavesOf(each, at)
      : [{ name: at.join(' '), words: [...at, ...needed], command: each }];
  });
}

async function faultOf(words: readonly string[]): Promise<string> {
  const { code, out, err } = await command(words);
  expect([words, code, out]).toEqual([words, 2, '']);
  expect(err.split('\n').length).toBeLessThanOrEqual(2);
  return err;
}

describe('The words of every command', () => {
  test('All commands are tried, and most have options', () => {
    expect(leaves.length).toBeGreaterThan(25);
    expect(valued.length).toBeGreaterThan(35);
  });

  test.each(valued)('The option of $title is refused where it is given twice', async ({ words, option }) => {
    expect(await faultOf([...words, option, 'a', option, 'b'])).toMatch(new RegExp(`${option}.* is given twice`));
    expect(await faultOf([...words, `${option}=a`, option, 'b'])).toContain('is given twice');
  });

  test.each(valued)('The option of $title takes no other option for its value', async ({ words, option }) => {
    for (const value of ['--help', '--json', '-x'])
      expect(await faultOf([...words, option, value])).toMatch(new RegExp(`${option}.* has no value`));
    expect(await faultOf([...words, option])).toMatch(/argument missing/);
  });

  test.each(valued)('The option of $title is refused where it is empty', async ({ words, option }) => {
    expect(await faultOf([...words, `${option}=`])).toContain('is empty');
    expect(await faultOf([...words, option, ''])).toContain('is empty');
  });

  test.each(leaves)('The command $name names an option that it does not know', async ({ words }) => {
    expect(await faultOf([...words, '--nonsense', 'x'])).toContain("unknown option '--nonsense'");
    expect(await faultOf([...words, '-Z'])).toContain("unknown option '-Z'");
  });

  test.each(leaves)('The command $name refuses an empty word, and more words than it takes', async (leaf) => {
    expect(await faultOf([...leaf.words, ''])).toContain('A word is empty');
    if (leaf.command.registeredArguments.some(({ variadic }) => variadic)) return;
    const options = leaf.command.options.filter(({ mandatory }) => mandatory).map(({ long }) => `${long}=a`);
    const most = leaf.command.registeredArguments.map(() => 'a');
    const start = leaf.name.split(' ');
    expect(await faultOf([...start, ...options, ...most, 'b'])).toContain('too many arguments');
  });

  test.each(leaves.filter(({ name }) => name !== 'call'))('The command $name shows its help only', async (leaf) => {
    for (const words of [
      [...leaf.name.split(' '), '--help'],
      [...leaf.name.split(' '), '-h', '--nonsense'],
      [...leaf.words, 'b', '--help'],
    ]) {
      const { code, out, err } = await command(words);
      expect([words, code, out.split('\n')[0], err]).toEqual([
        words,
        0,
        expect.stringContaining(`Usage: popvote ${leaf.name}`),
        '',
      ]);
    }
  });
});
