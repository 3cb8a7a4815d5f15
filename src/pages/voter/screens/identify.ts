// Step 1: identification, with two fields, or three where the roll has a second element. Check digits are verified before
// anything is sent, by the same rules as the server's. Whether a person is on a roll or has voted is never shown here.
import { canonicalIdentity } from '../../../domain/identity.ts';
import type { IdentityFault, IdentityScheme } from '../../../domain/identity.ts';
import type { SecondElement } from '../../../domain/roll/second-element.ts';
import { withoutSeparators, withPlainSigns } from '../../../domain/text/typed-number.ts';
import type { PendingSession, SessionRequest } from '../../../protocol/public-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { h, button } from '../../shared/dom.ts';
import type { VoterApp, Screen } from '../app.ts';
import { errorSummary, field } from '../field.ts';
import type { FieldFault, Field, Summary } from '../field.ts';
import { countryNames, dateTime } from '../../shared/languages.ts';
import { isolated } from '../isolated.ts';
import { busyCall } from '../busy-call.ts';
import { castKeyFor } from '../ballot-key.ts';
import { keep, keepSession } from '../memory.ts';
import { textMethod } from '../next-code.ts';
import { tryPart } from '../parts.ts';
import { rejectionText } from '../rejection-text.ts';
import { submitter } from '../submitter.ts';

type Method = SessionRequest['method'];
type Report = (text: string) => void;
type NumberScheme = Exclude<IdentityScheme, 'phone-only'>;

/** The fewest digits of a phone number with which the server is called. */
const phoneDigitsMin = 8;

export const identifyScreen: Screen = (app) => {
  const { election } = app.memory;
  if (!election) return { title: app.t('loading'), body: [] };
  const { identity, closesAt, timeZone } = election;
  const textIn = textMethod(election);
  const fields = [
    ...(identity.scheme === 'phone-only' ? [] : [numberField(app, identity.scheme)]),
    ...(identity.second ? [secondField(app, identity.second)] : []),
    phoneField(app),
  ];
  const summary = errorSummary(app, fields);
  const submit = submitter(app, app.t('continue'), (report) => start(app, summary, textIn ?? 'code', report));
  const protect = h('details', {}, h('summary', {}, app.t('protect')), h('p', {}, app.t('protectText')));
  const form = h('form', { novalidate: true, onsubmit: submit.onsubmit }, ...fields.map(({ element }) => element));
  if (identity.scheme !== 'phone-only') form.append(protect);
  form.append(submit.element);
  return {
    title: app.t('identifyTitle'),
    step: 1,
    back: 'election',
    body: [
      summary.element,
      h('p', { class: 'lead' }, app.t('closes', { time: dateTime(closesAt, app.language, timeZone) })),
      h('p', {}, app.t(textIn ? 'identifyTextIn' : 'identifyCode')),
      form,
    ],
  };
};

function numberField(app: VoterApp, scheme: NumberScheme): Field {
  return field({
    id: 'number',
    label: app.t(scheme),
    hint: isolated(app.t(`${scheme}Hint`)),
    value: app.memory.number,
    attributes: {
      autocomplete: 'off',
      autocapitalize: 'characters',
      ...(scheme === 'jmbg' && { inputmode: 'numeric' }),
    },
    onInput: (value) => (app.memory.number = value),
  });
}

// Few elections have one, so its rules are a separate part of the script.
const loadRules = () => tryPart('secondElement');

function secondField(app: VoterApp, kind: SecondElement): Field {
  void loadRules().catch(() => undefined);
  return field({
    id: 'second',
    label: app.t(kind),
    hint: isolated(app.t(`${kind}Hint`)),
    value: app.memory.second,
    attributes: { autocomplete: 'off', ...(kind === 'pin' && { inputmode: 'numeric' }) },
    onInput: (value) => (app.memory.second = value),
  });
}

function phoneField(app: VoterApp): Field {
  return field({
    id: 'phone',
    label: app.t('phone'),
    hint: isolated(phoneHint(app)),
    value: app.memory.phone,
    type: 'tel',
    attributes: { autocomplete: app.kiosk ? 'off' : 'tel' },
    onInput: (value) => (app.memory.phone = value),
  });
}

function phoneHint(app: VoterApp): string {
  const { phoneCountries, phoneLines } = app.memory.election?.verification ?? {};
  const hint = app.t('phoneHint');
  if (!phoneCountries) return hint;
  const countries = countryNames(phoneCountries, app.language);
  return `${app.t(phoneLines ? 'phoneLines' : 'phoneCountries', { countries })} ${hint}`;
}

/** Rejects if the rules of the second element cannot be loaded. */
async function faultsOf(app: VoterApp, { scheme, second: kind }: PublicElection['identity']): Promise<FieldFault[]> {
  const { number, second, phone } = app.memory;
  const faults: FieldFault[] = [];
  if (scheme !== 'phone-only') {
    const read = canonicalIdentity(scheme, number);
    if (number.trim() === '') faults.push({ id: 'number', text: app.t('numberEmpty', { label: app.t(scheme) }) });
    else if (!read.ok) faults.push({ id: 'number', text: numberFault(app, scheme, read.fault) });
  }
  if (kind && (await loadRules()).canonicalSecond(kind, withPlainSigns(second), 'typed') === null) {
    faults.push({ id: 'second', text: app.t(`${kind}Hint`) });
  }
  const digits = withoutSeparators(phone).replace(/\D/g, '').length;
  if (phone.trim() === '') faults.push({ id: 'phone', text: app.t('phoneEmpty') });
  else if (digits < phoneDigitsMin) faults.push({ id: 'phone', text: app.t('phoneShort') });
  return faults;
}

function numberFault(app: VoterApp, scheme: NumberScheme, fault: IdentityFault): string {
  if (fault === 'check-digit') return app.t('checkDigit');
  return app.t(fault === 'date' ? 'jmbgDate' : `${scheme}Shape`);
}

/** Requests a session and keeps it, with the values as typed, again while the service is busy. */
export async function requestSession(app: VoterApp, method: Method, report: Report, renewed = false) {
  const { memory } = app;
  const { election, number, second } = memory;
  const phone = memory.phone.trim();
  const { scheme, second: kind } = election?.identity ?? {};
  const identity =
    scheme === 'phone-only' ? undefined : { number: number.trim(), ...(kind && { second: second.trim() }) };
  const person = `${number} ${phone}`;
  const key = await castKeyFor(person, memory);
  const body = JSON.stringify({
    electionId: election?.id,
    identity,
    phone,
    method,
    castTag: key.castTag ?? memory.vote.castTag,
    locale: app.language,
  });
  const outcome = await busyCall<PendingSession>(app, report, '/v1/sessions', { body });
  if (outcome.kind === 'answer' && !app.exit.aborted) {
    keepSession(memory, person, { ...outcome.value, phone, renewed }, key);
  }
  return outcome;
}

async function start(app: VoterApp, summary: Summary, method: Method, report: Report): Promise<void> {
  const { election } = app.memory;
  const noAnswer = [{ id: null, text: app.t('noAnswer') }];
  const faults = election
    ? await faultsOf(app, election.identity)
        .then(async (typed) => {
          // What the receipt will have to fit is known before the vote begins.
          if (!typed[0] && app.memory.hasLog)
            keep(app.memory, await (await tryPart('logCheck')).keptLog(app.memory.vote, election));
          return typed;
        })
        .catch(() => noAnswer)
    : [];
  summary.show(faults);
  if (faults.length > 0) return;
  const outcome = await requestSession(app, method, report);
  if (app.exit.aborted) return;
  if (outcome.kind === 'answer') {
    app.goOn();
    return;
  }
  if (outcome.kind === 'lost') {
    summary.show(noAnswer);
    return;
  }
  const { code, retry } = outcome.rejection;
  if (retry === 'never') {
    // A ballot that may have been recorded before must not be denied now.
    app.fail(app.memory.vote.sending ? 'unsure-closed' : outcome.rejection);
    return;
  }
  const isPhone = code === 'invalid-phone' || code === 'phone-not-admitted';
  const id = isPhone ? 'phone' : code === 'invalid-identity' ? 'number' : null;
  const other = election?.verification.methods.find((each) => each !== method);
  const instead = app.t(other === 'code' ? 'textMe' : 'textInstead');
  const more =
    other && retry === 'other-way'
      ? button(instead, () => void start(app, summary, other, report).finally(() => report('')))
      : undefined;
  summary.show([{ id, text: rejectionText(app, outcome.rejection) }], more);
}
