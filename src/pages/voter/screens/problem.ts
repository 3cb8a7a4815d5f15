// The problem screen: the cause, whether a vote was recorded, and the one next step. The step follows from the
// rejection's properties, not from its code.
import { h, button } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import type { VoterStop } from '../memory.ts';
import { loadPart } from '../parts.ts';
import { problemText } from '../problem-text.ts';

export const problemScreen: Screen = (app) => {
  const stop = app.memory.problem ?? 'lost';
  const { evidence } = app.memory.vote;
  const note = h('div', { class: evidence ? 'note warn' : 'note' });
  if (evidence) {
    // The receipt does not fit the vote. What is kept of it can be saved.
    void Promise.all([loadPart('logCheck'), app.kiosk && loadPart('kiosk')]).then(([part, station]) =>
      part.showEvidence(note, app, station && station.drawForPhone),
    );
    return { title: app.t('problem'), body: [note] };
  }
  const [title, text] = textOf(app, stop);
  const { label, action } = nextOf(app, stop);
  note.append(h('p', {}, text));
  return { title, body: [note, button(label, action, 'primary'), checkLink(app, stop)] };
};

// A voter whose earlier vote is recorded may have its receipt.
function checkLink(app: VoterApp, stop: VoterStop): HTMLElement | false {
  if (typeof stop === 'string' || stop.recorded !== 'earlier' || app.kiosk) return false;
  const link = h('a', { href: `/check?lang=${app.language}` }, app.t('checkTitle'));
  return h('div', { class: 'links' }, link);
}

// `lost` and `waiting` end by themselves, and the page tries again.
function textOf({ t, copy, memory }: VoterApp, stop: VoterStop): readonly [string, string] {
  if (stop === 'expired') return [t('expired'), t('expiredText')];
  // A page that was loaded again does not know whose vote it sent, so it does not send it again.
  if (stop === 'unsure-ended')
    return [t('unsureEnded'), memory.person ? t('unsureEndedText') : copy.problems['outcome-unknown'][1]];
  if (stop === 'unsure-closed') return [t('unsureClosed'), t('unsureClosedText')];
  if (stop === 'unsure-recorded') return [copy.problems['already-recorded'][0], t('unsureRecorded')];
  if (stop === 'lost') return [t('problem'), t('offline')];
  if (stop === 'waiting') return [t('problem'), t('busyWaiting')];
  return problemText(copy, stop.code);
}

function nextOf(app: VoterApp, stop: VoterStop): { label: string; action: () => void } {
  const retry = typeof stop === 'string' ? null : stop.retry;
  if (stop === 'expired' || stop === 'unsure-ended' || retry === 'new-session') {
    return { label: app.t('continue'), action: () => app.go('identify') };
  }
  // Nothing more is possible here: the next page is the election's, or the list if there is no election.
  if (stop === 'unsure-closed' || stop === 'unsure-recorded' || retry === 'never') {
    if (app.memory.election) return { label: app.t('back'), action: () => app.go('election') };
    return { label: app.t('listAll'), action: () => location.assign('/') };
  }
  if (retry === 'corrected-input') return { label: app.t('toReview'), action: () => app.go('ballot') };
  return { label: app.t('tryAgain'), action: () => location.reload() };
}
