// The languages of turnout and results, and which one a reader gets: the one in the address, else the first of the
// browser's that we speak, else English. Another language is one file of copy and one line here.
import { tableInLatin } from '../../domain/serbian-script.ts';
import { en } from './copy/en.ts';
import type { PageCopy } from './copy/page-copy.ts';
import { srCyrl } from './copy/sr-cyrl.ts';
import { zhHantHk } from './copy/zh-hant-hk.ts';

export type PageLanguage = {
  readonly name: string;
  /** With the region, by which browsers choose fonts and Intl writes numbers and dates. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly copy: PageCopy;
};

/** By the tag that election texts use. */
export const pageLanguages = {
  en: { name: 'English', lang: 'en-GB', dir: 'ltr', copy: en },
  'zh-Hant-HK': { name: '繁體中文', lang: 'zh-Hant-HK', dir: 'ltr', copy: zhHantHk },
  'sr-Cyrl': { name: 'Српски', lang: 'sr-Cyrl-RS', dir: 'ltr', copy: srCyrl },
  'sr-Latn': { name: 'Srpski', lang: 'sr-Latn-RS', dir: 'ltr', copy: tableInLatin(srCyrl) },
} as const satisfies Readonly<Record<string, PageLanguage>>;
export type PageTag = keyof typeof pageLanguages;

const isTag = (tag: unknown): tag is PageTag => typeof tag === 'string' && Object.hasOwn(pageLanguages, tag);
/** Most wishes of an Accept-Language that are looked at. */
const wishesMax = 20;

export function pageTag(asked: unknown, accepted: string | undefined): PageTag {
  if (isTag(asked)) return asked;
  const wishes = (accepted ?? '')
    .split(',', wishesMax)
    .map((wish) => {
      const [tag = '', quality = ''] = wish
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/);
      return { tag, quality: quality === '' ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { tag } of wishes) {
    if (tag.startsWith('sr')) return tag.includes('latn') ? 'sr-Latn' : 'sr-Cyrl';
    const found = Object.keys(pageLanguages).find((one) => one.split('-')[0] === tag.split('-')[0]);
    if (isTag(found)) return found;
  }
  return 'en';
}
