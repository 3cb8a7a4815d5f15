// The end of a vote: it is recorded, and the receipt can be saved, printed and copied. This screen has no access to the
// choices.
import { h, button } from '../../shared/dom.ts';
import type { Screen } from '../app.ts';
import { inFours } from '../isolated.ts';
import { electionText } from '../election-text.ts';
import { loadPart } from '../parts.ts';
import { dateTime } from '../../shared/languages.ts';
import { saveJson } from '../../shared/save-file.ts';
import { copyButton } from './copy-button.ts';

export const receiptScreen: Screen = (app) => {
  const { election, vote } = app.memory;
  if (!election || !vote.receipt) return { title: app.t('loading'), body: [] };
  const { receipt, at, code } = vote.receipt;
  const time = (instant: string): string => dateTime(instant, app.language, election.timeZone);
  const panel = h(
    'div',
    { class: 'note ok' },
    electionText('p', app, election.title),
    election.rehearsal && h('p', {}, h('strong', {}, app.t('rehearsal'))),
    h('p', {}, app.t('receiptLead')),
    h('p', { class: 'muted' }, app.t('receiptCode')),
    h('p', { class: 'receipt-code' }, inFours(code ?? (receipt as { leaf?: string }).leaf ?? '')),
    h('p', {}, app.t('receiptAt', { time: time(at) })),
  );
  const ways = h('div', { class: 'acts' });
  // It is loaded there before the first screen.
  if (app.kiosk) void loadPart('kiosk').then((part) => part.drawReceipt(ways, app, receipt, code));
  else {
    ways.append(
      button(app.t('save'), () => saveJson(`receipt-${receipt.electionId}.json`, { receipt }), 'primary'),
      button(app.t('print'), () => print()),
      copyButton(app, 'copy', JSON.stringify({ receipt })),
    );
    if (code) void loadPart('logCheck').then((part) => part.showPlace(ways, app, receipt.electionId, code));
  }
  const finish = button(app.t('finish'), () => app.finish(), app.kiosk ? 'primary' : 'secondary');
  return {
    title: app.t('receiptTitle'),
    body: [
      panel,
      ways,
      h('h2', {}, app.t('next')),
      election.phase === 'open' && h('p', {}, app.t('closesLater', { time: time(election.closesAt) })),
      h('p', {}, app.t('nextText')),
      !app.kiosk && h('p', { class: 'muted screen-only' }, app.t('finishHint')),
      h('div', { class: 'acts' }, finish),
    ],
  };
};
