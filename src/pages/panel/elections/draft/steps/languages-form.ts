// The texts of an election by language, as a form.
import { languageName } from '../../../../../domain/text/language-name.ts';
import { languagesOf } from '../definition.ts';
import type { ContestDraft, Definition } from '../definition.ts';
import { organiserKey, textsOf } from '../../describe.ts';
import type { ElectionText } from '../../describe.ts';
import type { StepFault } from '../steps.ts';
import type { StepWork } from '../use-step.ts';

type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;
export type Values = {
  readonly languages: readonly string[];
  /** By the key of the text, then by language. */
  readonly texts: Texts;
};

/** True for texts of the election, false for participants' names. */
export const own = (text: ElectionText): boolean => text.participantId === undefined;

export const languagesWork: StepWork<Values> = {
  name: 'languages',
  read: ({ definition, participants }) => ({
    languages: languagesOf(definition),
    texts: Object.fromEntries(
      textsOf(definition, participants)
        .filter(own)
        .map(({ key, title }) => [key, { ...title }]),
    ),
  }),
  write: (values, definition): Partial<Definition> => ({
    title: titleOf(values, 'title', definition.title),
    ...(definition.organiser && { organiser: titleOf(values, organiserKey, definition.organiser) }),
    contests: definition.contests.map((contest) => writeContest(values, contest)),
  }),
  // The service knows a language by its texts, and the main language by its first place.
  check: ({ languages, texts }) => [
    ...mainFaults(languages[0] ?? 'en', texts),
    ...languages
      .filter((tag) => Object.values(texts).every((text) => (text[tag] ?? '').trim() === ''))
      .map((tag) => ({
        path: `languages/${tag}`,
        detail: `Enter at least one text in ${languageName(tag)}, or remove the language.`,
      })),
  ],
};

const mainFaults = (main: string, texts: Texts): readonly StepFault[] =>
  Object.values(texts).every((text) => (text[main] ?? '').trim() !== '')
    ? []
    : [{ path: `languages/${main}`, detail: `Enter every text in ${languageName(main)}, the main language.` }];

const writeContest = (values: Values, contest: ContestDraft): ContestDraft => ({
  ...contest,
  title: titleOf(values, contest.id, contest.title),
  options: contest.options.map((option) =>
    option.title === undefined
      ? option
      : { ...option, title: titleOf(values, `${contest.id}/${option.id}`, option.title) },
  ),
});

/** The texts of the selected languages; empty ones are missing. A new text stays unchanged. */
function titleOf({ languages, texts }: Values, key: string, before: Definition['title']): Definition['title'] {
  const typed = texts[key];
  if (typed === undefined) return before;
  const entries = languages.flatMap((tag) => ((typed[tag] ?? '').trim() === '' ? [] : [[tag, typed[tag] ?? '']]));
  return entries.length === 0 ? before : (Object.fromEntries(entries) as Definition['title']);
}

export const isThere = ({ texts }: Values, text: ElectionText, tag: string): boolean =>
  ((own(text) ? texts[text.key]?.[tag] : text.title[tag]) ?? '').trim() !== '';
