// The texts of the voters' page by number instead of by name, where the page names them in a call t('name'): the names are a
// twentieth of its script. Names that it makes or passes on stay.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { english } from '../public/languages/texts/en.ts';

const { problems: _problems, ...texts } = english.voter;
const names = Object.keys(texts);

/** What is before the first text and between two of them in the argument of a call. */
const argument = /\bt\(([^(){]*)/g;
const literal = /(^\s*|[?:]\s*)'([\w-]+)'/g;

/** Changes the names in the calls of a source. */
const changeNames = (source: string, change: (whole: string, before: string, name: string) => string): string =>
  source.replace(argument, (_call, text: string) => `t(${text.replace(literal, change)}`);

/** The names that stay: those that a source does not have in calls alone. */
function stayingNames(sources: readonly string[]): readonly string[] {
  const inCalls = new Set<string>();
  const rest = sources
    .map((source) =>
      changeNames(source, (_whole, before, name) => {
        inCalls.add(name);
        return before;
      }),
    )
    .join('\n');
  // A name that is put together, such as `${scheme}Hint`.
  const parts = [...rest.matchAll(/`((?:[\w-]|\$\{[^}]*\})*)`/g)].map(([, text = '']) => text.split(/\$\{[^}]*\}/));
  const patterns = parts
    .filter((fixed) => fixed.length > 1 && fixed.join('').length > 2)
    .map((fixed) => new RegExp(`^${fixed.join('[\\w-]+')}$`));
  return names.filter(
    (name) =>
      !inCalls.has(name) ||
      new RegExp(`['"]${name}['"]|\\bcopy\\.${name}\\b`).test(rest) ||
      patterns.some((pattern) => pattern.test(name)),
  );
}

const folder = join(import.meta.dirname, '../voter');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .map((name) => readFileSync(join(folder, name), 'utf8'));

/** The names that the page knows. */
export const namedTexts: readonly string[] = stayingNames(sources);
/** All names in the order of the list of a language: those that the page knows are first. */
export const textOrder: readonly string[] = [...namedTexts, ...names.filter((name) => !namedTexts.includes(name))];

/** A source of the page in which texts are named by their place in the list. */
export const withNumbers = (source: string): string =>
  changeNames(source, (whole, before, name) => {
    const place = textOrder.indexOf(name);
    return place < namedTexts.length ? whole : `${before}${place}`;
  });
