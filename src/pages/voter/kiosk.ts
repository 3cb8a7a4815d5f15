// A polling station's device: after a period without a touch it shows a question, and without an answer it deletes all
// data of the voter (storage, history and fields). A separate module, loaded only there.
import { kioskTexts } from '../public/languages/kiosk-texts.ts';
import { button, h } from '../shared/dom.ts';
import type { VoterApp, ScreenName } from './app.ts';

/** Time without a touch before the question, in milliseconds, and then the time for an answer, in seconds. */
const idleMs = 120_000;
const answerSeconds = 45;
/** Time before the same question on the receipt, in milliseconds. */
const receiptMs = 30_000;
/** Remaining seconds that are also announced to screen readers. */
const spokenSeconds: ReadonlySet<number> = new Set([answerSeconds, 20, 10]);

export type Kiosk = {
  /** A new screen is visible: the timer starts again. */
  screenChanged(app: VoterApp, screen: ScreenName): void;
};

/** `reset` deletes the voter's data. While `busy` is true a ballot is being sent, and there is no question. */
export function startKiosk(reset: () => void, busy: () => boolean): Kiosk {
  document.documentElement.classList.add('kiosk');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: { readonly dialog: HTMLDialogElement; readonly stop: () => void } | undefined;
  let current: Shown | undefined;

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
    asking = question(current, end, reset);
  };
  const end = (): void => {
    asking?.stop();
    asking = undefined;
    again();
  };
  for (const name of ['pointerdown', 'keydown', 'scroll', 'input']) {
    addEventListener(name, again, { capture: true, passive: true });
  }
  // A page that comes back from the browser's cache would show the previous voter.
  addEventListener('pageshow', ({ persisted }) => persisted && reset());
  return {
    screenChanged(app, screen) {
      current = { app, screen };
      if (asking) end();
      else again();
    },
  };
}

type Shown = { readonly app: VoterApp; readonly screen: ScreenName };

function question({ app, screen }: Shown, goOn: () => void, reset: () => void) {
  const texts = kioskTexts[app.language];
  let remaining = answerSeconds;
  const count = h('p', { class: 'countdown' });
  const tick = (): void => {
    count.textContent = texts.clears.replace('{n}', String(remaining));
    if (spokenSeconds.has(remaining)) app.announce(count.textContent);
    if (remaining <= 0) reset();
    remaining -= 1;
  };
  const title = h('h2', { id: 'kiosk-question' }, screen === 'receipt' ? texts.done : texts.still);
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'kiosk-question' },
    title,
    count,
    button(screen === 'receipt' ? texts.more : texts.continue, goOn, 'primary'),
    button(texts.clear, reset),
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
