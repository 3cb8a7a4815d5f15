// Bytes of the public log's formats, for Node and for browsers: joined, read, and as text.

/** Bytes that WebCrypto takes too. */
export type Bytes = Uint8Array<ArrayBuffer>;
/** SHA-256 of bytes. The domain has no cryptography, so its callers pass this. */
export type HashFunction = (bytes: Uint8Array) => Uint8Array;
/** An Ed25519 signature (RFC 8032, 64 bytes) over bytes. */
export type SignFunction = (bytes: Uint8Array) => Uint8Array;

/** Size of a hash, a tag and a key, in bytes. */
export const hashBytes = 32;
/** Size of an Ed25519 signature, in bytes. */
export const signatureBytes = 64;

/** Parts in a row. A text is its UTF-8 bytes. */
export function joinBytes(...parts: readonly (Uint8Array | string)[]): Bytes {
  const pieces = parts.map((part) => (typeof part === 'string' ? utf8Of(part) : part));
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** A whole number from 0 to 2^53 − 1, big-endian, in `size` bytes. */
export function uintBytes(value: number, size: number): Bytes {
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let at = size - 1; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** The big-endian number in `size` bytes from `at`. */
export function readUint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (const byte of bytes.subarray(at, at + size)) value = value * 256 + byte;
  return value;
}

/** Under 0, 0 or over 0, as `a` is before, equal to or after `b` in the order of bytes. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && compareBytes(a, b) === 0;

const encoder = new TextEncoder();
export const utf8Of = (text: string): Bytes => new Uint8Array(encoder.encode(text));

/** The text of UTF-8 bytes, or null where they are not UTF-8. */
export function textOfUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Standard base64 with padding (RFC 4648, section 4). */
export function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** base64url without padding (RFC 4648, section 5). */
export const base64urlOf = (bytes: Uint8Array): string =>
  base64Of(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

/** The bytes of standard base64 in its one canonical form, or null. */
export function bytesOfBase64(text: string): Bytes | null {
  try {
    const binary = atob(text);
    if (btoa(binary) !== text) return null;
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The bytes of base64url without padding in its one canonical form, or null. */
export function bytesOfBase64url(text: string): Bytes | null {
  if (!/^[\w-]*$/.test(text)) return null;
  const standard = text.replace(/-/g, '+').replace(/_/g, '/');
  return bytesOfBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}

/** Lower-case hexadecimal digits. */
export const hexadecimalOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
