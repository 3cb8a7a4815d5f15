// The voter's ballot key. It is made and stored before the session begins, and the session gets its tag only: whatever proves
// the phone then proves a cast with this key and no other.
import { castTagPrefix } from '../../domain/cast-tag.ts';
import { keep } from './memory.ts';
import type { Memory } from './memory.ts';

const ballotKeyBytes = 32;

/**
 * The tag of this voter's key, for the session. The first time both are made; sessions that begin again have the same.
 * Browsers hash on pages that were loaded by HTTPS or from this machine.
 */
export async function castTagOf(memory: Memory): Promise<string> {
  if (memory.vote.castTag) return memory.vote.castTag;
  const key = crypto.getRandomValues(new Uint8Array(ballotKeyBytes));
  const bytes = new Uint8Array([...new TextEncoder().encode(castTagPrefix), ...key]);
  const castTag = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  // A ballot that an older page locked has another key, with which no session can cast now.
  keep(memory, { castTag, ballotKey: base64url(key), sending: undefined });
  return castTag;
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
