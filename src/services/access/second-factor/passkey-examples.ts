// Examples of passkeys for the documentation. Nothing in them is valid.
import type { NewPasskey, Passkey, PasskeyProof } from '../../../protocol/control/passkey-api.ts';

const credential = 'q83vEjRWeJCrze8SNFZ4kA';
const challenge = 'kKvN7xI0VniQq83vEjRWeJCrze8SNFZ4q83vEjRWeJA';
const part = 'eyJ0eXBlIjoiZXhhbXBsZSJ9';

const passkey: Passkey = {
  id: '0d5fae0f-13a4-4a0b-8f83-8f3c54a0a3f5',
  name: 'Blue key',
  addedAt: '2026-06-01T08:00:00.000Z',
  usedAt: null,
};
const newPasskey: NewPasskey = {
  name: 'Blue key',
  credential: { id: credential, type: 'public-key', response: { clientDataJSON: part, attestationObject: part } },
};
const proof: PasskeyProof = {
  id: credential,
  type: 'public-key',
  response: { clientDataJSON: part, authenticatorData: part, signature: part },
};

export const passkeyExamples = {
  factors: { authenticator: true, passkeys: [passkey] },
  added: { passkey, recoveryCodes: ['QK4T-7WZA-MMRD-2XPE', 'B5NC-J3YH-UWLA-6TOD'] },
  newPasskey,
  proof: { password: 'copper lantern by the quiet river', passkey: proof },
  creationOptions: {
    challenge,
    rp: { name: 'PopVote', id: 'panel.example.org' },
    user: { id: credential, name: 'ana.anic@example.org', displayName: '' },
    pubKeyCredParams: [{ alg: -7, type: 'public-key' }],
  },
  requestOptions: {
    challenge,
    rpId: 'panel.example.org',
    allowCredentials: [{ id: credential, type: 'public-key' }],
  },
} as const;
