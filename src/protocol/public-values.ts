// Values of many bodies: ids, titles, times. Each has one form for every sender.
import { z } from 'zod';
import { logoBytesMax, logoFault, logoHeightMax, logoWidthMax } from '../domain/picture/logo.ts';
import { bytesOfBase64 } from '../domain/record/bytes.ts';
import { colourFault } from '../domain/text/readable-colour.ts';
import { readableText } from '../domain/text/readable-text.ts';
import { noticeContactCharactersMax } from '../domain/verification-methods.ts';

export const electionId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('Opaque.');
/** Id of a contest within its election, or of an option within its contest. */
export const localId = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const textByLanguage = (charactersMax: number) =>
  z
    .record(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/), z.string().min(1).max(charactersMax))
    .refine((languages) => Object.keys(languages).length > 0, 'Give a text in at least one language.')
    .describe('Texts by BCP 47 language tag.');
export const title = textByLanguage(500);
/** Longest notice to voters, in characters of one language. */
export const noticeCharactersMax = 1_000;
export const noticeText = textByLanguage(noticeCharactersMax);
/** Longest text about the organiser, in characters of one language. */
export const organiserCharactersMax = 300;
export const organiserText = textByLanguage(organiserCharactersMax);
export const organiserMeaning =
  'Who holds the election, and how voters get help: a phone number, an address, hours. It is on every page of it.';
export const organiserColour = z
  .string()
  .refine((text) => colourFault(text) === null, { error: ({ input }) => colourFault(String(input)) ?? undefined })
  .describe('The colour of the organiser on public pages, such as #083b73. White text on it has a contrast of 4.5:1.');
/** Where the owner of a phone objects to a vote: one line, as it is sent. */
export const noticeContact = z
  .string()
  .min(1)
  .max(noticeContactCharactersMax)
  .refine((text) => {
    const read = readableText(text);
    return read.ok && read.text === text;
  }, 'Give a phone number or an address in one line, without hidden characters and without spaces at its ends.');
export const instant = z.iso.datetime().describe('RFC 3339, UTC.');
/** The instant of a time in milliseconds since 1970. */
export const instantOf = (ms: number): string => new Date(ms).toISOString();
/** A number of people, ballots, votes or rows. */
export const count = z.int().min(0);
/**
 * 32 bytes in base64url. The last character carries only four bits, and the others must be zero: each value has one
 * text.
 */
export const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, '32 bytes in base64url.');
/** 16 bytes in base64url, in their one canonical form. */
export const bytes16 = z.string().regex(/^[A-Za-z0-9_-]{21}[AQgw]$/, '16 bytes in base64url.');
/** Longest logo, in characters of base64. */
export const logoCharactersMax = 4 * Math.ceil(logoBytesMax / 3);
/** The logo of the organiser in a document. The picture is beside it. */
export const organiserLogo = z
  .strictObject({
    sha256: bytes32.describe('SHA-256 of the picture, a PNG: GET /v1/elections/{electionId}/logo.'),
    width: z.int().min(1).max(logoWidthMax),
    height: z.int().min(1).max(logoHeightMax),
  })
  .describe('The logo of the organiser, with its size in pixels.');
const faultOfLogo = (text: string): string | null => {
  const bytes = text.length > logoCharactersMax ? null : bytesOfBase64(text);
  return bytes === null ? `Give a PNG of at most ${logoBytesMax} bytes, as base64.` : logoFault(bytes);
};
/** A logo as an administrator sends it. */
export const writtenLogo = z
  .string({ error: 'Give a PNG as base64. The file of an election cannot have one: add it with a change.' })
  .refine((text) => faultOfLogo(text) === null, { error: ({ input }) => faultOfLogo(String(input)) ?? undefined })
  .describe(
    `The logo of the organiser: a PNG as base64, of at most ${logoWidthMax} × ${logoHeightMax} pixels and ${logoBytesMax} ` +
      'bytes, with nothing in it but the picture.',
  );
/** By Ed25519, over the RFC 8785 form of the value beside it. */
export const signature = z
  .object({ kid: z.string().min(1).max(64), alg: z.literal('EdDSA'), value: z.base64url().min(86).max(86) })
  .meta({ id: 'Signature' });
