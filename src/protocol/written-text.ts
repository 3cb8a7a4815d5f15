// Texts that people write and others read: names, titles, reasons. What a reader cannot see is rejected: it could make
// one line of a ballot look like another. Every schema for such a text is made here.
import { z } from 'zod';
import { electionYearMax, electionYearMin } from '../domain/election.ts';
import { readableText } from '../domain/text/readable-text.ts';
import type { ReadableText } from '../domain/text/readable-text.ts';

/** Most languages of one text. */
export const languagesMax = 30;
/** How much of the text before a hidden character is quoted, in UTF-16 units. */
const quotedUnitsMax = 40;

/** A text of at most this many characters, trimmed, in Unicode's form NFC. `what`: "name", "title". */
export const writtenText = (what: string, charactersMax: number) =>
  z
    .string({ error: `Give a ${what}.` })
    .max(charactersMax * 4, `A ${what} has at most ${charactersMax} characters.`)
    .transform((text, context) => {
      const read = readableText(text);
      if (read.ok) return read.text;
      context.addIssue({ code: 'custom', message: faultText(what, read) });
      return z.NEVER;
    })
    .refine((text) => text.length <= charactersMax || Array.from(text).length <= charactersMax, {
      error: `A ${what} has at most ${charactersMax} characters.`,
    });

/** What is wrong with a text, and what to do. */
export function faultText(what: string, read: Exclude<ReadableText, { ok: true }>): string {
  if (read.fault === 'empty') return `Give a ${what} with a letter, a digit or a sign that people can see.`;
  if (read.fault === 'covered') return `A ${what} has at most 8 marks on one letter. Remove the others.`;
  const number = (read.character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const place = read.before === '' ? 'at its start' : `after "${read.before.slice(-quotedUnitsMax)}"`;
  return `A ${what} is one line without hidden characters. This one has U+${number} ${place}. Type that part again.`;
}

/** A text in one language or more. */
export const writtenTexts = (what: string, charactersMax: number) =>
  z
    .record(
      z
        .string()
        .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'This is not a language tag; give one such as en or zh-Hant-HK.'),
      writtenText(what, charactersMax),
      { error: `Give a ${what} by language, such as {"en": "…"}.` },
    )
    .refine((languages) => Object.keys(languages).length > 0, `Give a ${what} in at least one language.`)
    .refine(
      (languages) => Object.keys(languages).length <= languagesMax,
      `Give a ${what} in at most ${languagesMax} languages.`,
    )
    .describe('Texts by BCP 47 language tag.');

/** A time as administrators write it, converted to UTC. */
export const writtenInstant = z.iso
  .datetime({ offset: true, error: 'Give a time with its offset, such as 2026-06-20T08:00:00Z or …T10:00:00+02:00.' })
  .transform((text) => new Date(text))
  .refine((time) => time.getUTCFullYear() >= electionYearMin && time.getUTCFullYear() <= electionYearMax, {
    error: `Give a time in the years ${electionYearMin} to ${electionYearMax}.`,
  })
  .transform((time) => time.toISOString())
  .describe('RFC 3339, with any offset; answered in UTC.');

/** Longest reason, in characters. */
const reasonCharactersMax = 2_000;
/** The reason for an action, in one paragraph. */
export const reason = z
  .string({ error: 'Say why.' })
  .transform((text) => text.replace(/\s+/gu, ' '))
  .pipe(writtenText('reason', reasonCharactersMax))
  .describe('Why; recorded in the audit log.');
