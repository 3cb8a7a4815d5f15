// What a ballot on paper says beside the election's own texts: words of its own, and those of the voters' page.
import type { Copy, LanguageTexts, PaperTexts } from '../../../public/languages/language-texts.ts';
import { languages } from '../../../public/languages/languages.ts';
import type { LanguageTag } from '../../../public/languages/languages.ts';

export type PaperWords = {
  readonly tag: LanguageTag;
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly own: PaperTexts;
  readonly copy: Copy;
  readonly log: LanguageTexts['log'];
};

export async function loadPaperWords(tag: LanguageTag): Promise<PaperWords> {
  const { lang, dir, load } = languages[tag];
  const { paper, voter, log } = await load();
  return { tag, lang, dir, own: paper, copy: voter, log };
}
