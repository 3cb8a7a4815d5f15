// The shape of a language's copy: exactly the keys of English; where English has plural forms, those of the language.
import type { en } from './en.ts';

/** By the categories of Intl.PluralRules; `other` is always there. */
export type PluralText = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };
export type PageCopy = {
  readonly [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : PluralText;
};
/** Keys of plain texts, and of those that depend on a number. */
export type TextKey = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? Key : never }[keyof typeof en];
export type CountKey = Exclude<keyof typeof en, TextKey>;
