// The script of the page that checks a receipt. The server rendered all texts; the script shows those that apply. It is
// a separate bundle, so that voters load nothing of it.
import { titleText } from '../../../domain/title-text.ts';
import type { ElectionDocument } from '../../../protocol/public-document.ts';
import type { Receipt } from '../../../protocol/public-api.ts';
import { call } from '../../shared/calls.ts';
import { receiptCode } from '../../shared/receipt-code.ts';
import { checkReceipt } from './receipt-check.ts';

const area = document.querySelector<HTMLTextAreaElement>('#receipt');
const file = document.querySelector<HTMLInputElement>('#file');
const answer = document.getElementById('answer');
const details = document.getElementById('details');
const form = document.querySelector('form');

function set(id: string, text: string, lang?: string): void {
  const place = document.getElementById(id);
  if (!place) return;
  place.textContent = text;
  if (lang !== undefined) place.lang = lang;
}

async function check(): Promise<void> {
  const verdict = await checkReceipt(area?.value ?? '');
  for (const note of document.querySelectorAll<HTMLElement>('[data-verdict]')) {
    note.hidden = note.dataset['verdict'] !== verdict.kind;
  }
  const unreadable = verdict.kind === 'unreadable';
  if (unreadable) {
    area?.setAttribute('aria-invalid', 'true');
    area?.focus();
  } else area?.removeAttribute('aria-invalid');
  if (details) details.hidden = !('receipt' in verdict);
  if ('receipt' in verdict) await describe(verdict.receipt);
  if (!unreadable) answer?.focus();
}

async function describe(receipt: Receipt): Promise<void> {
  const { electionId, kid } = receipt;
  set('leaf', receiptCode(receipt).replace(/.{4}(?=.)/g, '$& '));
  set('kid', kid);
  set('vote', electionId);
  const outcome = await call<ElectionDocument>('GET', `/v1/elections/${encodeURIComponent(electionId)}`);
  if (outcome.kind !== 'answer') return;
  const tag = document.documentElement.dataset['tag'] ?? 'en';
  const { text, lang } = titleText(outcome.value.election.title, tag);
  set('vote', text, lang);
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
  file?.addEventListener('change', () => {
    const [selection] = file.files ?? [];
    void selection?.text().then((text) => {
      area.value = text;
      return check();
    });
  });
}
