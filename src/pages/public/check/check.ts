// The script of the page that checks a receipt. The server rendered all texts; the script shows those that apply. It is
// a separate bundle, so that voters load nothing of it.
import { titleText } from '../../../domain/title-text.ts';
import type { ElectionDocument } from '../../../protocol/public-document.ts';
import type { Receipt } from '../../../protocol/public-api.ts';
import { call } from '../../shared/calls.ts';
import { receiptCode } from '../../shared/receipt-code.ts';
import { saveJson } from '../../shared/save-file.ts';
import { fill } from '../languages/fill.ts';
import { findReceipt } from './find-receipt.ts';
import type { LogCheck } from './find-receipt.ts';
import { logAccess } from './log-access.ts';
import { checkReceipt } from './receipt-check.ts';

const area = document.querySelector<HTMLTextAreaElement>('#receipt');
const file = document.querySelector<HTMLInputElement>('#file');
const answer = document.getElementById('answer');
const form = document.querySelector('form');
const { lang } = document.documentElement;
const tag = document.documentElement.dataset['tag'] ?? 'en';
/** What can be saved of the last check. */
let evidence: { readonly receipt: Receipt } & Partial<LogCheck> = { receipt: {} as Receipt };
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
}

async function check(): Promise<void> {
  checks += 1;
  const own = checks;
  const verdict = await checkReceipt(area?.value ?? '');
  if (own !== checks) return;
  const receipt = 'receipt' in verdict ? verdict.receipt : undefined;
  showOnly('verdict', verdict.kind);
  showOnly('log', '');
  const unreadable = verdict.kind === 'unreadable';
  if (unreadable) {
    area?.setAttribute('aria-invalid', 'true');
    area?.focus();
  } else area?.removeAttribute('aria-invalid');
  for (const id of ['save', 'code', 'code-name']) setHidden(id, true);
  for (const id of ['details', 'trust']) setHidden(id, !receipt);
  if (receipt) await describe(receipt);
  if (!unreadable) answer?.focus();
  if (verdict.kind !== 'genuine' || verdict.receipt.version === 1) return;
  showOnly('log', 'searching');
  const logCheck = await findReceipt(verdict.receipt, logAccess(verdict.receipt.origin));
  if (own === checks) showLog(verdict.receipt, logCheck);
}

function showLog(receipt: Receipt, { verdict, code, checkpoint }: LogCheck): void {
  evidence = { receipt, verdict, code, checkpoint };
  const numbers = new Intl.NumberFormat(lang);
  const values = Object.entries(verdict).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  const texts = Object.fromEntries(values.map(([name, value]) => [name, numbers.format(value)]));
  for (const place of document.querySelectorAll<HTMLElement>('[data-text]')) {
    place.textContent = fill(place.dataset['text'] ?? '', texts);
  }
  showOnly('log', verdict.kind);
  if (verdict.kind === 'found') {
    setHidden('seen', verdict.witnesses === 0);
    setHidden('unseen', verdict.witnesses > 0);
    setHidden('few', verdict.seen >= verdict.quorum);
  }
  set('code', code);
  for (const id of ['code', 'code-name']) setHidden(id, false);
  setHidden('save', verdict.kind === 'found' || verdict.kind === 'later');
}

async function describe(receipt: Receipt): Promise<void> {
  const { electionId, kid } = receipt;
  set('leaf', receiptCode(receipt).replace(/.{4}(?=.)/g, '$& '));
  set('kid', kid);
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
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void check();
  });
  document.getElementById('save')?.addEventListener('click', () => {
    const at = new Date().toISOString();
    saveJson(`evidence-${evidence.receipt.electionId}.json`, { ...evidence, at });
  });
  file?.addEventListener('change', () => {
    const [selection] = file.files ?? [];
    void selection?.text().then((text) => {
      area.value = text;
      return check();
    });
  });
}
