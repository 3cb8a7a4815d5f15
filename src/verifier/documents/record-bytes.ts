// Bytes of the record: SHA-256 over joined parts, and base64 in its one strict form.
import { createHash } from 'node:crypto';

/** SHA-256 over the parts, one after another. Texts are hashed as UTF-8. */
export function hashParts(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Reads base64url without padding (RFC 4648, section 5). Null for any other text, also for one with spare bits. */
export function readBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** Reads base64 with padding (RFC 4648, section 4). Null for any other text, also for one with spare bits. */
export function readBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Reads UTF-8. Null for bytes that are not UTF-8. A byte order mark stays a character. */
export function readUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
