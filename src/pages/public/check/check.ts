// The script of the page that checks a receipt. The server rendered all texts; the script shows those that apply. It is
// a separate bundle, so that voters load nothing of it.
import { sha256 } from '@noble/hashes/sha2.js';
import { leafOfReceipt } from '../../../domain/record/election-log.ts';
import { codeOfLeaf, readReceiptCode } from '../../../domain/record/receipt-code.ts';
import { titleText } from '../../../domain/title-text.ts';
import type { ElectionDocument } from '../../../protocol/public-document.ts';
import type { Receipt } from '../../../protocol/public-api.ts';
import type { LoggedReceipt } from '../../../protocol/record/receipt.ts';
import { call } from '../../shared/calls.ts';
import { saveJson } from '../../shared/save-file.ts';
import { describeField } from './describe-field.ts';
import { fill } from '../languages/fill.ts';
import { electionOfCode, findInElection, searchElections } from './find-code.ts';
import type { CodeSearch } from './find-code.ts';
import { findReceipt, partsOf } from './find-receipt.ts';
import type { LogCheck } from './find-receipt.ts';
import { logAccess } from './log-access.ts';
import { checkReceipt } from './receipt-check.ts';
import { showSearched } from './searched-list.ts';
import { timeWords } from './time-words.ts';

const area = document.querySelector<HTMLTextAreaElement>('#receipt');
const file = document.querySelector<HTMLInputElement>('#file');
const typed = document.querySelector<HTMLInputElement>('#typed');
/** What a link says behind its `#`, which browsers do not send. */
const query = new URLSearchParams(location.hash.slice(1));
const answer = document.getElementById('answer');
const form = document.querySelector('form');
const { lang } = document.documentElement;
const tag = document.documentElement.dataset['tag'] ?? 'en';
/** What can be saved of the last check. */
let evidence: { readonly electionId: string; readonly receipt?: Receipt } & Partial<LogCheck> = { electionId: '' };
let checks = 0;

function set(id: string, text: string, textLang?: string): void {
  const place = document.getElementById(id);
  if (!place) return;
  place.textContent = text;
  if (textLang !== undefined) place.lang = textLang;
}

function setHidden(id: string, isHidden: boolean): void {
  const place = document.getElementById(id);
  if (place) place.hidden = isHidden;
}

/** Shows the note of this kind and hides the others. */
function showOnly(notes: 'verdict' | 'log', kind: string): void {
  for (const note of document.querySelectorAll<HTMLElement>(`[data-${notes}]`)) {
    note.hidden = note.dataset[notes] !== kind;
  }
  for (const field of [typed, area]) if (field) describeField(field);
}

/** What is checked: a receipt, a code of one election, or a code of any election of this site. */
type Mode = 'receipt' | 'code' | 'codes';

function showOf(mode: Mode): void {
  for (const text of document.querySelectorAll<HTMLElement>('[data-of]')) {
    text.hidden = !text.dataset['of']?.split(' ').includes(mode);
  }
  for (const id of ['kid', 'kid-name']) setHidden(id, mode !== 'receipt');
}

/** A field that cannot be read takes the focus. */
function mark(field: HTMLElement | null, isWrong: boolean): void {
  if (!isWrong) field?.removeAttribute('aria-invalid');
  else {
    field?.setAttribute('aria-invalid', 'true');
    field?.focus();
  }
}

function begin(mode: Mode, verdict: string): void {
  showOf(mode);
  showOnly('verdict', verdict);
  showOnly('log', '');
  for (const id of ['save', 'code', 'code-name', 'details', 'trust', 'searched', 'searched-name', 'older', 'seen-at']) {
    setHidden(id, true);
  }
  searchOn = null;
}

async function check(): Promise<void> {
  checks += 1;
  const text = typed?.value.trim() ?? '';
  mark(typed, false);
  mark(area, false);
  await (text === '' ? checkWhole(checks) : checkCode(text, checks));
}

async function checkWhole(own: number): Promise<void> {
  const verdict = await checkReceipt(area?.value ?? '');
  if (own !== checks) return;
  begin('receipt', verdict.kind);
  const unreadable = verdict.kind === 'unreadable';
  mark(area, unreadable);
  if ('receipt' in verdict) {
    const { receipt } = verdict;
    set('kid', receipt.kid);
    await describe(receipt.electionId, receipt.version === 1 ? receipt.leaf : codeOf(receipt));
  }
  if (!unreadable) answer?.focus();
  if (verdict.kind !== 'genuine' || verdict.receipt.version === 1) return;
  const { receipt } = verdict;
  showOnly('log', 'searching');
  const outcome = await findReceipt(receipt, logAccess(receipt.origin));
  if (own !== checks) return;
  evidence = { electionId: receipt.electionId, receipt, ...outcome };
  showLog(outcome);
}

const codeOf = (receipt: LoggedReceipt): string => codeOfLeaf(leafOfReceipt(sha256, partsOf(receipt)));

async function checkCode(text: string, own: number): Promise<void> {
  const code = readReceiptCode(text);
  const electionId = electionOfCode(query, text);
  begin(
    electionId === null ? 'codes' : 'code',
    code.kind === 'code' ? '' : code.kind === 'unreadable' ? 'code-unreadable' : code.kind,
  );
  mark(typed, code.kind !== 'code');
  if (code.kind === 'wrong-character') wrongText(code.place);
  if (code.kind !== 'code') return;
  const search = { code, accessOf: logAccess };
  const next = electionId === null ? searchElections(search) : () => findInElection(search, electionId);
  searchOn = async () => {
    // Until the search ends: another one beside it would read the same elections.
    setHidden('older', true);
    showOnly('log', 'searching');
    answer?.focus();
    const outcome = await next();
    if (own === checks) await showSearch(outcome, electionId !== null, code.code);
  };
  await searchOn();
}

/** Goes on with the search for a code in older elections. */
let searchOn: (() => Promise<void>) | null = null;

async function showSearch({ outcome, searched, hasMore }: CodeSearch, isOfOne: boolean, code: string): Promise<void> {
  if (!isOfOne) showSearched(searched, hasMore, tag);
  if (!outcome) {
    showOnly('log', 'no-log');
    return;
  }
  showLog(outcome);
  const { kind } = outcome.verdict;
  evidence = outcome;
  if (isOfOne || kind === 'found' || kind === 'repeated') {
    await describe(outcome.electionId, code);
    return;
  }
  // None of them is the election of this code as far as anyone knows. A log that does not fit is evidence all the same.
  for (const id of ['code', 'code-name', 'seen-at']) setHidden(id, true);
  setHidden('save', kind !== 'broken');
}

const wrongPlace = document.getElementById('typed-wrong');
const wrongTemplate = wrongPlace?.textContent ?? '';
function wrongText(place: number): void {
  if (wrongPlace) wrongPlace.textContent = fill(wrongTemplate, { place: new Intl.NumberFormat(lang).format(place) });
}

function showLog({ verdict, code, seenAtMs }: LogCheck): void {
  const numbers = new Intl.NumberFormat(lang);
  const values = Object.entries(verdict).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const time = seenAtMs === null ? '' : timeWords(seenAtMs, Date.now(), lang);
  const texts = { ...Object.fromEntries(values.map(([name, value]) => [name, numbers.format(value)])), time };
  for (const place of document.querySelectorAll<HTMLElement>('[data-text]')) {
    place.textContent = fill(place.dataset['text'] ?? '', texts);
  }
  showOnly('log', verdict.kind);
  if (verdict.kind === 'found') {
    setHidden('seen', verdict.witnesses === 0);
    setHidden('unseen', verdict.witnesses > 0);
    setHidden('few', verdict.seen >= verdict.quorum);
  }
  setHidden('seen-at', seenAtMs === null);
  set('code', code);
  for (const id of ['code', 'code-name']) setHidden(id, false);
  setHidden('save', verdict.kind === 'found' || verdict.kind === 'later');
}

async function describe(electionId: string, code: string): Promise<void> {
  for (const id of ['details', 'trust']) setHidden(id, false);
  set('leaf', code.replace(/.{4}(?=.)/g, '$& '));
  set('vote', electionId);
  const path = encodeURIComponent(electionId);
  document.querySelector('#trust a')?.setAttribute('href', `/trust/${path}?lang=${tag}`);
  const outcome = await call<ElectionDocument>('GET', `/v1/elections/${path}`);
  if (outcome.kind !== 'answer') return;
  const title = titleText(outcome.value.election.title, tag);
  set('vote', title.text, title.lang);
}

/** The receipt of a vote from this tab, if there is one. */
function ownReceipt(): string {
  try {
    const stored = JSON.parse(sessionStorage.getItem('popvote-vote') ?? '{}') as { receipt?: { receipt?: Receipt } };
    return stored.receipt?.receipt ? JSON.stringify({ receipt: stored.receipt.receipt }) : '';
  } catch {
    return '';
  }
}

if (form && area) {
  form.hidden = false;
  area.value = ownReceipt();
  if (typed) typed.value = query.get('c') ?? '';
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void check();
  });
  document.getElementById('older')?.addEventListener('click', () => void searchOn?.());
  document.getElementById('save')?.addEventListener('click', () => {
    const at = new Date().toISOString();
    saveJson(`evidence-${evidence.electionId}.json`, { ...evidence, at });
  });
  file?.addEventListener('change', () => {
    const [selection] = file.files ?? [];
    void selection?.text().then((text) => {
      area.value = text;
      if (typed) typed.value = '';
      return check();
    });
  });
  // Another link to this page, opened in the same tab.
  addEventListener('hashchange', () => new URLSearchParams(location.hash.slice(1)).has('c') && location.reload());
  if (query.has('sent')) {
    setHidden('sent', false);
    query.delete('sent');
    history.replaceState(null, '', `#${query.toString()}`);
  }
  if (query.has('c')) void check();
}
