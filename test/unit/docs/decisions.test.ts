// The decision records: numbered without gaps, each with a date and a status, all in the index, cited in one spelling.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { markdownFiles, root, textFiles } from '../../support/laws/documents.ts';

const folder = join(root, 'docs/decisions');
const names = readdirSync(folder)
  .filter((name) => name !== 'README.md')
  .sort();
const statusForm = /^(accepted|superseded by \d{4}|accepted, supersedes \d{4})$/;

type DecisionRecord = { name: string; number: string; title: string; date: string; status: string };

function recordOf(name: string): DecisionRecord {
  const text = readFileSync(join(folder, name), 'utf8');
  const [, header = '', heading = '', title = ''] = /^---\n([^]*?)---\n\n# (\d+)\. (.*)\n/.exec(text) ?? [];
  const { date, status } = parse(header, { schema: 'failsafe' }) as { date: string; status: string };
  const number = name.slice(0, 4);
  expect(Number(heading), `${name}: number in its heading`).toBe(Number(number));
  return { name, number, title, date, status };
}

const records = names.map(recordOf);

describe('The decision records', () => {
  test('Records are numbered from 0001 without gaps', () => {
    expect(records.map(({ number }) => number)).toEqual(
      records.map((_record, index) => String(index + 1).padStart(4, '0')),
    );
    for (const name of names) expect(name).toMatch(/^\d{4}(-[a-z0-9]+)+\.md$/);
  });

  test('Records have a date and a status', () => {
    for (const { name, date, status } of records) {
      expect(date, name).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(status, name).toMatch(statusForm);
    }
  });

  test('Records name each other where one supersedes another', () => {
    const links = (verb: string): string[][] =>
      records.flatMap(({ number, status }) => {
        const [, other] = new RegExp(`${verb} (\\d{4})$`).exec(status) ?? [];
        return other === undefined ? [] : [[number, other]];
      });
    expect(links('superseded by').map((pair) => pair.toReversed())).toEqual(links('supersedes'));
  });

  test('Records are all in the index, with the same title, date and status', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    const rows = index.split('\n').filter((line) => line.startsWith('| ['));
    expect(rows).toEqual(
      records.map(({ number, name, title, date, status }) => `| [${number}](${name}) ${title} | ${date} | ${status} |`),
    );
  });
});

describe('A citation of a decision', () => {
  const numbers = new Set(records.map(({ number }) => number));

  /** The text without the targets of links, which the next test checks. */
  const withoutTargets = (text: string): string => text.replaceAll(/\]\([^)]*\)/g, ']');

  test('A citation has four digits and names an existing record', () => {
    const wrong = textFiles()
      .filter(({ path }) => !path.startsWith('docs/decisions/') && !path.endsWith('decisions.test.ts'))
      .flatMap(({ path, text }) =>
        [...withoutTargets(text).matchAll(/\b(?:decision|ADR)s?[ /#]*(\d+)/gi)]
          .filter(([whole, number]) => !/^decision \d{4}$/i.test(whole) || !numbers.has(number!))
          .map(([whole]) => `${path}: ${whole}`),
      );
    expect(wrong).toEqual([]);
  });

  test('A citation in a document is a link to the record', () => {
    for (const { path, text } of markdownFiles()) {
      if (path.startsWith('docs/decisions/') || path === 'CHANGELOG.md') continue;
      const links = [...text.matchAll(/\[decision (\d{4})\]\(([^)]*)\)/g)];
      const mentions = text.match(/decision \d{4}/g) ?? [];
      expect(mentions, path).toHaveLength(links.length);
      for (const [, number, target] of links) expect(target, path).toContain(`decisions/${number}-`);
    }
  });
});
