// The shape of a language's texts: exactly the keys of English, and for its plural texts the plural forms of the
// language.
import type { english } from './texts/en.ts';
import type { ProblemText, ProblemTexts } from './voter-problems.ts';

type English = typeof english;
type Section<Name extends keyof English> = Readonly<Record<keyof English[Name], string>>;

/** The voters' page. */
export type Copy = Readonly<Record<Exclude<keyof English['voter'], 'problems' | 'otherProblem'>, string>> & {
  readonly otherProblem: ProblemText;
  readonly problems: ProblemTexts;
};

/** By the categories of Intl.PluralRules; `other` is required. */
type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };
type EnglishPages = English['pages'];
/** Turnout, results and the check of receipts. */
export type PageCopy = {
  readonly [Key in keyof EnglishPages]: EnglishPages[Key] extends string ? string : PluralText;
};
/** Keys of plain texts, and of those that depend on a number. */
export type TextKey = {
  [Key in keyof EnglishPages]: EnglishPages[Key] extends string ? Key : never;
}[keyof EnglishPages];
export type CountKey = Exclude<keyof EnglishPages, TextKey>;

export type PaperTexts = Section<'paper'>;
export type SuggestionTexts = Section<'suggestions'>;

export type LanguageTexts = {
  /** Between two sentences: a space, or nothing as in Chinese. */
  readonly sentenceSpace: string;
  readonly start: Section<'start'>;
  readonly voter: Copy;
  readonly pages: PageCopy;
  readonly log: Section<'log'>;
  readonly search: Section<'search'>;
  readonly kiosk: Section<'kiosk'>;
  readonly seats: Section<'seats'>;
  readonly sms: Section<'sms'>;
  readonly paper: PaperTexts;
  readonly invitation: Section<'invitation'>;
  readonly suggestions: SuggestionTexts;
};
