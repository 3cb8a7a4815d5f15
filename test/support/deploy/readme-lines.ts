// The lines of shell in README.md and docs/deployment.md, which the tests run as a reader would.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const linesOf =
  (path: string) =>
  (heading: string): string => {
    const text = readFileSync(join(root, path), 'utf8');
    const [, block] = /```sh\n(.*?)```/s.exec(text.slice(text.indexOf(`\n## ${heading}`))) ?? [];
    if (block === undefined) throw new Error(`${path} has no lines below "${heading}".`);
    return block;
  };

/** The first block of shell lines below a heading. */
export const readmeLines = linesOf('README.md');
export const deploymentLines = linesOf('docs/deployment.md');

/** The one line below "In production" that has these words. */
export function readmeLine(words: string): string {
  const line = readmeLines('In production')
    .split('\n')
    .find((each) => each.includes(words));
  if (line === undefined) throw new Error(`README.md has no line with ${words}`);
  return line;
}

/** The lines of a vote, and those of a whole election, which use what the first lines of a vote define. */
export function readmeElection(): { readonly vote: string; readonly election: string } {
  const vote = readmeLines('A complete vote by `curl`');
  const [definitions = ''] = vote.split('\n\n');
  return { vote, election: `${definitions}\n${readmeLines('A whole election by `curl`')}` };
}

/** What the results say that the README promises, before and after the drawing of lots. */
export const readmeSeats = /0,\s*41,\s*52,\s*52,\s*104[^]*0,\s*42,\s*52,\s*52,\s*104/;

/** The table "From one machine to production": of each step its commands and its documents. */
export const productionPath = (
  /\| step \| command \| document \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  )?.[1] ?? ''
)
  .split('\n')
  .filter(Boolean)
  .map((row) => {
    const [, , commands = '', documents = ''] = row.split('|');
    return {
      commands: [...commands.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command),
      documents: [...documents.matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => path),
    };
  });
