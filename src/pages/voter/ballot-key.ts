// The voter's ballot key. A session gets its tag only: whatever proves the phone then proves a cast with this key and no other.
import { castTagPrefix } from '../../domain/cast-tag.ts';
import type { Memory, StoredVote } from './memory.ts';

const ballotKeyBytes = 32;

/**
 * The key for a new session, with its tag: a new key, because a tab may be duplicated for another person. Only a ballot that is
 * being sent keeps its key, for the person who cast it in this page. Otherwise it is no longer sent.
 * Browsers hash on pages that were loaded by HTTPS or from this machine.
 */
export async function castKeyFor(person: string, { vote, person: before }: Memory): Promise<StoredVote> {
  if (vote.sending && person === before) return {};
  const key = crypto.getRandomValues(new Uint8Array(ballotKeyBytes));
  const bytes = new Uint8Array([...new TextEncoder().encode(castTagPrefix), ...key]);
  const castTag = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  return { castTag, ballotKey: base64url(key), sending: undefined };
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
