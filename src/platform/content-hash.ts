// Names a text or bytes by their content: equal ones have equal names.
import { createHash, hash } from 'node:crypto';

/** SHA-256 of a text or of bytes, in base64url. */
export const contentHash = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('base64url');

/** SHA-256 of bytes. In one call, which takes half the time: a tree has two hashes for each leaf. */
export const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');
