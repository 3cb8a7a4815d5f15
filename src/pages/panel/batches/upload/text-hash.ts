// SHA-256 over text that arrives in parts. The browser's own digest needs the whole file in memory and is missing on
// plain HTTP. The hash is the batch ID, so that the page can ask for the batch before the upload; the service computes
// it again.
import { sha256 } from '@noble/hashes/sha2.js';

/** Characters per block: text arrives in rows, and hashing works in blocks. */
const collectedMax = 65_536;

export type TextHash = {
  add(text: string): void;
  /** The hash in base64url. No text can be added after it. */
  finish(): string;
};

export function createTextHash(): TextHash {
  const hash = sha256.create();
  const encoder = new TextEncoder();
  let text = '';
  const flush = (): void => {
    hash.update(encoder.encode(text));
    text = '';
  };
  return {
    add(more) {
      text += more;
      if (text.length >= collectedMax) flush();
    },
    finish() {
      flush();
      return btoa(String.fromCharCode(...hash.digest()))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, '');
    },
  };
}
