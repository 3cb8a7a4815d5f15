// The voters' page as HTML, one for each language: the addresses of its assets, and the text before its script runs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allTexts } from '../public/languages/all-texts.ts';
import { languageTags } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import { source } from './options.ts';

/** Writes the page of each language into a folder. They differ in its tag and in the script parts that a browser preloads. */
export function writeVoterPages(
  folder: string,
  names: Readonly<Record<string, string>>,
  preloadOf: (tag: LanguageTag) => readonly string[],
): void {
  for (const tag of languageTags) {
    const links = preloadOf(tag).map((address) => `<link rel="modulepreload" href="${address}" />`);
    writeFileSync(join(folder, `voter-${tag}.html`), voterPage({ ...names, tag, preload: links.join('\n    ') }));
  }
}

/** Each line in its own language. A placeholder without a value stays. */
export function voterPage(values: Readonly<Record<string, string>>): string {
  const lines = (line: (tag: LanguageTag) => string): string => languageTags.map(line).join('\n      ');
  const start: Readonly<Record<string, string>> = {
    loading: lines((tag) => `<p lang="${tag}"><a href="">${allTexts[tag].start.loading}</a></p>`),
    needsScript: lines((tag) => {
      const { start, pages } = allTexts[tag];
      const link = (path: string, text: string): string => `<a href="${path}?lang=${tag}">${text}</a>`;
      const links = [link('/archive', pages.endedVotes), link('/check', pages.checkReceipt)];
      return `<p lang="${tag}">${start.needsScript}</p><p lang="${tag}">${links.join(' · ')}</p>`;
    }),
  };
  return readFileSync(join(source, 'voter/voter.html'), 'utf8').replace(
    /\{([\w.-]+)\}/g,
    (whole, name: string) => start[name] ?? values[name] ?? whole,
  );
}
