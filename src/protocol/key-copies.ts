// Copies of private keys between processes of one service, so that no disk alone has a key. Each message is signed with the
// key of the service (EdDSA over RFC 8785); the keys themselves are sealed to a key that is used once.
import { z } from 'zod';

/** Services whose processes copy keys to each other. */
const copyingService = z.enum(['mixer', 'ballots']);
export type CopyingService = z.infer<typeof copyingService>;

/** Most files in one message. Further ones are in further messages. */
export const copiedFilesMax = 32;
/** Longest name and text of a copied file, in characters. */
const copyNameCharactersMax = 128;
const copyTextCharactersMax = 1_024;
/** Longest sealed message, in characters of base64url. */
const sealedCharactersMax = 60_000;

const bytes16 = z.base64url().length(22);
const bytes32 = z.base64url().length(43);
export const copyName = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/)
  .max(copyNameCharactersMax);
const signature = z.strictObject({ kid: z.string().max(64), alg: z.literal('EdDSA'), value: z.base64url().length(86) });
const names = z.array(copyName).max(copiedFilesMax);

/** Which of these files does the other lack? `nonce` is random: an older answer is of no use. */
export const offerCall = z.strictObject({ nonce: bytes32, names: names.min(1) });
const offer = z.strictObject({
  version: z.literal('popvote/key-copy-offer/v1'),
  service: copyingService,
  nonce: bytes32,
  /** Which files the folder of the answering process lacks. */
  missing: names,
  /** Random, made once for each folder: two processes with one folder have one copy. */
  folder: bytes16,
  /** A key to seal the missing files to, once. */
  id: bytes16,
  publicKey: bytes32,
});
export const offerAnswer = z.strictObject({ offer, signature });
export type Offer = z.infer<typeof offer>;
export type OfferAnswer = z.infer<typeof offerAnswer>;

const copy = z.strictObject({
  version: z.literal('popvote/key-copy/v1'),
  service: copyingService,
  id: bytes16,
  sealed: z.base64url().max(sealedCharactersMax),
});
export const copyCall = z.strictObject({ copy, signature });
export type CopyCall = z.infer<typeof copyCall>;

/** What is sealed. */
export const copiedFiles = z
  .array(z.strictObject({ name: copyName, text: z.string().max(copyTextCharactersMax) }))
  .min(1)
  .max(copiedFilesMax);
export type CopiedFile = z.infer<typeof copiedFiles>[number];

const stored = z.strictObject({
  version: z.literal('popvote/key-copy-stored/v1'),
  service: copyingService,
  id: bytes16,
  folder: bytes16,
});
/** The acknowledgement: every file of the one message that was taken for this offer is durable in the folder. */
export const copyAnswer = z.strictObject({ stored, signature });
export type CopyAnswer = z.infer<typeof copyAnswer>;

/** A process lacks a file: those that have it copy it to the peers of their own configuration. */
export const wantedCall = z.strictObject({ name: copyName });
export const wantedAnswer = z.strictObject({ present: z.boolean() });
