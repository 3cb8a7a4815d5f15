// Chinese, Hong Kong: the texts with which a result is passed on, and the record beside it.
import type { LanguageTexts } from '../../language-texts.ts';
import type { englishSharing } from './en.ts';

export const chineseHongKongSharing: Pick<LanguageTexts['pages'], keyof typeof englishSharing> = {
  recordTitle: '此結果的記錄',
  recordOrganiser: '主辦機構',
  recordZone: '所有時間的時區',
  recordKey: '簽署結果的密鑰',
  recordManifestKey: '清單所列的發布者密鑰',

  shareTitle: '分享此結果',
  shareLink: '複製連結',
  sharePrint: '列印或儲存為 PDF',
  sharePicture: '儲存為圖片（PNG）',
  shareNoPicture: '此瀏覽器不能製作圖片。',
  shareEmbed: '在其他網站顯示',
  shareEmbedText:
    '把此代碼貼到網頁內，便會以本頁語言在框內顯示已公布的結果，並跟隨每個新版本。該網頁的讀者亦會從此網站載入一頁。',
  shareCode: '網站代碼',
  shareCopyCode: '複製代碼',
  copied: '已複製。',
  embedWhole: '完整結果，以及如何核實',
  pictureMore: '另有 {n} 項',
  pictureVersion: '第 {n} 版。',
  pictureNote: '圖片沒有簽署。已簽署的結果：',
  seatsOf: { other: '{n} 席' },
};
