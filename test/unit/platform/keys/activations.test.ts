// What is stored of an activation opens with its code and the key alone, and what `elections` signs proves one voter of one
// election.
import { expect, test } from 'vitest';
import {
  activationName,
  activationProofOf,
  activationSigners,
  activationUse,
  deviceDigest,
  isForDevice,
  openActivation,
  provesActivation,
  sealActivation,
} from '../../../../src/platform/keys/activations.ts';
import { hashKey } from '../../../../src/platform/keys/keyed-hash.ts';
import { newKeyFiles, newSecret, newSigningJwk, publicJwk } from '../../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../../src/platform/keys/signatures.ts';

const keys = newKeyFiles();
const signer = signingKey(keys.elections.caller);
const signers = activationSigners(keys.public.callers);
const key = hashKey(newSecret());
const code = '2J7K9QXAW4M0';
const voter = { electionId: 'library-2026', identity: newSecret(), phoneKey: newSecret() };
const atMs = 1_800_000_059_999;
const proof = activationProofOf(signer, voter, atMs);
const activation = { ...voter, expiresAtMs: atMs + 600_000, proof };

test('A sealed activation opens with its code and key, and with no other', () => {
  const sealed = sealActivation(key, code, activation);
  expect(openActivation(key, code, sealed)).toEqual(activation);
  expect(sealed).not.toBe(sealActivation(key, code, activation));
  expect(openActivation(key, '2J7K9QXAW4M1', sealed)).toBeNull();
  expect(openActivation(hashKey(newSecret()), code, sealed)).toBeNull();
  for (const other of ['', 'AAAA', sealed.slice(4), `${sealed.slice(0, -4)}AAAA`]) {
    expect(openActivation(key, code, other)).toBeNull();
  }
});

test('An activation is for the devices whose digests it has, and for each where it has no list', () => {
  const first = newSecret();
  const second = newSecret();
  const devices = [first, second].map((secret) => deviceDigest(secret).toString('base64url'));
  const sealed = openActivation(key, code, sealActivation(key, code, { ...activation, devices }));
  expect(sealed?.devices).toEqual(devices);
  for (const secret of [first, second]) expect(isForDevice(sealed!, secret)).toBe(true);
  for (const secret of [newSecret(), undefined, '', devices[0]]) expect(isForDevice(sealed!, secret)).toBe(false);
  expect(isForDevice({ ...activation, devices: [] }, first)).toBe(false);
  expect(isForDevice(activation, undefined)).toBe(true);
});

test('Nothing that is stored shows the code, the voter or the attempt of a client', () => {
  const attempt = newSecret();
  const stored = [sealActivation(key, code, activation), activationName(key, code), activationUse(key, code, attempt)];
  for (const secret of [code, voter.identity, voter.phoneKey, attempt]) {
    expect(stored.join(' ')).not.toContain(secret);
  }
  expect(activationName(key, code)).not.toBe(activationName(hashKey(newSecret()), code));
  expect(activationUse(key, code, attempt)).not.toBe(activationUse(key, code, newSecret()));
});

test('A proof has whole minutes and is good for its voter, election and minute alone', () => {
  expect(proof.verifiedAtMs).toBe(1_800_000_000_000);
  expect(provesActivation(signers, proof, voter)).toBe(true);
  const others = { electionId: 'library-2027', identity: newSecret(), phoneKey: newSecret() };
  for (const [part, other] of Object.entries(others)) {
    expect(provesActivation(signers, proof, { ...voter, [part]: other }), part).toBe(false);
  }
  expect(provesActivation(signers, { ...proof, verifiedAtMs: proof.verifiedAtMs + 60_000 }, voter)).toBe(false);
  expect(provesActivation(signers, { ...proof, signature: 'A'.repeat(86) }, voter)).toBe(false);
});

test('Only elections signs activations, also with a key that is announced or from before', () => {
  for (const jwk of [keys.api.caller, keys.officials.caller, keys.elections.publisher]) {
    expect(provesActivation(signers, activationProofOf(signingKey(jwk), voter, atMs), voter)).toBe(false);
  }
  const impostor = newSigningJwk('elections');
  expect(provesActivation(signers, activationProofOf(signingKey(impostor), voter, atMs), voter)).toBe(false);
  const next = newSigningJwk('elections.two');
  const both = activationSigners([...keys.public.callers, publicJwk(next)]);
  expect(provesActivation(both, activationProofOf(signingKey(next), voter, atMs), voter)).toBe(true);
  expect(provesActivation(both, proof, voter)).toBe(true);
});
