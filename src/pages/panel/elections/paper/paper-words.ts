// What a ballot on paper says beside the election's own texts. Whatever the voters' page says too is taken from there.
import type { Copy } from '../../../shared/copy/copy.ts';
import { tableInLatin } from '../../../../domain/serbian-script.ts';
import { languages } from '../../../shared/languages.ts';
import type { LanguageTag } from '../../../shared/languages.ts';

const english = {
  ballotPaper: 'Ballot paper',
  howOne: 'Use a pen. Mark a cross in the box of your choice.',
  howMany: 'Use a pen. Mark a cross in the box of each of your choices.',
  howSpoilt: 'If you make a mistake, ask for another ballot paper. Write nothing else on this one.',
  contest: 'Question {n} of {of}',
  ballotId: 'Ballot id',
  draft: 'Draft. Not announced: hand none of these out.',
  fold: 'Fold it so that nobody sees your mark, and put it in the box.',
};
type Words = Readonly<Record<keyof typeof english, string>>;

const serbian: Words = {
  ballotPaper: 'Гласачки листић',
  howOne: 'Користите хемијску оловку. Ставите крстић у квадратић поред свог избора.',
  howMany: 'Користите хемијску оловку. Ставите крстић у квадратић поред сваког свог избора.',
  howSpoilt: 'Ако погрешите, затражите други листић. На овом не пишите ништа друго.',
  contest: 'Питање {n} од {of}',
  ballotId: 'Број листића',
  draft: 'Нацрт. Није објављено: немојте делити.',
  fold: 'Пресавијте листић тако да нико не види ваш избор и убаците га у кутију.',
};
const words: Readonly<Record<LanguageTag, Words>> = {
  en: english,
  'zh-Hant-HK': {
    ballotPaper: '選票',
    howOne: '請用筆在你所選項目旁的方格內劃上「✗」號。',
    howMany: '請用筆在你所選的每個項目旁的方格內劃上「✗」號。',
    howSpoilt: '如有填錯，請索取另一張選票。請勿在此選票上填寫其他內容。',
    contest: '第 {n} 題，共 {of} 題',
    ballotId: '選票編號',
    draft: '草稿，尚未公布，請勿派發。',
    fold: '請將選票對摺，不讓他人看見你的選擇，然後放入投票箱。',
  },
  'sr-Cyrl': serbian,
  'sr-Latn': tableInLatin(serbian),
};

export type PaperWords = {
  readonly tag: LanguageTag;
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly own: Words;
  readonly copy: Copy;
};

export async function loadPaperWords(tag: LanguageTag): Promise<PaperWords> {
  const { lang, dir, load } = languages[tag];
  return { tag, lang, dir, own: words[tag], copy: await load() };
}
