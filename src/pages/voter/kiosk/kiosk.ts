// A polling station's device: after a period without a touch it shows a question, and without an answer it deletes all
// data of the voter (storage, history and fields). The voter takes the address of the receipt by a phone's camera, and has
// settings for text and colours. A separate module, loaded only there.
import type { Receipt } from '../../../protocol/public-api.ts';
import { kioskTexts } from '../../public/languages/kiosk-texts.ts';
import { button, h } from '../../shared/dom.ts';
import { qrCode } from '../../shared/qr.ts';
import type { VoterApp, ScreenName } from '../app.ts';
import { offerCard } from './card.ts';
import type { LoadLogCheck } from './card.ts';
import { clearStorages, takeDevice } from './device.ts';
import { hasHeadphones } from './headphones.ts';
import { createKioskSettings } from './settings.ts';

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
  /** Loads the page for the next voter: the same election, and no data of the previous voter. */
  readonly startOver: (electionId: string | undefined) => void;
};

/** `reset` deletes the voter's data. While `busy` is true a ballot is being sent, and there is no question. */
export function startKiosk(reset: () => void, busy: () => boolean, load: LoadLogCheck): Kiosk {
  document.documentElement.classList.add('kiosk');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: { readonly dialog: HTMLDialogElement; readonly stop: () => void } | undefined;
  let current: Shown | undefined;
  const settings = createKioskSettings(hasHeadphones());
  const enrolment = createEnrolment();
  let firstLanguage: string | undefined;

  // On the first screens there is nothing of a voter but the settings and the language.
  const isUntouched = ({ app, screen }: Shown): boolean =>
    (screen === 'list' || screen === 'election') && app.language === firstLanguage && !settings.changed();
  const again = (): void => {
    clearTimeout(timer);
    if (!current || asking || isUntouched(current)) return;
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
  // It comes after the button did its work, so that a changed setting on the first screen counts.
  addEventListener('click', again);
  // A page that comes back from the browser's cache would show the previous voter.
  addEventListener('pageshow', ({ persisted }) => persisted && reset());
  return {
    startOver(electionId) {
      settings.silence();
      startOver(electionId);
    },
    screenChanged(app, screen) {
      firstLanguage ??= app.language;
      current = { app, screen };
      offerCard(app, screen, load);
      enrolment.show(app, screen);
      settings.show(app);
      if (asking) end();
      else again();
    },
  };
}

/** Takes a secret of this device from the address, and says so on the first screen. */
function createEnrolment(): { show(app: VoterApp, screen: ScreenName): void } {
  let isKept = takeDevice();
  return {
    show(app, screen) {
      // An address that differs in its fragment alone loads no page.
      isKept = takeDevice() ?? (screen === 'list' || screen === 'election' ? isKept : undefined);
      if (isKept === undefined) return;
      const texts = kioskTexts[app.language];
      const note = isKept
        ? h('p', { class: 'note' }, texts.enrolled)
        : h('p', { class: 'note warn' }, texts.notEnrolled);
      document.querySelector('main h1')?.after(note);
    },
  };
}

type Shown = { readonly app: VoterApp; readonly screen: ScreenName };

function question({ app, screen }: Shown, goOn: () => void, reset: () => void) {
  const texts = kioskTexts[app.language];
  let remaining = answerSeconds;
  const [ask, continuation] = screen === 'receipt' ? [texts.done, texts.more] : [texts.still, texts.continue];
  const count = h('p', { class: 'countdown' });
  const tick = (): void => {
    count.textContent = texts.clears.replace('{n}', String(remaining));
    // With the question and the button that stops it: a voter who only hears this page does not see the dialog.
    if (spokenSeconds.has(remaining)) app.announce(`${ask} ${count.textContent} ${continuation}`);
    if (remaining <= 0) reset();
    remaining -= 1;
  };
  const title = h('h2', { id: 'kiosk-question' }, ask);
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'kiosk-question' },
    title,
    count,
    button(continuation, goOn, 'primary'),
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

function startOver(electionId: string | undefined): void {
  const headphones = hasHeadphones();
  clearStorages();
  const election = electionId === undefined ? '' : `&election=${encodeURIComponent(electionId)}`;
  location.replace(`/?kiosk=1${headphones ? '&headphones=1' : ''}${election}`);
}

/**
 * Draws the receipt for the camera of the voter's phone: first the address where it is looked up, which any phone reads and
 * opens. The whole receipt is a dense code, which few cameras read.
 */
export function drawReceipt(
  place: HTMLElement,
  app: Pick<VoterApp, 'language'>,
  receipt: Receipt,
  code: string | undefined,
): void {
  if (code === undefined) {
    drawForPhone(place, app, 'receipt', { receipt });
    return;
  }
  const texts = kioskTexts[app.language];
  // Browsers do not send what is behind the sign.
  const address = `${location.origin}/check#c=${code}&election=${receipt.electionId}`;
  const whole = h('details', {}, h('summary', {}, texts.whole));
  drawForPhone(whole, app, 'receipt', { receipt });
  place.append(h('div', { class: 'scan' }, h('p', {}, texts.place), qrCode(address)), whole);
}

/** Members of receipts of all versions, and of evidence. A server may add others, which a code has no space for. */
const codeMembers = 'receipt version electionId origin kind castTag content leaf signature kid expected log x at'.split(
  ' ',
);

/** Draws a receipt, or evidence against one, for the camera of the voter's phone: this device stores nothing. */
export function drawForPhone(
  place: HTMLElement,
  { language }: Pick<VoterApp, 'language'>,
  kind: 'receipt' | 'evidence',
  value: object,
): void {
  const texts = kioskTexts[language];
  try {
    const code = qrCode(JSON.stringify(value, codeMembers));
    place.append(h('div', { class: 'scan' }, h('p', {}, texts[kind]), code));
  } catch {
    // A code has 2,953 bytes at most.
    place.append(h('p', {}, texts.tooLong));
  }
}
