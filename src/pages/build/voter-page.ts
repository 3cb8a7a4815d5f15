// The voters' page as HTML: the addresses of its assets, and the text in each language before its script runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allTexts } from '../public/languages/all-texts.ts';
import { languageTags } from '../public/languages/languages.ts';
import { source } from './options.ts';

/** Each line in its own language. A placeholder without a value stays. */
export function voterPage(values: Readonly<Record<string, string>>): string {
  const lines = (line: (tag: (typeof languageTags)[number]) => string): string =>
    languageTags.map(line).join('\n      ');
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
