// Voters load only the copy of the voters' page. A language's file holds all texts of the project, so the build evaluates
// it and writes only this part into the script of that language: a list without keys. Most calls of the page's script name a
// text by its place in this list (voter-keys.ts). The other keys are in the script once.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import type { Copy, LanguageTexts } from '../public/languages/language-texts.ts';
import { english } from '../public/languages/texts/en.ts';
import { namedTexts, textOrder, withNumbers } from './voter-keys.ts';

const codes = Object.keys(english.voter.problems) as (keyof Copy['problems'])[];

/** The texts of a language as its script has them. */
export const textList = (voter: Copy): readonly unknown[] => [
  ...textOrder.map((key) => voter[key as keyof Copy]),
  ...codes.map((code) => voter.problems[code]),
];

/** The module that makes the copy of such a list. */
export const numberedCopy = `
const keys = ${JSON.stringify(namedTexts.join(' '))}.split(' ');
const codes = ${JSON.stringify(codes.join(' '))}.split(' ');
const named = (names, texts) => Object.fromEntries(names.map((name, at) => [name, texts[at]]));
export const voterCopyOf = (texts) => ({ ...texts, ...named(keys, texts), problems: named(codes, texts.slice(${textOrder.length})) });`;

export const voterTexts: Plugin = {
  name: 'voter-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]pages[/\\]voter[/\\].*\.ts$/ }, ({ path }) => ({
      contents: withNumbers(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
    onLoad({ filter: /[/\\]public[/\\]languages[/\\]voter-copy\.ts$/ }, () => ({ contents: numberedCopy }));
    // The parts of the script that few voters need have the texts of their own in every language.
    onLoad({ filter: /[/\\]public[/\\]languages[/\\](?:log|search|kiosk|seats)-texts\.ts$/ }, async ({ path }) => {
      const texts = (await import(pathToFileURL(path).href)) as Readonly<Record<string, object>>;
      const parts = Object.entries(texts).map(([name, part]) => `export const ${name} = ${JSON.stringify(part)};`);
      return { contents: parts.join('\n') };
    });
    onLoad({ filter: /[/\\]public[/\\]languages[/\\]texts[/\\][\w-]+\.ts$/ }, async ({ path }) => {
      const language = (await import(pathToFileURL(path).href)) as Readonly<Record<string, LanguageTexts>>;
      const parts = Object.entries(language).map(
        ([name, { voter }]) => [name, JSON.stringify(textList(voter))] as const,
      );
      return { contents: parts.map(([name, part]) => `export const ${name} = ${part};`).join('\n') };
    });
  },
};
