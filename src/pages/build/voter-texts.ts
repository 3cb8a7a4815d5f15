// Voters load only the copy of the voters' page. A language's file holds all texts of the project, so the build evaluates
// it and writes only this part into the script of that language: a list without keys. The keys, in the order of English,
// are in the page's script once.
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import type { Copy, LanguageTexts } from '../public/languages/language-texts.ts';
import { english } from '../public/languages/texts/en.ts';

const { problems: englishProblems, ...englishTexts } = english.voter;
const keys = Object.keys(englishTexts) as (keyof typeof englishTexts)[];
const codes = Object.keys(englishProblems) as (keyof typeof englishProblems)[];

const listOf = (voter: Copy) => [...keys.map((key) => voter[key]), ...codes.map((code) => voter.problems[code])];

const voterCopyOf = `
const keys = ${JSON.stringify(keys.join(' '))}.split(' ');
const codes = ${JSON.stringify(codes.join(' '))}.split(' ');
const named = (names, texts) => Object.fromEntries(names.map((name, at) => [name, texts[at]]));
export const voterCopyOf = (texts) => ({ ...named(keys, texts), problems: named(codes, texts.slice(keys.length)) });`;

export const voterTexts: Plugin = {
  name: 'voter-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]public[/\\]languages[/\\]voter-copy\.ts$/ }, () => ({ contents: voterCopyOf }));
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
