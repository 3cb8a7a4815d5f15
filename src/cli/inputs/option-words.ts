// What is wrong with the options of a command before they are used, beside what Commander finds. An option that is repeated, is
// empty (a variable of the shell that is not set) or takes the next option for its value would be obeyed as something else.
import type { Command } from 'commander';
import { exitCodes } from '../context.ts';

/** Makes a command refuse such words, and name an unknown option before one that is missing. */
export function checkOptionWords(command: Command): void {
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (words) => {
    const fault = command.commands.length === 0 ? faultIn(command, words) : null;
    if (fault !== null) command.error(`error: ${fault}`, { exitCode: exitCodes.usage });
    const parsed = parseOptions(words);
    // A misspelt option is unknown, and the one that was meant is missing.
    if (parsed.unknown.length > 0) for (const option of command.options) option.makeOptionMandatory(false);
    return parsed;
  };
}

function faultIn(command: Command, words: readonly string[]): string | null {
  const rest = words.includes('--') ? words.slice(0, words.indexOf('--')) : [...words];
  const values = new Set<string>();
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [name = ''] = word.split('=', 1);
    const option = command.options.find(({ short, long }) => name === short || name === long);
    if (!option?.required) continue;
    if (values.has(name)) return `option '${option.flags}' is given twice`;
    values.add(name);
    if (word === name && /^-./.test(rest[0] ?? ''))
      return `option '${option.flags}' has no value; one that begins with a dash is given as ${name}=-…`;
    const value = word === name ? rest.shift() : word.slice(name.length + 1);
    if (value === '') return `option '${option.flags}' is empty`;
  }
  return null;
}
