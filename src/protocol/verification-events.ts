// The messages of `sms` to `api` over Redis about inbound SMS, and their keyed names: no phone and no code is in any
// key, channel or message. Redis may lose all of it; the only cost is a text sent again.
import { z } from 'zod';
import { attestation } from './attestation.ts';
import { bytes32 } from './public-values.ts';

/** One channel for all texts: each `api` process picks those of its own long-polls (decision 0003). */
export const textsChannel = 'texts';
/** Seconds for which an inbound SMS is remembered: the life of a pending session. */
export const textSecondsMax = 900;
/** Most texts remembered for a phone; beyond it the memory starts again empty. */
export const textsPerPhoneMax = 16;

/** A hash: field = code tag, value = JSON of the attestation for that text. */
export const verifiedKey = (phoneKey: string): string => `verified:${phoneKey}`;
/** A string: JSON of `sender`, the last phone that sent this code. */
export const senderKey = (codeTag: string): string => `sender:${codeTag}`;
export const sender = z.object({ phoneKey: bytes32, atMs: z.int() });

/** The message on `textsChannel`. */
export const textEvent = z.object({ phoneKey: bytes32, attestation });
export type TextEvent = z.infer<typeof textEvent>;

/** Inputs of the two keyed hashes under the key that `api` and `sms` share. */
export const phoneKeyText = (e164: string): string => `popvote/phone/v1|${e164}`;
export const codeTagText = (code: string): string => `popvote/code/v1|${code}`;
