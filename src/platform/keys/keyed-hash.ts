// HMAC-SHA-256 (RFC 2104) for pseudonymous names. Unkeyed hashes of a number or a phone are not used anywhere, because
// all possible numbers can be tried.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { KeyRing } from '../../protocol/key-files.ts';

export type HashKey = KeyObject;

/** A key from its base64url text. */
export function hashKey(base64url: string): HashKey {
  return createSecretKey(base64url, 'base64url');
}

/** The keys of a ring by their ids, newest first. */
export function hashKeys(ring: KeyRing): ReadonlyMap<string, HashKey> {
  return new Map(ring.map(({ kid, key }) => [kid, hashKey(key)]));
}

/** The key under which a ring makes. Throws if the ring is empty. */
export function newestKey([newest]: KeyRing): HashKey {
  if (!newest) throw new Error('The key ring is empty.');
  return hashKey(newest.key);
}

/** The HMAC as 43 characters of base64url. */
export function keyedHash(key: HashKey, input: string): string {
  return createHmac('sha256', key).update(input).digest('base64url');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const first = Buffer.from(a);
  const second = Buffer.from(b);
  return first.length === second.length && timingSafeEqual(first, second);
}
