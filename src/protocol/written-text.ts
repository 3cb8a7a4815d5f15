// Texts that administrators write and others read: names, titles, reasons. Invisible characters and characters that
// change the direction of the text around them are rejected: they could make one line of a ballot look like another.
import { z } from 'zod';
import { electionYearMax, electionYearMin } from '../domain/election.ts';

/** Most languages of one text. */
export const languagesMax = 30;
const invisible = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{202A}-\u{202E}\u{2066}-\u{2069}]/u;

/** A text of at most this many characters, trimmed, in Unicode's form NFC. `what`: "name", "title". */
export const writtenText = (what: string, charactersMax: number) =>
  z
    .string({ error: `Give a ${what}.` })
    .max(charactersMax * 4, `A ${what} has at most ${charactersMax} characters.`)
    .transform((text) => text.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(1, `Give a ${what}.`)
        .refine((text) => text.length <= charactersMax || Array.from(text).length <= charactersMax, {
          error: `A ${what} has at most ${charactersMax} characters.`,
        })
        .refine((text) => !invisible.test(text), {
          error: `A ${what} has no line breaks, control characters or marks that turn text around.`,
        }),
    );

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
