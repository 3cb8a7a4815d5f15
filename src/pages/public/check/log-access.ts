// The files of a log, from this site, and Ed25519 of the browser. Nothing is sent but the names of files.
import { readOrigin } from '../../../domain/record/manifest.ts';
import { base64urlOf } from '../../../domain/record/bytes.ts';
import type { LogAccess } from './find-receipt.ts';

/** Longest wait for a file, in milliseconds, and the largest that is read, in bytes. */
const fileMsMax = 20_000;
const fileBytesMax = 8_000_000;

export function logAccess(origin: string): LogAccess {
  const { electionId = '', manifestHash = new Uint8Array() } = readOrigin(origin) ?? {};
  return {
    nowMs: Date.now(),
    read: (path) => readFile(`/log/${electionId}/${base64urlOf(manifestHash)}/${path}`),
    async verify(publicKey, bytes, signature) {
      const key = await crypto.subtle.importKey('raw', new Uint8Array(publicKey), 'Ed25519', false, ['verify']);
      return crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(bytes));
    },
  };
}

async function readFile(address: string): Promise<Uint8Array | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), fileMsMax);
  try {
    // Asked for again each time: a list of places from before would lack new entries.
    const response = await fetch(address, { signal: late.signal, credentials: 'omit', cache: 'no-cache' });
    const bytes = response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
    return bytes && bytes.length <= fileBytesMax ? bytes : null;
  } finally {
    clearTimeout(timer);
  }
}
