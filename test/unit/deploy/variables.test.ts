// The variables and commands of docker-compose.yml, as docs/deployment.md and README.md have them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeText } from '../../support/deploy/compose-file.ts';
import { deploymentLines, readmeLines } from '../../support/deploy/readme-lines.ts';

const root = join(import.meta.dirname, '../../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every variable, with its default in which other variables have theirs. */
function composeVariables(): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const innermost = /\$\{([A-Z_]+)(?::?-([^${}]*))\}/;
  let text = composeText.replaceAll(/^ *#.*$/gm, '');
  for (let match = innermost.exec(text); match; match = innermost.exec(text)) {
    const [whole, name = '', value = ''] = match;
    expect([name, variables.get(name) ?? value]).toEqual([name, value]);
    variables.set(name, value);
    text = text.replaceAll(whole, value);
  }
  expect(text).not.toContain('${');
  return variables;
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]*)`/g)].map(([, name = '']) => name);

describe('The variables of docker-compose.yml', () => {
  test('The table of docs/deployment.md has every variable with its default, and no other', () => {
    const [, table = ''] =
      /\| variable \| meaning \| default \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(textOf('docs/deployment.md')) ?? [];
    const rows = table
      .trim()
      .split('\n')
      .flatMap((row) => {
        const [, names = '', , defaults = ''] = row.split('|');
        const values = defaults.trim() === 'none' ? [''] : quoted(defaults);
        return quoted(names).map((name, index) => [name, values[index]] as const);
      });
    const sorted = (pairs: Iterable<readonly [string, string | undefined]>): unknown[] =>
      [...pairs].map(([name, value]) => `${name}=${String(value)}`).sort();
    expect(sorted(rows)).toEqual(sorted(composeVariables()));
  });
});

describe('The commands that start Compose', () => {
  test('README.md and the head of Compose have the commands of docs/deployment.md', () => {
    const commands = (lines: string): string[] => lines.split('\n').flatMap((line) => line.split(/ {2,}#/)[0] || []);
    const readme = commands(readmeLines('In production'));
    expect(readme).toHaveLength(3);
    expect(commands(deploymentLines('Install with Compose'))).toEqual(expect.arrayContaining(readme));
    for (const line of readme) expect(composeText).toContain(`#   ${line}`);
  });

  test('The image is labelled with the version and with the revision of the documented command', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    expect(textOf('Dockerfile')).toContain(`\nARG POPVOTE_VERSION=${version}\n`);
    expect(composeText).toContain("args: { POPVOTE_REVISION: '${POPVOTE_REVISION:-unknown}' }");
    expect(readmeLines('In production')).toContain('POPVOTE_REVISION="$(git rev-parse HEAD)" docker compose build');
  });
});
