// Step 1, second half, with a text message from the voter. Number and code stay on the page whatever the messages
// program does with the link. Every state shows the next step.
import { h, button, unseen } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import type { Rejection } from '../../shared/calls.ts';
import { pause } from '../../shared/pauses.ts';
import { inFours, isolated } from '../isolated.ts';
import { keep } from '../memory.ts';
import type { Pending } from '../memory.ts';
import { nextCode, textMethod } from '../next-code.ts';
import { rejectionText } from '../rejection-text.ts';
import { timeLeft } from '../time-left.ts';
import { watchForText } from '../watch-for-text.ts';
import type { TextWatchState } from '../watch-for-text.ts';
import { copyButton } from './copy-button.ts';
import { requestSession } from './identify.ts';
import { tryPart } from '../parts.ts';

/** Time after which the help opens by itself, in milliseconds. */
const helpAfterMs = 20_000;
/** Time after which it also mentions that texts may be slow, in milliseconds. */
const longAfterMs = 90_000;
/** How long the confirmation is shown before the ballot opens, in milliseconds. */
const confirmedMs = 1_200;
/** Pause before the code back is asked for again, beside Retry-After, in milliseconds. */
const askAgainMs = 3_000;
/** How often a code is renewed automatically, so that an abandoned page stops. */
const renewalsMax = 4;
let renewals = 0;

const grouping = (number: string): string => number.replace(/^(\+\d{3})(\d{4})(\d{4})$/, '$1 $2 $3');

export const textInScreen: Screen = (app) => {
  const { pending } = app.memory.vote;
  if (pending?.verification.method !== 'text-in') return { title: app.t('loading'), body: [] };
  const { code, sendTo, expiresAt } = pending.verification;
  const { phone } = pending;
  const line = h('p', {}, app.t('waiting'));
  const status = h('div', { class: 'status waiting' }, line);
  const help = helpNote(app, phone);
  const problem = h('p', { class: 'fault' });
  const link = h('a', { class: 'button primary', href: `sms:${sendTo}?&body=${code}` }, app.t('textOpen'));
  const later = setTimeout(() => {
    help.hidden = false;
    app.announce(app.t('stillWaitingSaid'));
  }, helpAfterMs);
  const long = setTimeout(() => help.append(h('p', {}, app.t('longWait'))), longAfterMs);
  app.exit.addEventListener('abort', () => {
    clearTimeout(later);
    clearTimeout(long);
  });
  void watch(app, pending, { status, line, help, problem });
  const { election } = app.memory;
  const offersCode = election?.verification.methods.includes('code') === true;
  return {
    title: app.t('textTitle'),
    step: 1,
    back: 'identify',
    body: [
      pending.renewed && h('p', { class: 'note warn' }, app.t('renewed')),
      h('p', { class: 'lead' }, ...isolated(app.t('textLead', { phone }))),
      textMethod(election) === 'text-in-confirmed' && h('p', {}, app.t('identifyCode')),
      h(
        'div',
        { class: 'send' },
        codeBox(app, code, sendTo),
        !app.kiosk && h('div', {}, link, copyButton(app, 'copyCode', code)),
        scanCode(app, code, sendTo),
      ),
      status,
      help,
      h('p', {}, timeLeft(app, 'validUntil', expiresAt)),
      problem,
      offersCode && button(app.t('textMe'), () => void askForCode(app, problem, 'code')),
      h('p', { class: 'muted' }, app.t('charge')),
    ],
  };
};

function codeBox(app: VoterApp, code: string, sendTo: string): HTMLElement {
  const row = (label: string, visible: string, spoken: string): HTMLElement[] => [
    h('dt', {}, label),
    h('dd', {}, h('bdi', { dir: 'ltr', 'aria-hidden': 'true' }, visible), unseen(spoken)),
  ];
  return h(
    'dl',
    { class: 'codes' },
    ...row(app.t('textCode'), inFours(code), Array.from(code).join(' ')),
    ...row(app.t('textTo'), grouping(sendTo), Array.from(sendTo).join(' ')),
  );
}

// Beside a computer the phone is the other device: its camera opens the message with number and code filled in.
function scanCode(app: VoterApp, code: string, sendTo: string): HTMLElement | null {
  if (!app.kiosk && !matchMedia('(min-width: 40rem)').matches) return null;
  const place = h('div', { class: 'scan' }, h('p', {}, app.t('scan')));
  void tryPart('qr').then(
    ({ qrCode }) => place.append(qrCode(`SMSTO:${sendTo}:${code}`)),
    () => place.remove(),
  );
  return place;
}

function helpNote(app: VoterApp, phone: string): HTMLElement {
  const questions = (['stillWaiting1', 'stillWaiting2', 'stillWaiting3'] as const).map((key) =>
    h('li', {}, ...isolated(app.t(key, { phone }))),
  );
  const change = button(app.t('changePhone'), () => app.go('identify'));
  return h(
    'div',
    { class: 'note warn', hidden: true },
    h('h2', {}, app.t('stillWaiting')),
    h('ul', {}, ...questions),
    change,
  );
}

type Parts = Readonly<Record<'status' | 'line' | 'help' | 'problem', HTMLElement>>;

async function watch(app: VoterApp, pending: Pending, parts: Parts): Promise<void> {
  const { status, line, help, problem } = parts;
  const { verification, phone, token } = pending;
  let last: TextWatchState = 'pending';
  const showWatchState = (state: TextWatchState): void => {
    // The server repeats a hint as long as it holds. A screen reader needs it once.
    if (state === last || (state === 'pending' && last === 'wrong-sender')) return;
    last = state;
    const text = {
      pending: app.t('waiting'),
      'wrong-sender': app.t('wrongSender', { phone }),
      'send-again': app.t('sendAgain'),
      offline: app.t('offline'),
      busy: app.t('busyWaiting'),
    }[state];
    line.replaceChildren(...isolated(text));
    if (state === 'wrong-sender') help.hidden = false;
    // It turns only while the voter can wait.
    const waits = state !== 'wrong-sender' && state !== 'send-again';
    status.className = `status${waits ? ' waiting' : ''}${state === 'pending' ? '' : ' warn'}`;
    app.announce(text);
  };
  app.announce(app.t('waiting'));
  const end = await watchForText({ token, expiresAt: verification.expiresAt }, showWatchState, app.exit);
  if (end?.kind === 'verified') confirmed(app, status, end.session);
  else if (end?.kind === 'texted') {
    const rejection = await askForCode(app, problem);
    if (rejection?.retry === 'new-session') void renew(app, line);
    else {
      await pause(askAgainMs, app.exit, rejection?.retryAfterMs);
      if (!app.exit.aborted) void watch(app, pending, parts);
    }
  } else if (end) void renew(app, line);
}

function confirmed(
  app: VoterApp,
  status: HTMLElement,
  { token, expiresAt }: { token: string; expiresAt: string },
): void {
  keep(app.memory, { pending: undefined, verified: { token, expiresAt } });
  renewals = 0;
  const open = h('button', { type: 'button', class: 'primary', onclick: () => app.goOn() }, app.t('openBallot'));
  status.className = 'status ok';
  status.setAttribute('role', 'alert');
  status.replaceChildren(h('p', {}, app.t('confirmed')), open);
  document.title = app.t('confirmed');
  (navigator as Partial<Navigator>).vibrate?.(80);
  const timer = setTimeout(() => app.goOn(), confirmedMs);
  app.exit.addEventListener('abort', () => clearTimeout(timer));
}

// An expired code is replaced automatically while the page still has the typed values.
async function renew(app: VoterApp, line: HTMLElement): Promise<void> {
  const { memory } = app;
  const typed = memory.election?.identity.scheme === 'phone-only' || memory.number !== '';
  if (typed && renewals < renewalsMax) {
    renewals += 1;
    const report = (text: string): void => line.replaceChildren(text);
    const outcome = await requestSession(app, textMethod(memory.election) ?? 'code', report, true);
    if (app.exit.aborted) return;
    if (outcome.kind === 'answer') {
      app.announce(app.t('renewed'));
      app.refresh();
      return;
    }
  }
  keep(memory, { pending: undefined });
  app.fail('expired');
}

/** Goes on to the code that is sent, or shows why there is none. */
async function askForCode(app: VoterApp, problem: HTMLElement, method?: 'code'): Promise<Rejection | undefined> {
  const report = (text: string): void => problem.replaceChildren(text);
  const outcome = await nextCode(app, report, method);
  if (outcome === null || outcome.kind === 'answer') return undefined;
  const rejection = outcome.kind === 'rejection' ? outcome.rejection : undefined;
  problem.textContent = rejection ? rejectionText(app, rejection) : app.t('noAnswer');
  app.announce(problem.textContent);
  return rejection;
}
