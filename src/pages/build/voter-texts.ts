// Voters load only the copy of the voters' page. A language's file holds all texts of the project, so the build evaluates
// it and writes only this part into the script of that language: a list without keys. In the voters' script most keys are
// replaced by their places in that list. The others, which the script finds by name, are in it once.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import type { Copy, LanguageTexts } from '../public/languages/language-texts.ts';
import { english } from '../public/languages/texts/en.ts';
import { textKeys, withPlaces } from './text-places.ts';

const { problems: englishProblems, ...englishTexts } = english.voter;
const keys = Object.keys(englishTexts) as (keyof typeof englishTexts)[];
const codes = Object.keys(englishProblems) as (keyof typeof englishProblems)[];

const folder = join(import.meta.dirname, '../voter');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const { byName, byPlace } = textKeys(keys, sources);
const places = new Map([
  ...byName.map((key, at) => [key, at] as const),
  ...byPlace.map((key, at) => [key, byName.length + codes.length + at] as const),
]);

const listOf = (voter: Copy) => [
  ...byName.map((key) => voter[key]),
  ...codes.map((code) => voter.problems[code]),
  ...byPlace.map((key) => voter[key]),
];

const voterCopyOf = `
const keys = ${JSON.stringify(byName.join(' '))}.split(' ');
const codes = ${JSON.stringify(codes.join(' '))}.split(' ');
const named = (names, texts) => Object.fromEntries(names.map((name, at) => [name, texts[at]]));
export const voterCopyOf = (texts) => ({
  ...texts,
  ...named(keys, texts),
  problems: named(codes, texts.slice(keys.length)),
});`;

export const voterTexts: Plugin = {
  name: 'voter-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]public[/\\]languages[/\\]voter-copy\.ts$/ }, () => ({ contents: voterCopyOf }));
    onLoad({ filter: /[/\\]pages[/\\]voter[/\\].*\.ts$/ }, ({ path }) => ({
      contents: withPlaces(readFileSync(path, 'utf8'), places),
      loader: 'ts' as const,
    }));
    // The parts of the script that few voters need have the texts of their own in every language.
    onLoad({ filter: /[/\\]public[/\\]languages[/\\](?:log|search|kiosk|seats)-texts\.ts$/ }, async ({ path }) => {
      const texts = (await import(pathToFileURL(path).href)) as Readonly<Record<string, object>>;
      const parts = Object.entries(texts).map(([name, part]) => `export const ${name} = ${JSON.stringify(part)};`);
      return { contents: parts.join('\n') };
    });
    onLoad({ filter: /[/\\]public[/\\]languages[/\\]texts[/\\][\w-]+\.ts$/ }, async ({ path }) => {
      const language = (await import(pathToFileURL(path).href)) as Readonly<Record<string, LanguageTexts>>;
      const parts = Object.entries(language).map(([name, { voter }]) => [name, JSON.stringify(listOf(voter))] as const);
      return { contents: parts.map(([name, part]) => `export const ${name} = ${part};`).join('\n') };
    });
  },
};
