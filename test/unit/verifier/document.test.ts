// docs/verify.md is the specification: its reasons, notes, codes and exit codes are those of the program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingCodes, noteCodes, reasonsOfSteps, verifierExits } from '../../../src/verifier/report/reasons.ts';
import { usageText } from '../../../src/verifier/command-line.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/verify.md'), 'utf8');

/** The rows of the table whose heading begins with these cells, as cells. */
function tableOf(...heading: string[]): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading.join(' | ')} |`));
  expect(start, heading.join()).toBeGreaterThan(0);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) => line.slice(2, -2).split(' | '));
}
const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code);

test('The steps of the specification have the reasons of the program', () => {
  const rows = tableOf('step', 'what is checked').map((cells) => [cells[0], codesIn(cells.at(-1))]);
  expect(Object.fromEntries(rows)).toEqual(reasonsOfSteps);
});

test('The changed elections have reasons of the program', () => {
  const reasons = Object.values(reasonsOfSteps).flat();
  const rows = tableOf('number', 'change', 'reason');
  expect(rows.length).toBe(37);
  for (const [number, change, cell] of rows) {
    const codes = codesIn(cell);
    expect(codes.length, number).toBeGreaterThan(0);
    expect(reasons, change).toEqual(expect.arrayContaining(codes));
  }
});

test('The exit codes of the specification are those of the program, and the usage names them', () => {
  const codes = tableOf('exit', 'meaning').map(([code]) => Number(code));
  expect(codes).toEqual(Object.values(verifierExits).sort());
  for (const code of codes) expect(usageText).toMatch(new RegExp(`\\b${code} [a-z]`));
});

test('The specification names every note and everything that may be missing, in order', () => {
  for (const code of noteCodes) expect(text).toContain(`\`${code}\``);
  expect(text).toContain(missingCodes.map((code) => `\`${code}\``).join(', '));
});

test('Every option of the command is in the specification', () => {
  const options = [...usageText.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option = '']) => option);
  expect(options.length).toBe(11);
  const rows = tableOf('option', 'meaning').map(([name]) => name);
  for (const option of options) expect(rows.join(', ')).toMatch(new RegExp(`\`${option}[ \`]`));
});
