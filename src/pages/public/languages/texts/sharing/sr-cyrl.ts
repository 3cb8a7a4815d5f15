// Serbian in Cyrillic: the texts with which a result is passed on, and the record beside it.
import type { LanguageTexts } from '../../language-texts.ts';
import type { englishSharing } from './en.ts';

export const serbianCyrillicSharing: Pick<LanguageTexts['pages'], keyof typeof englishSharing> = {
  recordTitle: 'Запис о овом резултату',
  recordOrganiser: 'Организатор',
  recordZone: 'Временска зона свих времена',
  recordKey: 'Кључ којим је резултат потписан',
  recordManifestKey: 'Кључ објављивача по манифесту',

  shareTitle: 'Поделите овај резултат',
  shareLink: 'Копирај везу',
  sharePrint: 'Одштампај или сачувај као PDF',
  sharePicture: 'Сачувај као слику (PNG)',
  shareNoPicture: 'Овај прегледач не може да направи слику.',
  shareEmbed: 'Прикажите га на другом сајту',
  shareEmbedText:
    'Налепите овај код у страницу. Он приказује објављен резултат у оквиру, на овом језику, и прати сваку нову верзију. Читаоци те странице тада учитавају и страницу одавде.',
  shareCode: 'Код за сајт',
  shareCopyCode: 'Копирај код',
  copied: 'Копирано.',
  embedWhole: 'Цео резултат и како се проверава',
  pictureMore: 'и још {n}',
  pictureVersion: 'Верзија {n}.',
  pictureNote: 'Слика нема потпис. Потписан резултат:',
  seatsOf: { one: '{n} мандат', few: '{n} мандата', other: '{n} мандата' },
};
