// The names of an election's log: the hash of its manifest, the origin that ends in it, and the form in which people
// compare it.
import { base64urlOf, bytesOfBase64url, hashBytes, hexadecimalOf, joinBytes } from './bytes.ts';
import type { Bytes } from './bytes.ts';

/** What the hash M of a manifest is of: its RFC 8785 form behind a prefix. */
export const manifestHashBytes = (canonicalText: string): Bytes => joinBytes('popvote/manifest/v1\0', canonicalText);

/** The name of a log, and its address without `https://`. `host` may have a port. */
export const logOriginOf = (host: string, electionId: string, manifestHash: Uint8Array): string =>
  `${host}/log/${electionId}/${base64urlOf(manifestHash)}`;

/** The parts of an origin, or null where a text is none. */
export function readOrigin(
  origin: string,
): { readonly host: string; readonly electionId: string; readonly manifestHash: Uint8Array } | null {
  const [host = '', log, electionId = '', hash = '', ...rest] = origin.split('/');
  const manifestHash = bytesOfBase64url(hash);
  if (host === '' || log !== 'log' || electionId === '' || rest.length > 0) return null;
  return manifestHash?.length === hashBytes ? { host, electionId, manifestHash } : null;
}

/** M as it is printed and compared: 64 hexadecimal digits in groups of four. */
export const groupsOfHash = (manifestHash: Uint8Array): string =>
  hexadecimalOf(manifestHash).replace(/(.{4})(?=.)/g, '$1 ');
