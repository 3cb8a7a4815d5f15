// The files of a log, from this site, and Ed25519 of the browser. Nothing is sent but the names of files.
import { readOrigin } from '../../../domain/record/manifest.ts';
import { base64urlOf, joinBytes } from '../../../domain/record/bytes.ts';
import { BrokenLog } from './find-receipt.ts';
import type { LogAccess } from './find-receipt.ts';

/** Longest wait for a file, in milliseconds, and the largest that is read, in bytes: results may have as many. */
const fileMsMax = 20_000;
const fileBytesMax = 32_000_000;

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

/** Null where there is none. Without another answer nothing is known of it. */
async function readFile(address: string): Promise<Uint8Array | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), fileMsMax);
  try {
    // Asked for again each time: a list of places from before would lack new entries.
    const response = await fetch(address, { signal: late.signal, credentials: 'omit', cache: 'no-cache' });
    if (response.status === 404) return null;
    if (!response.ok || !response.body) throw new Error(String(response.status));
    return await boundedBytes(response.body.getReader());
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}

async function boundedBytes(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joinBytes(...parts);
    length += value.length;
    if (length > fileBytesMax) throw new BrokenLog();
    parts.push(value);
  }
}
