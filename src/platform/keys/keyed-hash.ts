// HMAC-SHA-256 (RFC 2104) for pseudonymous names. There is no unkeyed hash of a number or a phone anywhere: the few
// numbers that exist can all be tried.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type HashKey = KeyObject;

/** A key from its base64url text. */
export function hashKey(base64url: string): HashKey {
  return createSecretKey(base64url, 'base64url');
}

/** The HMAC as 43 characters of base64url. */
export function keyedHash(key: HashKey, input: string): string {
  return createHmac('sha256', key).update(input).digest('base64url');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
