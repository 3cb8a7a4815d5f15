// The script of the page "Am I on the roll?". The server rendered all texts; the script asks and shows the one that
// applies. The number is sent once and not kept.
import type { RollAnswered } from '../../../protocol/public-api.ts';
import { call } from '../../shared/calls.ts';

const form = document.querySelector('form');
const field = document.querySelector<HTMLInputElement>('#number');
let asking = false;

async function verdictOf(electionId: string, number: string): Promise<string> {
  const body = JSON.stringify({ number });
  const outcome = await call<RollAnswered>('POST', `/v1/elections/${electionId}/roll-question`, { body });
  if (outcome.kind === 'answer') return outcome.value.roll;
  if (outcome.kind === 'lost') return 'lost';
  const { code } = outcome.rejection;
  if (code === 'invalid-identity' || code === 'invalid-request') return 'invalid';
  if (code === 'too-many-requests') return 'many';
  return code === 'not-open' ? 'later' : 'lost';
}

function show(verdict: string | null): void {
  for (const note of document.querySelectorAll<HTMLElement>('[data-verdict]')) {
    note.hidden = note.dataset['verdict'] !== verdict;
  }
  field?.setAttribute('aria-invalid', String(verdict === 'invalid'));
}

async function ask(electionId: string, number: string): Promise<void> {
  if (asking) return;
  asking = true;
  show(null);
  const verdict = number === '' ? 'invalid' : await verdictOf(electionId, number);
  show(verdict);
  asking = false;
  if (verdict === 'invalid') field?.focus();
}

const electionId = form?.dataset['election'];
if (form && field && electionId !== undefined) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(electionId, field.value.trim());
  });
}
