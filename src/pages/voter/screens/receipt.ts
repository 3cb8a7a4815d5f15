// The end of a vote: it is recorded, and the receipt can be saved, printed and copied. This screen has no access to the
// choices.
import { h, button } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import { copyText } from '../../shared/copy-text.ts';
import { titleText } from '../../../domain/title-text.ts';
import { loadPart } from '../parts.ts';
import { dateTime } from '../../shared/languages.ts';
import { receiptCode } from '../../shared/receipt-code.ts';
import { saveJson } from '../../shared/save-file.ts';

export const receiptScreen: Screen = (app) => {
  const { election, vote } = app.memory;
  if (!election || !vote.receipt) return { title: app.t('loading'), body: [] };
  const { receipt, at } = vote.receipt;
  const { text, lang } = titleText(election.title, app.language);
  const time = (instant: string): string => dateTime(instant, app.language, election.timeZone);
  const copy = button(app.t('copy'), () => {
    copyText(JSON.stringify({ receipt }));
    copy.textContent = app.t('copied');
    app.announce(app.t('copied'));
  });
  const panel = h(
    'div',
    { class: 'note ok' },
    h('p', { lang, dir: 'auto' }, text),
    election.rehearsal && h('p', {}, h('strong', {}, app.t('rehearsal'))),
    h('p', {}, app.t('receiptLead')),
    h('p', { class: 'muted' }, app.t('receiptCode')),
    h('p', { class: 'receipt-code' }, inGroups(receiptCode(receipt))),
    h('p', {}, app.t('receiptAt', { time: time(at) })),
  );
  const acts = h(
    'div',
    { class: 'acts' },
    button(app.t('save'), () => saveJson(`receipt-${receipt.electionId}.json`, { receipt }), 'primary'),
    button(app.t('print'), () => print()),
    copy,
  );
  const finish = button(app.t('finish'), () => app.finish(), app.kiosk ? 'primary' : 'secondary');
  return {
    title: app.t('receiptTitle'),
    body: [
      panel,
      app.kiosk ? drawnReceipt(app, { receipt }) : acts,
      h('h2', {}, app.t('next')),
      election.phase === 'open' && h('p', {}, app.t('closesLater', { time: time(election.closesAt) })),
      h('p', {}, app.t('nextText')),
      !app.kiosk && h('p', { class: 'muted screen-only' }, app.t('finishHint')),
      h('div', { class: 'acts' }, finish),
    ],
  };
};

// Four characters at a time, so that lines can break between groups and people can compare them.
const inGroups = (code: string): string => code.match(/.{1,4}/g)?.join(' ') ?? code;

/** A polling station's device stores nothing: the voter scans the receipt, or evidence against it, with a phone. */
export function drawnReceipt(app: VoterApp, value: object): HTMLElement {
  const place = h('div', { class: 'scan' }, h('p', {}, app.t('kioskReceipt')));
  void loadPart('qr').then(({ qrCode }) => place.append(qrCode(JSON.stringify(value))));
  return place;
}
