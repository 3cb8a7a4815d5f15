// A command run inside the test's own process: what it prints and its exit code.
import { runCommand } from '../../src/cli/program.ts';
import type { Ran } from './popvote.ts';

export async function command(words: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommand(words, {
    environment,
    out: (text) => out.push(text),
    say: (text) => err.push(text),
    entry: '',
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
