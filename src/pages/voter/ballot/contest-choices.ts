// One contest of the ballot: every option is visible unless the voter searches, none is preselected, and none is removed
// unless the voter does it. A choice is indicated by the control itself and its border, never by colour alone.
import type { Contest, Title } from '../../../domain/election.ts';
import { h } from '../../shared/dom.ts';
import type { VoterApp } from '../app.ts';
import type { FieldFault } from '../field.ts';
import { isAnswered } from '../memory.ts';
import { titleText } from '../../../domain/title-text.ts';
import { electionText } from '../election-text.ts';
import { optionText } from './option-text.ts';

export type ContestChoices = {
  readonly element: HTMLElement;
  /** The fault of this contest, if any. It is also shown at the contest until the voter chooses. */
  showFault(): FieldFault | null;
};
/** `alone`: the title of the screen says which question it is. */
type Place = { readonly index: number; readonly of: number; readonly alone: boolean };

// Never the id of an option: ids consist of letters, digits, and a few signs.
const abstention = '*';
/** Options from which on a list can be searched. */
const searchOptionsMin = 12;
const nothing = (): void => undefined;

export function contestChoices(app: VoterApp, contest: Contest, place: Place): ContestChoices {
  const name = `contest-${place.index}`;
  const { inputs, rows, count, clear } = choiceRows(app, contest, name);
  const error = h('p', { id: `${name}-error`, class: 'fault' });
  const legend = h('legend', {}, electionText('h2', app, contest.title));
  const question = app.t('question', { n: place.index + 1, of: place.of });
  const caption = !place.alone && place.of > 1 && h('p', { class: 'muted' }, question);
  const rule = h('p', { id: `${name}-rule` }, ruleOf(app, contest));
  // Parts of the script that few elections need. Without them the ballot is complete.
  if (contest.seats !== undefined) {
    const nameOf = (title: Title): string => titleText(title, app.language).text;
    const addRule = (sentences: readonly string[]): void => rule.append(...sentences.map((sentence) => ` ${sentence}`));
    void import('./seat-rule.ts').then(({ seatRule }) => addRule(seatRule(app, contest, nameOf)), nothing);
  }
  const search = h('div');
  if (rows.length >= searchOptionsMin) {
    void import('./option-search.ts').then(({ addSearch }) => addSearch(app, contest, search, rows, h), nothing);
  }
  // Empty, it is not there. Hidden, it would still describe the question.
  for (const input of inputs) input.addEventListener('change', () => (error.textContent = ''));
  const describedBy = `${name}-rule ${name}-error`;
  return {
    element: h(
      'fieldset',
      { id: name, 'aria-describedby': describedBy },
      legend,
      caption,
      rule,
      error,
      search,
      ...rows,
      clear,
      count,
    ),
    showFault() {
      const lacking = faultOf(app, contest);
      error.textContent = lacking;
      if (lacking === null) return null;
      // The title may be long, and the fault is also at the question.
      const text = place.of > 1 && !place.alone ? `${question}: ${lacking}` : lacking;
      return { id: name, text };
    },
  };
}

// The rows of a contest and their event handlers.
function choiceRows(app: VoterApp, contest: Contest, name: string) {
  const { choices } = app.memory;
  const { id, maxChoices } = contest;
  const single = maxChoices === 1;
  const count = h('p', { class: 'count', hidden: single });
  // Why a tap changed nothing, beside the row that was tapped.
  const rejection = h('p', { class: 'fault rejection' });
  const clear = h('button', { type: 'button', class: 'link', onclick: () => choose(undefined) }, app.t('clear'));
  const inputs: HTMLInputElement[] = [];

  const showState = (): void => {
    const value = choices.get(id);
    for (const input of inputs) {
      input.checked = input.value === abstention ? value === 'abstain' : value instanceof Set && value.has(input.value);
    }
    count.textContent = app.t('count', { n: value instanceof Set ? value.size : 0, max: maxChoices });
    clear.hidden = !single || value === undefined;
    rejection.remove();
  };
  const choose = (value: ReadonlySet<string> | 'abstain' | undefined): void => {
    if (value === undefined || (value instanceof Set && value.size === 0)) choices.delete(id);
    else choices.set(id, value);
    showState();
    if (!single) app.announce(count.textContent);
  };
  const onChange = (input: HTMLInputElement): void => {
    const before = choices.get(id);
    const set = before === undefined || before === 'abstain' ? new Set<string>() : new Set(before);
    const abstains = input.value === abstention;
    if (single) choose(abstains ? 'abstain' : new Set([input.value]));
    else if (!input.checked) choose(abstains ? undefined : without(set, input.value));
    else if (abstains && set.size === 0) choose('abstain');
    else if (!abstains && before !== 'abstain' && set.size < maxChoices) choose(set.add(input.value));
    else {
      showState();
      rejection.textContent = app.t(abstains ? 'abstainFirst' : before === 'abstain' ? 'unAbstainFirst' : 'maximum');
      input.labels?.[0]?.after(rejection);
      rejection.scrollIntoView({ block: 'nearest' });
      app.announce(rejection.textContent);
    }
  };
  const withdrawn = new Set(contest.options.filter(({ withdrawnAt }) => withdrawnAt).map((option) => option.id));
  const rows = rowLabels(app, contest).map(([value, label], index) => {
    const key = `${name}-${index}`;
    const disabled = withdrawn.has(value);
    const input = h('input', { id: key, type: single ? 'radio' : 'checkbox', name, value, disabled });
    input.addEventListener('change', () => onChange(input));
    inputs.push(input);
    return h('label', { class: disabled ? 'choice withdrawn' : 'choice', for: key }, input, label);
  });
  showState();
  return { inputs, rows, count, clear };
}

function rowLabels(app: VoterApp, contest: Contest): (readonly [value: string, label: HTMLElement])[] {
  const labels = contest.options.map((option) => {
    const label = h('span', {}, ...optionText(app, option));
    if (option.withdrawnAt) label.append(h('br'), h('span', { class: 'muted' }, app.t('withdrawn')));
    return [option.id, label] as const;
  });
  if (!contest.abstain) return labels;
  const hint = h('span', { class: 'muted' }, app.t('abstainHint'));
  return [...labels, [abstention, h('span', {}, app.t('abstain'), h('br'), hint)] as const];
}

function without(set: Set<string>, value: string): Set<string> {
  set.delete(value);
  return set;
}

function faultOf(app: VoterApp, contest: Contest): string | null {
  const { choices } = app.memory;
  if (isAnswered(contest, choices)) return null;
  if (choices.has(contest.id)) return app.t('needMore', { min: contest.minChoices });
  return app.t(contest.abstain ? 'needChoiceOrAbstain' : 'needChoice');
}

function ruleOf(app: VoterApp, { minChoices: min, maxChoices: max }: Contest): string {
  const limits =
    max === 1
      ? app.t('chooseOne')
      : min === max
        ? app.t('chooseExactly', { max })
        : app.t(min > 1 ? 'chooseBetween' : 'chooseUpTo', { min, max });
  return min === 0 ? `${limits} ${app.t('maySkip')}` : limits;
}
