// An activation: an official of a polling station checked who a voter without a phone is, and the voter casts with a code on
// a card. `elections` signs it and stores it in the edge Redis, sealed to its code; `api` opens it with the code; `ballots`
// checks the signature. Instead of a phone it has a random name, so the intake admits one ballot for it (decision 0027).
import { z } from 'zod';
import { signingKid } from '../key-files.ts';
import { bytes32, electionId } from '../public-values.ts';
import { attestation, attestedMs } from './attestation.ts';

/** Life of a code, in seconds. */
export const activationSecondsMax = 600;
/** How long an activation is kept, in seconds: after its end it is still known that it has expired. */
export const activationKeptSeconds = 1_800;
/** Most activations of one official in an hour, in all elections. */
export const activationsPerHourMax = 120;
/** Most devices of a station. */
export const devicesPerStationMax = 20;

const activationProof = z.object({
  method: z.literal('activation'),
  verifiedAtMs: z.int().min(0).multipleOf(attestedMs).describe('When it was made, in whole minutes.'),
  kid: signingKid,
  signature: z.string().length(86).describe('Ed25519 by the caller key of `elections`, over activationBytes.'),
});
export type ActivationProof = z.infer<typeof activationProof>;

/** What proves a cast: a phone that `sms` verified, or an activation. */
export const castProof = z.union([attestation, activationProof]);

/** Who was activated. `phoneKey` is random, and takes the place of a phone. */
export type ActivatedVoter = { readonly electionId: string; readonly identity: string; readonly phoneKey: string };

/** An activation as it is sealed. */
export const activation = z.strictObject({
  electionId,
  identity: bytes32,
  phoneKey: bytes32,
  expiresAtMs: z.int(),
  proof: activationProof,
  devices: z
    .array(bytes32)
    .max(devicesPerStationMax)
    .optional()
    .describe('SHA-256 of the secrets of the devices that take it. Absent from releases before devices: each does.'),
});
export type Activation = z.infer<typeof activation>;

/** The bytes that are signed. Every part has a fixed size, and the id has its length before it. */
export function activationBytes({ electionId: id, identity, phoneKey }: ActivatedVoter, verifiedAtMs: number): Buffer {
  const name = Buffer.from(id, 'ascii');
  const minute = Buffer.alloc(8);
  minute.writeBigUInt64BE(BigInt(verifiedAtMs / attestedMs));
  return Buffer.concat([
    Buffer.from('popvote/activation/v1\0', 'latin1'),
    Buffer.from([name.length]),
    name,
    ...[identity, phoneKey].map((part) => Buffer.from(part, 'base64url')),
    minute,
  ]);
}

/** What the name of a code in Redis is the keyed hash of, from what its seal is derived, and what its first use is noted as. */
export const activationNameText = (code: string): string => `popvote/activation-name/v1|${code}`;
export const activationSealText = (code: string): string => `popvote/activation-seal/v1|${code}`;
export const activationUseText = (code: string, attempt: string): string =>
  `popvote/activation-use/v1|${code}|${attempt}`;

/** A sealed activation, by the name of its code. `elections` writes it. */
export const activationKey = (name: string): string => `activation:${name}`;
/** The attempt of the first client that used it. `api` writes it, once. Nothing in it is of the ballot. */
export const activationUseKey = (name: string): string => `activation-use:${name}`;

/** Rules of both: each a separate selector, so that no other command reaches these keys. */
export const activationWriterRules: readonly string[] = ['(~activation:* +set)'];
export const activationReaderRules: readonly string[] = ['(%R~activation:* +get)', '(~activation-use:* +set)'];
