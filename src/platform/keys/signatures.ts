// Ed25519 signatures (RFC 8032) over the RFC 8785 form of a JSON value. They make a public document verifiable by
// outsiders in any language.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { PrivateJwk, PublicJwk } from '../../protocol/key-files.ts';

export type Signature = { kid: string; alg: 'EdDSA'; value: string };
export type SigningKey = { readonly kid: string; readonly key: KeyObject };
/** Public keys by kid. */
export type VerificationKeys = ReadonlyMap<string, KeyObject>;

export function signingKey(jwk: PrivateJwk): SigningKey {
  return { kid: jwk.kid, key: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

export function verificationKeys(jwks: readonly PublicJwk[]): VerificationKeys {
  return new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
}

/** Signs the RFC 8785 form of a value. */
export function signValue({ kid, key }: SigningKey, value: unknown): Signature {
  return { kid, alg: 'EdDSA', value: sign(null, canonicalBytes(value), key).toString('base64url') };
}

/** Whether the signature is by one of the keys and over exactly this value. Never throws, whatever the input. */
export function valueIsSigned(keys: VerificationKeys, value: unknown, signature: Signature): boolean {
  const key = keys.get(signature.kid);
  if (key === undefined) return false;
  try {
    return verify(null, canonicalBytes(value), key, Buffer.from(signature.value, 'base64url'));
  } catch {
    return false; // no RFC 8785 form: JSON.parse reads 1e400 as Infinity and keeps lone surrogates
  }
}

/** The RFC 8785 form of a value: what is signed and hashed. Throws where it has none. */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('A value without a JSON form cannot be signed or stored.');
  return text;
}

const canonicalBytes = (value: unknown): Buffer => Buffer.from(canonicalText(value));
