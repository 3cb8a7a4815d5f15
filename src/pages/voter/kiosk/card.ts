// The card from the table: a voter without a phone types or scans its code, and has a verified session. A part of the script
// of a polling station's device. The code is in its field and nowhere else, and the page is loaded again for the next voter.
import { base64urlOf } from '../../../domain/record/bytes.ts';
import { kioskTexts } from '../../public/languages/kiosk-texts.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import type { CardProblem } from '../../public/languages/voter-problems.ts';
import { button, h } from '../../shared/dom.ts';
import type { Rejection } from '../../shared/calls.ts';
import type { VoterApp, ScreenName } from '../app.ts';
import { castKeyFor } from '../ballot-key.ts';
import { busyCall } from '../busy-call.ts';
import { errorSummary, field } from '../field.ts';
import type { Summary } from '../field.ts';
import { forgetChoices, keep } from '../memory.ts';
import type { StoredVote } from '../memory.ts';
import { rejectionText } from '../rejection-text.ts';
import { submitter } from '../submitter.ts';
import type { Verified } from '../watch-for-text.ts';
import { deviceOf } from './device.ts';

const attemptBytes = 16;

/** Loads the part of the public log, which this part does not load by itself. */
export type LoadLogCheck = (name: 'logCheck') => Promise<{
  keptLog(vote: StoredVote, election: PublicElection): Promise<StoredVote>;
}>;

/** The code of the last try and its attempt: with the same attempt a lost answer is given again. */
let last: { readonly code: string; readonly attempt: string } | undefined;

/** Whether the voter asked for the field on the screen before. */
let wantsCard = false;

/**
 * Where the organiser allows cards: a button beside "Start", and the field above those for the phone. On the first screen
 * nothing is typed, because nothing is cleared there.
 */
export function offerCard(app: VoterApp, screen: ScreenName, load: LoadLogCheck): void {
  const { election, vote } = app.memory;
  if (election?.verification.activation !== true || election.phase !== 'open' || vote.receipt) return;
  if (screen === 'identify') document.querySelector('main h1')?.after(cardPart(app, load));
  if (screen !== 'election') return;
  wantsCard = false;
  const ask = (): void => {
    wantsCard = true;
    app.go('identify');
  };
  document.querySelector('main button.primary')?.after(button(kioskTexts[app.language].card, ask));
}

function cardPart(app: VoterApp, load: LoadLogCheck): HTMLElement {
  const texts = kioskTexts[app.language];
  let typed = '';
  const input = field({
    id: 'card',
    label: texts.cardCode,
    hint: [texts.cardHint],
    value: '',
    attributes: { autocomplete: 'off', autocapitalize: 'characters' },
    onInput: (value) => (typed = value),
  });
  const summary = errorSummary(app, [input]);
  const submit = submitter(app, app.t('continue'), (report) => send({ app, load, summary }, typed.trim(), report));
  const form = h('form', { novalidate: true, onsubmit: submit.onsubmit }, input.element, submit.element);
  return h('details', { class: 'from-table', open: wantsCard }, h('summary', {}, texts.card), summary.element, form);
}

type Card = { readonly app: VoterApp; readonly load: LoadLogCheck; readonly summary: Summary };

async function send({ app, load, summary }: Card, code: string, report: (text: string) => void): Promise<void> {
  const texts = kioskTexts[app.language];
  const { memory } = app;
  const { election } = memory;
  const show = (id: 'card' | null, text: string): void => summary.show([{ id, text }]);
  if (code === '' || !election) {
    show('card', texts.cardEmpty);
    return;
  }
  if (last?.code !== code) last = { code, attempt: newAttempt() };
  const { attempt } = last;
  const person = `card ${attempt}`;
  try {
    // What the receipt will have to fit is known before the vote begins.
    if (memory.hasLog) keep(memory, await (await load('logCheck')).keptLog(memory.vote, election));
  } catch {
    show(null, app.t('noAnswer'));
    return;
  }
  const key = await castKeyFor(person, memory);
  const body = JSON.stringify({ electionId: election.id, code, attempt, device: deviceOf(election.id) });
  const outcome = await busyCall<Verified>(app, report, '/v1/sessions/activated', { body });
  if (app.exit.aborted) return;
  if (outcome.kind === 'answer') {
    if (memory.person !== person) forgetChoices(memory);
    memory.person = person;
    const { token, expiresAt } = outcome.value;
    keep(memory, { ...key, pending: undefined, verified: { token, expiresAt } });
    app.goOn();
  } else if (outcome.kind === 'lost') show(null, app.t('noAnswer'));
  else if (outcome.rejection.retry === 'never') {
    // A ballot that may have been recorded before must not be denied now.
    app.fail(memory.vote.sending ? 'unsure-closed' : outcome.rejection);
  } else {
    const { code: problem } = outcome.rejection;
    if (isOfCard(problem)) show('card', texts[problem]);
    else show(null, rejectionText(app, outcome.rejection));
  }
}

const isOfCard = (code: Rejection['code']): code is CardProblem => code.startsWith('activation-');

const newAttempt = (): string => base64urlOf(crypto.getRandomValues(new Uint8Array(attemptBytes)));
