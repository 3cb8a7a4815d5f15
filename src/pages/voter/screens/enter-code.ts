// Step 1, second half, with a code that is sent to the voter, who enters it. One field, so that phones can fill it in.
import { withoutSeparators } from '../../../domain/text/typed-number.ts';
import type { Verification } from '../../../protocol/public-api.ts';
import { h, button } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import { serverNow } from '../../shared/calls.ts';
import type { Rejection } from '../../shared/calls.ts';
import { errorSummary, field } from '../field.ts';
import type { Summary } from '../field.ts';
import { busyCall } from '../busy-call.ts';
import { isolated } from '../isolated.ts';
import { keep } from '../memory.ts';
import { nextCode } from '../next-code.ts';
import { rejectionText } from '../rejection-text.ts';
import { minutesUntil, timeLeft } from '../time-left.ts';
import { submitter } from '../submitter.ts';
import { codeFromMessage } from '../web-otp.ts';
import type { Verified } from '../watch-for-text.ts';

const isCode = /^\d{8}$/;

export const enterCodeScreen: Screen = (app) => {
  const { pending } = app.memory.vote;
  if (pending?.verification.method !== 'code') return { title: app.t('loading'), body: [] };
  const { verification, phone } = pending;
  let typed = '';
  const input = field({
    id: 'code',
    label: app.t('code'),
    value: '',
    onInput: (value) => (typed = value),
    hint: [timeLeft(app, 'codeHint', verification.expiresAt)],
    attributes: { inputmode: 'numeric', autocomplete: 'one-time-code' },
  });
  const summary = errorSummary(app, [input]);
  const submit = submitter(app, app.t('continue'), (report) => check(app, summary, typed, report));
  void codeFromMessage(app.exit).then((code) => {
    const place = document.getElementById('code');
    if (code === null || app.exit.aborted || !(place instanceof HTMLInputElement)) return;
    [place.value, typed] = [code, code];
    place.form?.requestSubmit();
  });
  return {
    title: app.t('codeTitle'),
    step: 1,
    back: 'identify',
    body: [
      summary.element,
      h('p', { class: 'lead' }, ...isolated(app.t('codeLead', { phone }))),
      h('form', { novalidate: true, onsubmit: submit.onsubmit }, input.element, submit.element),
      otherWays(app, verification, summary),
    ],
  };
};

function otherWays(app: VoterApp, verification: Verification, summary: Summary): HTMLElement {
  const note = h('p', { class: 'muted' });
  const report: Report = (text) => note.replaceChildren(text);
  const again = button(app.t('resend'), () => {
    const from = verification.method === 'code' ? verification.resendAfter : '';
    if (Date.parse(from) > serverNow()) {
      note.textContent = app.t('resendIn', { time: minutesUntil(from, app) });
      app.announce(note.textContent);
    } else void resend(app, summary, report);
  });
  const textIn = app.memory.election?.verification.methods.includes('text-in') === true;
  return h(
    'details',
    {},
    h('summary', {}, app.t('noText')),
    h('div', { class: 'stack' }, again, note),
    textIn && button(app.t('textInstead'), () => void resend(app, summary, report, 'text-in')),
    button(app.t('changePhone'), () => app.go('identify')),
  );
}

type Report = (text: string) => void;

async function check(app: VoterApp, summary: Summary, typed: string, report: Report): Promise<void> {
  const digits = withoutSeparators(typed);
  if (!isCode.test(digits)) {
    summary.show([{ id: 'code', text: app.t(digits === '' ? 'codeEmpty' : 'codeShape') }]);
    return;
  }
  const token = app.memory.vote.pending?.token;
  const body = JSON.stringify({ code: digits });
  const outcome = await busyCall<Verified>(app, report, '/v1/sessions/current/code', { token, body });
  if (app.exit.aborted) return;
  if (outcome.kind === 'answer') {
    const { token: verified, expiresAt } = outcome.value;
    keep(app.memory, { pending: undefined, verified: { token: verified, expiresAt } });
    app.goOn();
  } else showRejection(app, summary, outcome.kind === 'lost' ? null : outcome.rejection);
}

async function resend(app: VoterApp, summary: Summary, report: Report, method?: 'text-in'): Promise<void> {
  const outcome = await nextCode(app, report, method);
  report('');
  if (outcome?.kind === 'answer') {
    if (!method) app.announce(app.t('resent'));
  } else if (outcome) showRejection(app, summary, outcome.kind === 'lost' ? null : outcome.rejection);
}

function showRejection(app: VoterApp, summary: Summary, rejection: Rejection | null): void {
  if (rejection?.retry === 'new-session') {
    keep(app.memory, { pending: undefined });
    app.fail('expired');
    return;
  }
  if (rejection === null) {
    summary.show([{ id: null, text: app.t('noAnswer') }]);
    return;
  }
  const tries = rejection.triesLeft === undefined ? '' : ` ${app.t('triesLeft', { n: rejection.triesLeft })}`;
  const id = rejection.code === 'wrong-code' ? 'code' : null;
  summary.show([{ id, text: rejectionText(app, rejection) + tries }]);
}
