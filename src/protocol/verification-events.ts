// The messages of `sms` to `api` over Redis about inbound SMS, and their keyed names: no phone and no code is in any
// key, channel or message. Redis may lose all of it; the only cost is a text sent again.
import { z } from 'zod';
import { attestation, attestedMs } from './proofs/attestation.ts';
import type { Attestation } from './proofs/attestation.ts';
import { createFold } from './folded-keys.ts';
import type { Fold } from './folded-keys.ts';
import { bytes32 } from './public-values.ts';

/** One channel for all texts: each `api` process picks those of its own long-polls (decision 0003). */
export const textsChannel = 'texts';
/** Seconds for which an inbound SMS is remembered: the life of a pending session. */
export const textSecondsMax = 900;
/** Most texts remembered for a phone; beyond it the memory starts again empty. */
export const textsPerPhoneMax = 16;

/** Characters of a keyed name in a key (132 bits) and of a code tag in a field (66 bits), to save memory. */
const keyCharacters = 22;
const fieldCharacters = 11;

/** A hash of the texts of a phone: a field for each code, with the value of `textValue`. `api` removes it after the cast. */
export const textsKey = (phoneKey: string): string => `t:${phoneKey.slice(0, keyCharacters)}`;
export const textField = (codeTag: string): string => codeTag.slice(0, fieldCharacters);
/** At most 64 bytes: Redis stores short values compactly. */
export const textValue = ({ attestation: { verifiedAtMs, mac }, check }: TextEvent): string =>
  `${minuteOf(verifiedAtMs)}.${mac}.${check}`;

/** A stored text, as it was published, if its place is the right one: the check tells. Null if it has another form. */
export function storedTextOf(phoneKey: string, codeTag: string, value: string | null): TextEvent | null {
  // Most sessions are read before their text is there, and a schema that fails takes ten times as long as all else.
  const parts = value === null ? null : /^([0-9a-z]{1,8})\.([\w-]{43})\.([\w-]{11})$/.exec(value);
  if (!parts) return null;
  const [, minute = '', mac, check] = parts;
  const attested = { method: 'text-in', binding: codeTag, verifiedAtMs: msOf(minute), mac };
  return textEvent.safeParse({ phoneKey, attestation: attested, check }).data ?? null;
}

const minuteOf = (ms: number): string => (ms / attestedMs).toString(36);
const msOf = (minute: string): number => Number.parseInt(minute, 36) * attestedMs;

/** Where the last phone that sent a code is: a field for each code, with the value of `senderValue`. */
export const createSenderFold = (votesPerSecond: number): Fold =>
  createFold({
    prefix: 'f:',
    slotSeconds: textSecondsMax,
    keptSeconds: textSecondsMax,
    fieldsPerSlot: votesPerSecond * textSecondsMax,
  });
export type Sender = {
  /** See `senderPhone`: one for each name of the phone. */
  readonly phones: readonly string[];
  readonly atMs: number;
};
/** The beginning of a phone's key, which is enough to see that it is another phone. */
export const senderPhone = (phoneKey: string): string => phoneKey.slice(0, fieldCharacters);
/** `atMs` is a whole minute. */
export const senderValue = (phoneKeys: readonly string[], atMs: number): string =>
  `${phoneKeys.map(senderPhone).join('+')}.${minuteOf(atMs)}`;

/** The sender of a stored value, or null. */
export function senderOf(value: string | null): Sender | null {
  const [, phones, time] = /^([\w-]{11}(?:\+[\w-]{11}){0,7})\.([0-9a-z]{1,8})$/.exec(value ?? '') ?? [];
  return phones === undefined || time === undefined ? null : { phones: phones.split('+'), atMs: msOf(time) };
}

/**
 * The time from which on every text that `sms` acknowledged is in Redis, in milliseconds since 1970: when it began empty, or
 * lost texts at last. A session that is older and still pending is asked to send its text again. Missing: nothing is known.
 */
export const textsCompleteKey = 'texts:complete';
/**
 * The run of the Redis server for which that time holds. A replica that takes the place of its primary has the time too,
 * but may lack the last texts.
 */
export const textsServerKey = 'texts:server';

/** Characters of a check (66 bits). */
const checkCharacters = 11;

/** A text with the tag of its code (`binding`). */
export const textEvent = z.object({
  phoneKey: bytes32,
  attestation,
  check: z
    .string()
    .length(checkCharacters)
    .describe('See textCheckText: no one who only writes to Redis can make or move one.'),
});
export type TextEvent = z.infer<typeof textEvent>;

/** Most names of one phone: the most keys in a ring. */
const namesMax = 8;
/** The message on `textsChannel`: one text, under each name of its phone. */
export const textEvents = z.union([textEvent.transform((event) => [event]), z.array(textEvent).min(1).max(namesMax)]);
export const textMessage = (events: readonly TextEvent[]): string =>
  JSON.stringify(events.length === 1 ? events[0] : events);

/** Inputs of the two keyed hashes under the key that `api` and `sms` share. */
export const phoneKeyText = (e164: string): string => `popvote/phone/v1|${e164}`;
export const textCheckText = (phoneKey: string, { method, binding, verifiedAtMs, mac }: Attestation): string =>
  `popvote/text-check/v1|${phoneKey}|${method}|${binding}|${verifiedAtMs}|${mac}`;
export const shortCheck = (hash: string): string => hash.slice(0, checkCharacters);
