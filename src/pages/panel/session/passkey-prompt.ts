// Asks the browser for a passkey, by its own functions for the JSON forms (WebAuthn level 3). What the browser refuses
// becomes a rejection in words.
import type { NewPasskey, PasskeyProof } from '../../../protocol/control/passkey-api.ts';
import { Refused } from '../calls.ts';

/** What the service gives for the browser; the browser checks it. */
export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON;

/** Browsers before 2025 may lack it. */
const canPrompt = (): boolean =>
  'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in window.PublicKeyCredential;

/** A new passkey. Throws `Refused`. */
export function createPasskey(options: CreationOptions): Promise<NewPasskey['credential']> {
  return prompted(options.rp.id, () =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  );
}

/** A proof with a passkey of the account. Throws `Refused`. */
export function provePasskey(options: RequestOptions): Promise<PasskeyProof> {
  return prompted(options.rpId, () =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
}

async function prompted<Answer>(domain: string | undefined, prompt: () => Promise<Credential | null>): Promise<Answer> {
  if (!canPrompt()) {
    throw refused('Passkeys do not work here', 'This browser is too old, or this address is not secure.');
  }
  try {
    const credential = await prompt();
    if (credential instanceof PublicKeyCredential) return credential.toJSON() as Answer;
  } catch (error) {
    throw refusalOf(error instanceof DOMException ? error.name : '', domain);
  }
  throw refusalOf('', domain);
}

function refusalOf(name: string, domain: string | undefined): Refused {
  if (name === 'SecurityError') {
    const detail = `Passkeys work only where the address of the control panel has the name ${domain ?? 'of its server'}.`;
    return refused('Passkeys do not work at this address', detail);
  }
  if (name === 'InvalidStateError') {
    return refused('This passkey is registered already', 'Use another security key or device.');
  }
  return refused('No passkey was used', 'The browser showed no passkey, or you cancelled. Try again.');
}

const refused = (title: string, detail: string): Refused => new Refused(0, { title, detail });
