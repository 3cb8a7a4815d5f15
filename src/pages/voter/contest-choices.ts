// One contest of the ballot: every option is visible, none is preselected, and none is removed unless the voter does
// it. A choice is indicated by the control itself and its border, never by colour alone.
import { isSeatMethod } from '../../domain/counting/method-table.ts';
import { fractionText } from '../../domain/counting/share.ts';
import { thresholdLawOf } from '../../domain/counting/threshold.ts';
import type { Contest } from '../../domain/election.ts';
import { h } from '../shared/dom.ts';
import type { VoterApp } from './app.ts';
import type { FieldFault } from './field.ts';
import { titleText } from '../../domain/title-text.ts';

export type ContestChoices = {
  readonly element: HTMLElement;
  /** The fault of this contest, if any. It is also shown at the contest until the voter chooses. */
  showFault(): FieldFault | null;
};
type Place = { readonly index: number; readonly of: number };

// Never the id of an option: ids consist of letters, digits, and a few signs.
const abstention = '*';

export function contestChoices(app: VoterApp, contest: Contest, place: Place): ContestChoices {
  const name = `contest-${place.index}`;
  const { inputs, rows, count, clear, choiceCount } = choiceRows(app, contest, name);
  const error = h('p', { id: `${name}-error`, class: 'fault', hidden: true });
  const { text, lang } = titleText(contest.title, app.language);
  const legend = h('legend', {}, h('h2', { lang, dir: 'auto' }, text));
  const caption = h('p', { class: 'muted' }, app.t('question', { n: place.index + 1, of: place.of }));
  const rule = h('p', { id: `${name}-rule` }, ruleOf(app, contest));
  for (const input of inputs) input.addEventListener('change', () => (error.hidden = true));
  const describedBy = `${name}-rule ${name}-error`;
  return {
    element: h('fieldset', { 'aria-describedby': describedBy }, legend, caption, rule, error, ...rows, count, clear),
    showFault() {
      const abstains = app.memory.choices.get(contest.id) === 'abstain';
      const lacking = faultOf(app, contest, abstains, choiceCount());
      error.textContent = lacking;
      error.hidden = lacking === null;
      return lacking === null ? null : { id: inputs[0]?.id ?? null, text: `${text} – ${lacking}` };
    },
  };
}

// The rows of a contest and their event handlers.
function choiceRows(app: VoterApp, contest: Contest, name: string) {
  const { choices } = app.memory;
  const { id, maxChoices } = contest;
  const single = maxChoices === 1;
  const count = h('p', { class: 'count', hidden: single });
  const clear = h('button', { type: 'button', class: 'link', onclick: () => choose(undefined) }, app.t('clear'));
  const inputs: HTMLInputElement[] = [];

  const choiceCount = (): number => {
    const value = choices.get(id);
    return value === undefined || value === 'abstain' ? 0 : value.size;
  };
  const showState = (): void => {
    const value = choices.get(id);
    for (const input of inputs) {
      input.checked = input.value === abstention ? value === 'abstain' : value instanceof Set && value.has(input.value);
    }
    count.textContent = app.t('count', { n: choiceCount(), max: maxChoices });
    clear.hidden = !single || value === undefined;
  };
  const choose = (value: ReadonlySet<string> | 'abstain' | undefined): void => {
    if (value === undefined || (value instanceof Set && value.size === 0)) choices.delete(id);
    else choices.set(id, value);
    showState();
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
      count.textContent = app.t(abstains ? 'abstainFirst' : before === 'abstain' ? 'unAbstainFirst' : 'maximum');
    }
    if (!single) app.announce(count.textContent);
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
  return { inputs, rows, count, clear, choiceCount };
}

function rowLabels(app: VoterApp, contest: Contest): (readonly [value: string, label: HTMLElement])[] {
  const labels = contest.options.map(({ id, number, title, withdrawnAt }) => {
    const { text, lang } = titleText(title, app.language);
    const label = h('span', {}, h('span', { class: 'number' }, `${number}.`), ' ', h('bdi', { lang }, text));
    if (withdrawnAt) label.append(h('br'), h('span', { class: 'muted' }, app.t('withdrawn')));
    return [id, label] as const;
  });
  if (!contest.abstain) return labels;
  const hint = h('span', { class: 'muted' }, app.t('abstainHint'));
  return [...labels, [abstention, h('span', {}, app.t('abstain'), h('br'), hint)] as const];
}

function without(set: Set<string>, value: string): Set<string> {
  set.delete(value);
  return set;
}

function faultOf(
  app: VoterApp,
  { minChoices, abstain }: Contest,
  abstains: boolean,
  choiceCount: number,
): string | null {
  if (abstains || choiceCount >= minChoices) return null;
  if (choiceCount > 0) return app.t('needMore', { min: minChoices });
  return app.t(abstain ? 'needChoiceOrAbstain' : 'needChoice');
}

function ruleOf(app: VoterApp, contest: Contest): string {
  const { minChoices: min, maxChoices: max, seats } = contest;
  const limits =
    max === 1
      ? app.t('chooseOne')
      : min === max
        ? app.t('chooseExactly', { max })
        : app.t(min > 1 ? 'chooseBetween' : 'chooseUpTo', { min, max });
  const parts = [limits];
  if (min === 0) parts.push(app.t('maySkip'));
  if (isSeatMethod(contest.method)) return [...parts, ...chamberRule(app, contest)].join(' ');
  if (seats !== undefined) parts.push(app.t('elects', { seats }));
  return parts.join(' ');
}

function chamberRule(app: VoterApp, contest: Contest): readonly string[] {
  const parts = [app.t('seats', { seats: contest.seats ?? 0 })];
  const { share, of, moreThan } = thresholdLawOf(contest);
  if (share.numerator === 0) return parts;
  const text = fractionText(share);
  // Such as 1/150, whose decimals do not end. Intl formats a decimal text exactly; its types do not include texts yet.
  const percent = text.includes('/') ? text : new Intl.NumberFormat(app.language, percentForm).format(text as never);
  parts.push(app.t(moreThan === true ? 'thresholdMore' : 'threshold', { percent, base: app.t(`base-${of}`) }));
  const exempt = contest.options
    .filter(({ threshold }) => threshold === 'exempt')
    .map(({ title }) => titleText(title, app.language).text);
  if (exempt.length > 0) parts.push(app.t('noThreshold', { names: new Intl.ListFormat(app.language).format(exempt) }));
  return parts;
}

const percentForm = { style: 'percent', maximumFractionDigits: 20 } as const;
