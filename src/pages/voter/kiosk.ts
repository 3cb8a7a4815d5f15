// A polling station's device: whoever leaves it is forgotten. Nobody touches it for a while, and it asks; nobody answers,
// and everything of the voter is gone: no storage, no history, no filled-in field. A part of its own, loaded only there.
import { h, button } from '../shared/dom.ts';
import type { VoterApp, ScreenName } from './app.ts';

/** Without a touch for so long it asks, in milliseconds, and then waits so many seconds for an answer. */
const idleMs = 120_000;
const answerSeconds = 45;
/** A receipt stays for so long, in milliseconds, before the same question. */
const receiptMs = 30_000;
/** The seconds that are also told to screen readers. */
const spokenSeconds: ReadonlySet<number> = new Set([answerSeconds, 20, 10]);

export type Kiosk = {
  /** A screen is shown: counting begins anew. */
  shown(app: VoterApp, screen: ScreenName): void;
};

/** `reset` forgets the voter; `busy` says that a ballot is on its way, whose end is waited for. */
export function startKiosk(reset: () => void, busy: () => boolean): Kiosk {
  document.documentElement.classList.add('kiosk');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: { readonly dialog: HTMLDialogElement; readonly stop: () => void } | undefined;
  let current: { readonly app: VoterApp; readonly screen: ScreenName } | undefined;

  const again = (): void => {
    clearTimeout(timer);
    if (!current || asking || current.screen === 'list' || current.screen === 'election') return;
    timer = setTimeout(ask, current.screen === 'receipt' ? receiptMs : idleMs);
  };
  const ask = (): void => {
    if (!current) return;
    if (busy()) {
      again();
      return;
    }
    asking = question(current.app, current.screen, end, reset);
  };
  const end = (): void => {
    asking?.stop();
    asking = undefined;
    again();
  };
  for (const name of ['pointerdown', 'keydown', 'scroll', 'input']) {
    addEventListener(name, again, { capture: true, passive: true });
  }
  // A page that comes back from the browser's cache would show the voter before.
  addEventListener('pageshow', ({ persisted }) => persisted && reset());
  return {
    shown(app, screen) {
      current = { app, screen };
      if (asking) end();
      else again();
    },
  };
}

function question(app: VoterApp, screen: ScreenName, goOn: () => void, reset: () => void) {
  let left = answerSeconds;
  const count = h('p', { class: 'countdown' });
  const tick = (): void => {
    count.textContent = app.t('kioskClears', { n: left });
    if (spokenSeconds.has(left)) app.announce(count.textContent);
    if (left <= 0) reset();
    left -= 1;
  };
  const title = h('h2', { id: 'kiosk-question' }, app.t(screen === 'receipt' ? 'kioskDone' : 'kioskStill'));
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'kiosk-question' },
    title,
    count,
    button(app.t(screen === 'receipt' ? 'kioskMore' : 'kioskContinue'), goOn, 'primary'),
    button(app.t('kioskClear'), reset),
  );
  document.body.append(dialog);
  dialog.addEventListener('cancel', goOn);
  dialog.showModal();
  tick();
  const timer = setInterval(tick, 1_000);
  return {
    dialog,
    stop() {
      clearInterval(timer);
      dialog.remove();
    },
  };
}
