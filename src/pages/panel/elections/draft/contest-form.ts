// Contests as a form: read from a definition, and merged into one. What a step does not show (other languages, the
// counting rule) stays as it is in that definition.
import { suggestedMethods } from '../../../../domain/counting/method-table.ts';
import { isBlankId, isSuggestedId } from '../../../../domain/suggested-values.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { titleInEnglish } from '../../words.ts';
import { mainLanguage, optionTitle } from './definition.ts';
import type { ContestDraft, Definition, OptionDraft } from './definition.ts';
import type { StepFault } from './steps.ts';
import { freshId, freshSuggestedId } from './suggestions.ts';

export type OptionForm = {
  /** The ID that will be saved. */
  readonly id: string;
  /** The ID in the definition, if there is one. */
  readonly was: string | null;
  readonly participantId?: string;
  /** The name of the participant, or the text in the main language. */
  readonly text: string;
};
export type ContestForm = {
  /** The ID from the definition, or a new one. */
  readonly id: string;
  readonly isNew: boolean;
  readonly title: string;
  readonly options: readonly OptionForm[];
  readonly orderSeed: string | null;
  /** What the empty fields of a new election were suggested to say. */
  readonly example?: { readonly title: string; readonly options: readonly string[] };
};

export function readContests({ definition, participants }: AdministeredElection): readonly ContestForm[] {
  const main = mainLanguage(definition);
  return definition.contests.map((contest) => {
    const usedIds = new Set(contest.options.map(({ id }) => id));
    const textOf = (option: OptionDraft): string => {
      const title = optionTitle(option, participants);
      return title[main] ?? titleInEnglish(title);
    };
    const options = [...contest.options]
      .sort((a, b) => a.number - b.number)
      .map((option): OptionForm => {
        const id = isSuggestedId(option.id) ? freshId('option', usedIds) : option.id;
        usedIds.add(id);
        return {
          id,
          was: option.id,
          text: isBlankId(option.id) ? '' : textOf(option),
          ...(option.participantId !== undefined && { participantId: option.participantId }),
        };
      });
    const title = contest.title[main] ?? titleInEnglish(contest.title);
    const form = { id: contest.id, isNew: false, options, orderSeed: contest.orderSeed ?? null };
    if (!contest.options.some(({ id }) => isSuggestedId(id))) return { ...form, title };
    const examples = contest.options.filter(({ id }) => isBlankId(id)).map(textOf);
    return { ...form, title: '', example: { title, options: examples } };
  });
}

/** Contests for PATCH. In a draft, an ID marks a contest whose rule has not been reviewed. */
export function writeContests(
  forms: readonly ContestForm[],
  definition: Definition,
  isDraft: boolean,
): Pick<Definition, 'contests'> {
  const main = mainLanguage(definition);
  const usedIds = new Set(definition.contests.map(({ id }) => id));
  const contests = forms.map((form): ContestDraft => {
    const before = form.isNew ? undefined : definition.contests.find(({ id }) => id === form.id);
    const id = before?.id ?? (isDraft ? freshSuggestedId(usedIds) : freshId('contest', usedIds));
    usedIds.add(id);
    const { orderSeed: _before, ...rule } = { orderSeed: null, ...(before ?? newRule) };
    const { changed, ...limits } = fitLimits(rule, form.options.length);
    // A changed rule has to be reviewed again.
    const marked = changed && isDraft && !isSuggestedId(id) ? freshSuggestedId(usedIds) : id;
    usedIds.add(marked);
    return {
      ...rule,
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
  const before = contest?.options.find((option) => option.id === form.was);
  const { threshold, candidates } = before ?? {};
  const law = { ...(threshold !== undefined && { threshold }), ...(candidates !== undefined && { candidates }) };
  if (participantId !== undefined) return { id, number: index + 1, participantId, ...law };
  return {
    id,
    ...law,
    number: index + 1,
    title: { ...before?.title, [main]: text },
    ...(before?.kind !== undefined && { kind: before.kind }),
  };
}

export function contestFaults(forms: readonly ContestForm[]): readonly StepFault[] {
  const faults: StepFault[] = [];
  forms.forEach(({ title, options }, index) => {
    const contest = `Contest ${index + 1}`;
    if (title.trim() === '') faults.push({ path: `contests/${index}/title`, detail: `${contest}: enter a title.` });
    options.forEach(({ participantId, text }, at) => {
      if (participantId === undefined && text.trim() === '')
        faults.push({ path: `contests/${index}/options/${at}`, detail: `${contest}, option ${at + 1}: enter a text.` });
    });
    if (options.length === 0)
      faults.push({ path: `contests/${index}/options`, detail: `${contest}: add at least one option.` });
  });
  return faults;
}

/** The list with one item moved to another place. */
export function moved<Item>(list: readonly Item[], from: number, to: number): readonly Item[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}
