// The script of the page "Am I on the roll?". The server rendered all texts; the script asks and shows those that apply.
// What was typed is checked by the server's rules, sent once and not kept.
import { canonicalIdentity } from '../../../domain/identity.ts';
import type { RollAnswered } from '../../../protocol/public-api.ts';
import { call } from '../../shared/calls.ts';

const form = document.querySelector('form');
const numberInput = document.querySelector<HTMLInputElement>('#number');
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
  numberInput?.setAttribute('aria-invalid', String(verdict === 'invalid'));
}

async function ask(electionId: string, number: string): Promise<void> {
  if (asking) return;
  asking = true;
  show(null);
  const verdict = canonicalIdentity('roll', number).ok ? await verdictOf(electionId, number) : 'invalid';
  show(verdict);
  asking = false;
  if (verdict === 'invalid') numberInput?.focus();
}

const electionId = form?.dataset['election'];
if (form && numberInput && electionId !== undefined) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(electionId, numberInput.value.trim());
  });
}
