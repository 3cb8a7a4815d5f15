// Passkeys (WebAuthn level 3) by SimpleWebAuthn. A passkey signs a challenge for the address of the control panel, so a
// false page gets nothing that works here. A challenge works once and for one purpose.
import { randomUUID } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { NewPasskey, Passkey, PasskeyProof, RegistrationAnswer } from '../../../protocol/control/passkey-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import { addPasskey, listPasskeys, setChallenge, takeChallenge, takePasskey } from '../../../store/access/passkeys.ts';
import type { ChallengePurpose, StoredPasskey } from '../../../store/access/passkeys.ts';
import type { Pool } from '../../../store/database.ts';
import type { RecoveryCodeMaker } from './recovery-codes.ts';

/** Passkeys of one user. */
const passkeysPerUserMax = 10;
/** Life of a challenge in seconds: people look for the key, and unlock it. */
const challengeSeconds = 300;

/** Where passkeys are used: the origin of the panel's pages, and the domain that passkeys belong to (the RP ID). */
export type PasskeySite = { readonly origin: string; readonly domain: string };

export type PasskeyAddition = {
  readonly passkey: Passkey;
  /** Shown once; empty unless it is the first second factor. */
  readonly recoveryCodes: readonly string[];
  readonly ended: readonly string[];
};

export type Passkeys = {
  list(user: string): Promise<Passkey[]>;
  /** Options for a new passkey. Throws `conflict` if there are too many. */
  offer(user: string, label: string): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** Throws `wrong-passkey` and `conflict`. */
  add(by: { readonly user: string; readonly session: string }, passkey: NewPasskey): Promise<PasskeyAddition>;
  /** Options for a proof with any of the user's passkeys. Throws `passkey-not-found` if there is none. */
  challenge(user: string, purpose: ChallengePurpose): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** Whether a proof is right. Its challenge is used up. */
  check(user: string, purpose: ChallengePurpose, proof: PasskeyProof): Promise<boolean>;
};

export function createPasskeys(parts: {
  readonly pool: Pool;
  readonly site: PasskeySite;
  readonly recovery: RecoveryCodeMaker;
}): Passkeys {
  const { pool, site, recovery } = parts;
  const expected = { expectedOrigin: site.origin, expectedRPID: site.domain, requireUserVerification: false };
  const keep = (user: string, purpose: ChallengePurpose, challenge: string): Promise<void> =>
    setChallenge(pool, user, { purpose, challenge, seconds: challengeSeconds });
  return {
    list: async (user) => (await listPasskeys(pool, user)).map(passkeyView),
    async offer(user, label) {
      const passkeys = await listPasskeys(pool, user);
      if (passkeys.length >= passkeysPerUserMax) throw tooManyPasskeys();
      const options = await creationOptionsFor(site, { user, label, passkeys });
      await keep(user, 'add', options.challenge);
      return options;
    },
    async add({ user, session }, { name, credential }) {
      const challenge = challengeIn(credential.response.clientDataJSON);
      if (!(await takeChallenge(pool, user, 'add', challenge))) throw new Problem('wrong-passkey');
      const registered = await registrationOf(credential, challenge, expected);
      if (registered === null) throw new Problem('wrong-passkey');
      const { texts, tags } = recovery.make(user);
      const id = randomUUID();
      const { outcome, first, ended } = await addPasskey(pool, {
        user,
        id,
        name,
        credential: registered.id,
        publicKey: Buffer.from(registered.publicKey),
        counter: registered.counter,
        transports: credential.response.transports ?? [],
        recovery: tags,
        keep: session,
        passkeysMax: passkeysPerUserMax,
      });
      if (outcome === 'full') throw tooManyPasskeys();
      if (outcome === 'known') {
        throw new Problem('conflict', { detail: 'This passkey is registered already. Nothing was changed.' });
      }
      const passkey = (await listPasskeys(pool, user)).find((stored) => stored.id === id);
      if (!passkey) throw new Problem('passkey-not-found');
      return { passkey: passkeyView(passkey), recoveryCodes: first ? texts : [], ended };
    },
    async challenge(user, purpose) {
      const passkeys = await listPasskeys(pool, user);
      if (passkeys.length === 0) throw new Problem('passkey-not-found');
      const options = await generateAuthenticationOptions({
        rpID: site.domain,
        allowCredentials: passkeys.map(descriptorOf),
        timeout: challengeSeconds * 1_000,
      });
      await keep(user, purpose, options.challenge);
      return options;
    },
    async check(user, purpose, proof) {
      const challenge = challengeIn(proof.response.clientDataJSON);
      if (!(await takeChallenge(pool, user, purpose, challenge))) return false;
      const stored = (await listPasskeys(pool, user)).find(({ credential }) => credential === proof.id);
      if (!stored) return false;
      const counter = await counterOf(proof, challenge, stored, expected);
      return counter !== null && (await takePasskey(pool, user, stored.credential, counter));
    },
  };
}

const creationOptionsFor = (
  site: PasskeySite,
  { user, label, passkeys }: { user: string; label: string; passkeys: readonly StoredPasskey[] },
): Promise<PublicKeyCredentialCreationOptionsJSON> =>
  generateRegistrationOptions({
    rpName: 'PopVote',
    rpID: site.domain,
    userName: label,
    userID: Uint8Array.from(Buffer.from(user.replaceAll('-', ''), 'hex')),
    excludeCredentials: passkeys.map(descriptorOf),
    timeout: challengeSeconds * 1_000,
  });

type Expected = { expectedOrigin: string; expectedRPID: string; requireUserVerification: boolean };

/** The new credential if the answer is right, else null: the library throws for whatever is wrong in it. */
async function registrationOf(credential: RegistrationAnswer, expectedChallenge: string, expected: Expected) {
  const { id, type, response } = credential;
  const { clientDataJSON, attestationObject } = response;
  const answer = { id, rawId: id, type, clientExtensionResults: {}, response: { clientDataJSON, attestationObject } };
  const verified = await verifyRegistrationResponse({ response: answer, expectedChallenge, ...expected }).catch(
    () => null,
  );
  return verified?.verified === true ? verified.registrationInfo.credential : null;
}

/** The counter that the authenticator reports, or null if the proof is wrong. */
async function counterOf(proof: PasskeyProof, expectedChallenge: string, stored: StoredPasskey, expected: Expected) {
  const { id, type, response } = proof;
  const answer = { id, rawId: id, type, clientExtensionResults: {}, response };
  const { credential, publicKey, counter } = stored;
  const verified = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge,
    credential: { id: credential, publicKey: Uint8Array.from(publicKey), counter },
    ...expected,
  }).catch(() => null);
  return verified?.verified === true ? verified.authenticationInfo.newCounter : null;
}

/** The challenge that the browser says it was given. An unreadable answer has none, and an empty one is never stored. */
function challengeIn(clientDataJson: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8')) as {
      challenge?: unknown;
    };
    return typeof challenge === 'string' ? challenge : '';
  } catch {
    return '';
  }
}

const descriptorOf = ({ credential, transports }: StoredPasskey) => ({ id: credential, transports: [...transports] });

const passkeyView = ({ id, name, addedAtMs, usedAtMs }: StoredPasskey): Passkey => ({
  id,
  name,
  addedAt: instantOf(addedAtMs),
  usedAt: usedAtMs === null ? null : instantOf(usedAtMs),
});

function tooManyPasskeys(): Problem {
  const detail = `A user has at most ${passkeysPerUserMax} passkeys. Remove one first. Nothing was changed.`;
  return new Problem('conflict', { detail });
}
