// Bodies of the control API of `access` about passkeys (WebAuthn level 3): what browsers pass to
// navigator.credentials, and what it returns in its JSON form. Members of the browser that are not used are dropped.
import { z } from 'zod';
import { instant } from '../public-values.ts';
import { writtenText } from '../written-text.ts';

/** Longest name of a passkey, in characters. */
const passkeyNameCharactersMax = 60;
/** Longest id of a credential in base64url, in characters: 1,023 bytes (WebAuthn, section 4). */
const credentialCharactersMax = 1_364;
/** Longest part of a browser's answer in base64url, in characters. */
const answerPartCharactersMax = 8_192;
/** Ways to reach an authenticator that are kept. */
const transportsMax = 8;

const base64url = (charactersMax: number) =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    .regex(/^[A-Za-z0-9_-]+$/, 'This is not base64url.');
const credentialId = base64url(credentialCharactersMax);
const answerPart = base64url(answerPartCharactersMax).meta({ writeOnly: true });
const credentialType = z.literal('public-key');

/** PublicKeyCredential.toJSON() after navigator.credentials.create. */
const registrationAnswer = z.object({
  id: credentialId,
  type: credentialType,
  response: z.object({
    clientDataJSON: answerPart,
    attestationObject: answerPart,
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(transportsMax)
      .optional(),
  }),
});
export type RegistrationAnswer = z.infer<typeof registrationAnswer>;

/** PublicKeyCredential.toJSON() after navigator.credentials.get. */
export const passkeyProof = z
  .object({
    id: credentialId,
    type: credentialType,
    response: z.object({ clientDataJSON: answerPart, authenticatorData: answerPart, signature: answerPart }),
  })
  .describe('The answer of navigator.credentials.get, as toJSON() gives it.');
export type PasskeyProof = z.infer<typeof passkeyProof>;

/** POST /v1/passkeys/options: for PublicKeyCredential.parseCreationOptionsFromJSON. */
export const creationOptions = z
  .looseObject({ challenge: z.string(), rp: z.object({ id: z.string().optional(), name: z.string() }) })
  .meta({ id: 'PasskeyCreationOptions' });
/** POST /v1/login/passkey and /v1/passkeys/challenge: for PublicKeyCredential.parseRequestOptionsFromJSON. */
export const requestOptions = z
  .looseObject({ challenge: z.string(), rpId: z.string().optional() })
  .meta({ id: 'PasskeyRequestOptions' });

/** POST /v1/passkeys */
export const newPasskey = z
  .strictObject({
    name: writtenText('name', passkeyNameCharactersMax).describe('Tells the passkey from others, such as "Blue key".'),
    credential: registrationAnswer.describe('The answer of navigator.credentials.create, as toJSON() gives it.'),
  })
  .meta({ id: 'NewPasskey' });
export type NewPasskey = z.infer<typeof newPasskey>;

export const passkey = z
  .object({ id: z.uuid(), name: z.string(), addedAt: instant, usedAt: instant.nullable() })
  .meta({ id: 'Passkey' });
export type Passkey = z.infer<typeof passkey>;
export const passkeyAdded = z
  .object({
    passkey,
    recoveryCodes: z
      .array(z.string())
      .describe('With the first second factor. Each replaces it once. Shown this once; empty later.'),
  })
  .meta({ id: 'PasskeyAdded' });

/** GET /v1/second-factors */
export const secondFactorList = z
  .object({ authenticator: z.boolean(), passkeys: z.array(passkey) })
  .meta({ id: 'SecondFactors' });
export type SecondFactorList = z.infer<typeof secondFactorList>;
