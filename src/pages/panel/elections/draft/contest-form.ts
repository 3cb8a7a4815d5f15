// Contests while they are written: what the page holds, read from a definition and put over one. What a step does not show
// (other languages, the counting rule) stays as it is in the definition that it is put over.
import { suggestedMethods } from '../../../../domain/counting/method-table.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { titleInEnglish } from '../../words.ts';
import { mainLanguage, optionTitle } from './definition.ts';
import type { ContestDraft, Definition, OptionDraft } from './definition.ts';
import type { StepFault } from './steps.ts';
import { freshId, freshSuggestedId, isSuggestedId } from './suggestions.ts';

export type OptionForm = {
  /** As it will be saved. */
  readonly id: string;
  /** As it stands in the definition, if it does. */
  readonly was: string | null;
  readonly participantId?: string;
  /** The name of the participant, or the text in the main language as it was typed. */
  readonly text: string;
};
export type ContestForm = {
  /** Of the contest in the definition, or of one that is new. */
  readonly id: string;
  readonly isNew: boolean;
  readonly title: string;
  readonly options: readonly OptionForm[];
  readonly orderSeed: string | null;
};

export function readContests({ definition, participants }: AdministeredElection): readonly ContestForm[] {
  const main = mainLanguage(definition);
  return definition.contests.map((contest) => {
    const taken = new Set(contest.options.map(({ id }) => id));
    const options = [...contest.options]
      .sort((a, b) => a.number - b.number)
      .map((option): OptionForm => {
        const title = optionTitle(option, participants);
        const id = isSuggestedId(option.id) ? freshId('option', taken) : option.id;
        taken.add(id);
        return {
          id,
          was: option.id,
          text: title[main] ?? titleInEnglish(title),
          ...(option.participantId !== undefined && { participantId: option.participantId }),
        };
      });
    const title = contest.title[main] ?? titleInEnglish(contest.title);
    return { id: contest.id, isNew: false, title, options, orderSeed: contest.orderSeed ?? null };
  });
}

/** Contests for PATCH. A contest whose rule nobody has looked at says so by its id, while it is a draft. */
export function writeContests(
  forms: readonly ContestForm[],
  definition: Definition,
  isDraft: boolean,
): Pick<Definition, 'contests'> {
  const main = mainLanguage(definition);
  const taken = new Set(definition.contests.map(({ id }) => id));
  const contests = forms.map((form): ContestDraft => {
    const before = form.isNew ? undefined : definition.contests.find(({ id }) => id === form.id);
    const id = before?.id ?? (isDraft ? freshSuggestedId(taken) : freshId('contest', taken));
    taken.add(id);
    const { orderSeed: _before, ...kept } = { orderSeed: null, ...(before ?? newRule) };
    const { changed, ...limits } = fitLimits(kept, form.options.length);
    // What was fitted is looked at again.
    const marked = changed && isDraft && !isSuggestedId(id) ? freshSuggestedId(taken) : id;
    taken.add(marked);
    return {
      ...kept,
      ...limits,
      id: marked,
      title: { ...before?.title, [main]: form.title },
      ...(form.orderSeed !== null && { orderSeed: form.orderSeed }),
      options: form.options.map((option, index) => optionOf(option, index, before, main)),
    };
  });
  return { contests };
}

const newRule = { method: suggestedMethods.winner, minChoices: 1, maxChoices: 1, abstain: false } as const;

// A ballot cannot ask for more options than it has.
function fitLimits(
  { minChoices, maxChoices }: Pick<ContestDraft, 'minChoices' | 'maxChoices'>,
  options: number,
): Pick<ContestDraft, 'minChoices' | 'maxChoices'> & { readonly changed: boolean } {
  const most = Math.max(1, Math.min(maxChoices, options));
  return { maxChoices: most, minChoices: Math.min(minChoices, most), changed: most !== maxChoices };
}
function optionOf(form: OptionForm, index: number, contest: ContestDraft | undefined, main: string): OptionDraft {
  const { id, participantId, text } = form;
  if (participantId !== undefined) return { id, number: index + 1, participantId };
  const before = contest?.options.find((option) => option.id === form.was);
  return {
    id,
    number: index + 1,
    title: { ...before?.title, [main]: text },
    ...(before?.kind !== undefined && { kind: before.kind }),
  };
}

export function contestFaults(forms: readonly ContestForm[]): readonly StepFault[] {
  const faults: StepFault[] = [];
  forms.forEach(({ title, options }, index) => {
    const contest = `Contest ${index + 1}`;
    if (title.trim() === '')
      faults.push({ path: `contests/${index}/title`, detail: `${contest}: enter what is voted on.` });
    options.forEach(({ participantId, text }, at) => {
      if (participantId === undefined && text.trim() === '')
        faults.push({ path: `contests/${index}/options/${at}`, detail: `${contest}, option ${at + 1}: enter a text.` });
    });
    if (options.length === 0)
      faults.push({ path: `contests/${index}/options`, detail: `${contest}: add at least one option.` });
  });
  return faults;
}

/** A list with one of it moved to another place. */
export function moved<Item>(list: readonly Item[], from: number, to: number): readonly Item[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}
