// SHA-256 over text that comes in parts: what a browser has of its own takes a whole file in memory, and is missing on
// plain HTTP. It names a batch before it is sent, so that the page can ask whether it is there; nothing is decided by it,
// for the service makes the name anew.
import { sha256 } from '@noble/hashes/sha2.js';

/** Characters that are collected before they are taken: text comes in rows, and work is done in blocks. */
const collectedMax = 65_536;

export type TextHash = {
  add(text: string): void;
  /** In base64url. Nothing can be added after it. */
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
