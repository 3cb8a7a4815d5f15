// The runbooks in deploy/runbooks, as the tests read them: headings, and the commands of their blocks.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../../deploy/runbooks');

/** Their commands are scripts with functions of their own, so a drill runs each block whole. */
export const drilledRunbooks = ['backup.md', 'restore.md', 'destroy-election-data.md'] as const;
/** Lists, which have no steps. */
export const runbookLists = ['README.md', 'alerts.md'] as const;

export const runbookNames = readdirSync(folder).filter((name) => name.endsWith('.md'));
export const runbookText = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Headings by their anchors. */
export function anchorsOf(text: string): readonly string[] {
  return (text.match(/^#+ .*$/gm) ?? []).map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

/** Each line of the blocks of shell. A line has one command. */
export function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
}

/** The words of a command as a shell divides them. What `$( )` has is one word. */
export function wordsOf(command: string): readonly string[] {
  const words = command.match(/(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"'|&;<>])+|[|&;<>]+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}

/** What a platform that is well can be asked at any time; some of these change nothing, and none does harm. */
const harmless =
  /main\.js doctor( [a-z]+)?$|popvote-probe|migrate recount$|operate election (recount|counts|show) ID$|bash -c|psql -U postgres /;

/** For deploy/test: commands of all runbooks inside containers. `ID` is that of a counted election. */
export function operatorCommands(): readonly string[] {
  const all = runbookNames.flatMap((name) => commandsOf(runbookText(name)));
  const inside = all.filter((command) => /^docker compose (run|exec) /.test(command) && harmless.test(command));
  return [...new Set(inside)].map((command) =>
    command.replace(/^docker compose exec /, 'docker compose exec -T ').replace(/ run --rm /, ' run --rm -T '),
  );
}
