// The script of the page "Am I on the roll?". The server rendered all texts; the script asks and shows those that apply.
// What was typed is checked by the server's rules, sent once and not kept.
import { canonicalIdentity } from '../../../domain/identity.ts';
import { canonicalSecond, secondElements } from '../../../domain/roll/second-element.ts';
import { withPlainSigns } from '../../../domain/text/typed-number.ts';
import type { RollAnswered, RollAsked } from '../../../protocol/public-api.ts';
import { call } from '../../shared/calls.ts';
import { describeField } from '../check/describe-field.ts';

const form = document.querySelector('form');
const numberInput = document.querySelector<HTMLInputElement>('#number');
const secondInput = document.querySelector<HTMLInputElement>('#second');
const secondHint = document.getElementById('second-hint');
const secondKind = secondElements.find((kind) => kind === secondInput?.dataset['kind']);
/** By their verdict where what was typed cannot be right. */
const inputs = { invalid: numberInput, second: secondInput } as const;
let asking = false;

const isWrong = (verdict: string): verdict is keyof typeof inputs => Object.hasOwn(inputs, verdict);

function faultsOf({ number, second = '' }: RollAsked): (keyof typeof inputs)[] {
  const faults: (keyof typeof inputs)[] = [];
  if (!canonicalIdentity('roll', number).ok) faults.push('invalid');
  if (secondKind !== undefined && canonicalSecond(secondKind, withPlainSigns(second), 'typed') === null)
    faults.push('second');
  return faults;
}

async function verdictOf(electionId: string, question: RollAsked): Promise<string> {
  const body = JSON.stringify(question);
  const outcome = await call<RollAnswered>('POST', `/v1/elections/${electionId}/roll-question`, { body });
  if (outcome.kind === 'answer') return outcome.value.roll;
  if (outcome.kind === 'lost') return 'lost';
  const { code } = outcome.rejection;
  if (code === 'invalid-identity' || code === 'invalid-request') return 'invalid';
  if (code === 'too-many-requests') return 'many';
  return code === 'not-open' ? 'later' : 'lost';
}

function show(verdicts: readonly string[]): void {
  for (const note of document.querySelectorAll<HTMLElement>('[data-verdict]')) {
    note.hidden = !verdicts.includes(note.dataset['verdict'] ?? '');
  }
  // The hint says the same as the fault.
  if (secondHint) secondHint.hidden = verdicts.includes('second');
  for (const [verdict, input] of Object.entries(inputs)) {
    if (!input) continue;
    input.setAttribute('aria-invalid', String(verdicts.includes(verdict)));
    describeField(input);
  }
}

async function ask(electionId: string, question: RollAsked): Promise<void> {
  if (asking) return;
  asking = true;
  show([]);
  const faults = faultsOf(question);
  const verdicts = faults.length > 0 ? faults : [await verdictOf(electionId, question)];
  show(verdicts);
  asking = false;
  const [wrong] = verdicts.filter(isWrong);
  if (wrong !== undefined) inputs[wrong]?.focus();
}

const electionId = form?.dataset['election'];
if (form && numberInput && electionId !== undefined) {
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const number = numberInput.value.trim();
    void ask(electionId, { number, ...(secondInput && { second: secondInput.value.trim() }) });
  });
}
