// Voters load only the copy of the voters' page. A language's file holds all texts of the project, so the build
// evaluates it and writes only this part into the script of that language.
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import type { LanguageTexts } from '../public/languages/language-texts.ts';

export const voterTexts: Plugin = {
  name: 'voter-texts',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]public[/\\]languages[/\\]texts[/\\][\w-]+\.ts$/ }, async ({ path }) => {
      const language = (await import(pathToFileURL(path).href)) as Readonly<Record<string, LanguageTexts>>;
      const parts = Object.entries(language).map(([name, { voter }]) => [name, JSON.stringify({ voter })] as const);
      return { contents: parts.map(([name, part]) => `export const ${name} = ${part};`).join('\n') };
    });
  },
};
