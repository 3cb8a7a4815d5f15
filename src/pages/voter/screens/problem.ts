// What stopped the voter, in words: what happened, whether a vote was recorded, and the one thing to do next.
import { h, button } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import type { Memory } from '../memory.ts';
import { problemText } from '../problem-text.ts';

type Kind = NonNullable<Memory['problem']>;

export const problemScreen: Screen = (app) => {
  const kind = app.memory.problem ?? 'internal';
  const [title, text] = textOf(app, kind);
  const { label, act } = nextOf(app, kind);
  return {
    title,
    body: [h('div', { class: 'note' }, h('p', {}, text)), button(label, act, 'primary'), checkLink(app, kind)],
  };
};

// Whoever is told that a vote is recorded already may hold its receipt.
function checkLink(app: VoterApp, kind: Kind): HTMLElement | false {
  if (kind !== 'already-recorded' || app.kiosk) return false;
  const link = h('a', { href: `/check?lang=${app.language}` }, app.t('checkTitle'));
  return h('div', { class: 'links' }, link);
}

function textOf(app: VoterApp, kind: Kind): readonly [string, string] {
  if (kind === 'expired') return [app.t('expired'), app.t('expiredText')];
  if (kind === 'unsure-ended') return [app.t('unsureEnded'), app.t('unsureEndedText')];
  if (kind === 'unsure-closed') return [app.t('unsureClosed'), app.t('unsureClosedText')];
  // These two end by themselves, and the page goes on trying.
  if (kind === 'lost') return [app.t('problem'), app.t('offline')];
  if (kind === 'busy') return [problemText(app.copy, kind)[0], app.t('busyWaiting')];
  return problemText(app.copy, kind);
}

const toIdentify: ReadonlySet<Kind> = new Set<Kind>(['expired', 'unsure-ended', 'unauthenticated']);
// The end of this way: only the election's own page is left.
const final: ReadonlySet<Kind> = new Set<Kind>(['not-open', 'unsure-closed', 'not-eligible', 'already-recorded']);

function nextOf(app: VoterApp, kind: Kind): { label: string; act: () => void } {
  if (toIdentify.has(kind)) return { label: app.t('continue'), act: () => app.go('identify') };
  if (final.has(kind)) return { label: app.t('continue'), act: () => app.go('election') };
  if (kind === 'invalid-ballot') return { label: app.t('toReview'), act: () => app.go('ballot') };
  if (kind === 'election-not-found') return { label: app.t('listAll'), act: () => location.assign('/') };
  return { label: app.t('tryAgain'), act: () => location.reload() };
}
