// The voter's ballot key. It is made and stored before the session begins, and the session gets its tag only: whatever proves
// the phone then proves a cast with this key and no other.
import { castTagPrefix } from '../../domain/cast-tag.ts';
import { keep } from './memory.ts';
import type { Memory } from './memory.ts';

const ballotKeyBytes = 32;

/** The key of this voter. Sessions that begin again have the same. */
export function ballotKeyOf(memory: Memory): string {
  const { ballotKey = memory.vote.sending?.ballotKey } = memory.vote;
  const key = ballotKey ?? base64url(crypto.getRandomValues(new Uint8Array(ballotKeyBytes)));
  if (key !== memory.vote.ballotKey) keep(memory, { ballotKey: key });
  return key;
}

/** The tag of a key. Browsers hash on pages that were loaded by HTTPS or from this machine. */
export async function castTagOf(ballotKey: string): Promise<string> {
  const key = atob(ballotKey.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = Uint8Array.from(castTagPrefix + key, (character) => character.charCodeAt(0));
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
