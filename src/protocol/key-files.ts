// The key file of each service and the one public file. A service gets only its own file. The trust model depends on which
// service holds which key (docs/threat-model.md), so keys are declared only here.
import { z } from 'zod';

/** 32 secret bytes in base64url, in their canonical form (see `bytes32`). */
const secret = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, '32 bytes in base64url; make keys with: popvote keys new');
/** The id of a key. It says nothing about the key. */
export const kid = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/);
/** A caller's later keys have its name, a dot and a part of their own. */
export const signingKid = z.string().regex(/^[A-Za-z0-9_-]{1,32}(\.[A-Za-z0-9_-]{1,16})?$/);
/**
 * Newest first: the first is used for making, all can open. Rotation adds at the front; a dropped key opens nothing.
 */
const ringKey = z.strictObject({ kid, key: secret });
const ring = z.array(ringKey).min(1).max(8);

/**
 * The id of the first key of every ring that began as one key: that of a file from before there were rings, and of a new
 * one. Elections that name no keys use these.
 */
export const firstKeyId = 'first';
/** A ring, or the one key of an older file. */
const ringOrKey = z.preprocess((file) => (typeof file === 'string' ? [{ kid: firstKeyId, key: file }] : file), ring);

const publicJwk = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: secret, kid: signingKid });
const privateJwk = publicJwk.extend({ d: secret });
export type PublicJwk = z.infer<typeof publicJwk>;
export type PrivateJwk = z.infer<typeof privateJwk>;
export type KeyRing = z.infer<typeof ring>;

/** Pairs that are announced (their public halves are in the public file) and not used yet, by the field of their use. */
const next = <Field extends string>(...fields: readonly [Field, ...Field[]]) =>
  z.partialRecord(z.enum(fields), privateJwk).optional();

/** Most keys of before that elections go on with. Before another rotation they are dropped. */
export const earlierKeysMax = 7;
const earlierKeys = z.array(privateJwk).max(earlierKeysMax).optional();

export const apiKeys = z.strictObject({
  tokens: ring,
  /**
   * First keyed hash of identity numbers. Shared with `elections`, which imports rolls; never with `ballots`. Each election
   * names its own.
   */
  identity: ringOrKey,
  /** Keyed names of phones. Shared with `sms`. Each election names its own. */
  phone: ringOrKey,
  /** Keyed names in rate limits. Nothing that was made with an older one is read, so it is no ring. */
  limits: secret,
  caller: privateJwk,
  next: next('caller'),
});
/** For the codes that voters text in. `sms` makes them, `ballots` computes them again. Files of before have none. */
const codes = z
  .array(ringKey, {
    error: ({ input }) =>
      input === undefined ? 'is missing. Add it with: popvote keys new --if-missing --directory <folder>' : undefined,
  })
  .min(1)
  .max(8);
export const smsKeys = z.strictObject({
  challenges: ring,
  phone: ringOrKey,
  attestations: ring,
  codes,
  limits: secret,
});
export const ballotsKeys = z.strictObject({
  attestations: ring,
  codes,
  receipts: privateJwk,
  next: next('receipts'),
  /** Keys of receipts of before, newest first: elections whose manifest names one go on signing with it. */
  earlier: earlierKeys,
});
/** `deposits` signs the entries of paper ballots in the public log. */
export const workerKeys = z.strictObject({
  deposits: privateJwk,
  next: next('deposits'),
  /** Keys of before, newest first: the paper ballots of elections whose manifest names one are signed with it. */
  earlier: earlierKeys,
});
export const mixerKeys = z.strictObject({ identity: privateJwk, next: next('identity') });
/** `checkpoints` signs the trees of the public logs of new elections. */
export const logKeys = z.strictObject({
  checkpoints: privateJwk,
  /** Keys of before, newest first: the logs of elections whose manifest names one are signed with it. */
  earlier: earlierKeys,
  next: next('checkpoints'),
});
/** `batches` signs the chunks of uploaded files, so that an attacker who reaches Redis cannot add ballots. */
export const officialsKeys = z.strictObject({
  caller: privateJwk,
  batches: privateJwk,
  next: next('caller', 'batches'),
});
export const electionsKeys = z.strictObject({
  caller: privateJwk,
  publisher: privateJwk,
  /** The first is that of new elections. */
  identity: ringOrKey,
  /** The ids of that ring: this service does not have the keys. The first is that of new elections. */
  phone: z
    .array(z.strictObject({ kid }))
    .min(1)
    .max(8)
    .default([{ kid: firstKeyId }]),
  next: next('caller', 'publisher'),
  /** Keys of publishers of before, newest first: elections whose manifest names one go on with it. */
  earlier: earlierKeys,
});

export const accessKeys = z.strictObject({
  /** For access tokens, newest first: the first signs; all are published while their tokens may be valid. */
  tokens: z.array(privateJwk).min(1).max(8),
  /** For encrypted values: national ids and secrets of authenticators. */
  secrets: ring,
  /** Keyed names of refresh tokens, invitations and recovery codes, and the derivation of each next refresh token. */
  refresh: ringOrKey,
  /** Keyed names of national ids, for their uniqueness. */
  identity: ringOrKey,
  /** Keyed names in rate limits. */
  limits: secret,
});

export type ApiKeys = z.infer<typeof apiKeys>;
export type SmsKeys = z.infer<typeof smsKeys>;
export type BallotsKeys = z.infer<typeof ballotsKeys>;
export type WorkerKeys = z.infer<typeof workerKeys>;
export type MixerKeys = z.infer<typeof mixerKeys>;
export type LogKeys = z.infer<typeof logKeys>;
export type ElectionsKeys = z.infer<typeof electionsKeys>;
export type AccessKeys = z.infer<typeof accessKeys>;
export type OfficialsKeys = z.infer<typeof officialsKeys>;

/** Public keys; `kid` of a caller is the service's name. Old ones stay while their signatures are needed. */
export const publicKeys = z.strictObject({
  callers: z.array(publicJwk),
  publishers: z.array(publicJwk),
  receipts: z.array(publicJwk),
  mixers: z.array(publicJwk),
  /** Of `officials`: verifies batches of paper ballots. */
  batches: z.array(publicJwk).default([]),
  /** Of `log`: verifies checkpoints. The first is that of new elections. */
  logs: z.array(publicJwk).default([]),
  /** Of `worker`: verifies entries of paper ballots in the public log. */
  deposits: z.array(publicJwk).default([]),
});
export type PublicKeys = z.infer<typeof publicKeys>;

/** The two keys of `ballots` for one election, in a separate file so that they can be destroyed. */
export const electionKeys = z.strictObject({ identity: secret, receipt: secret });
