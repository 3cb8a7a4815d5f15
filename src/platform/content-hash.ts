// Names a text or bytes by their content: equal ones have equal names.
import { hash } from 'node:crypto';

/** SHA-256 of a text or of bytes, in base64url. */
export const contentHash = (content: string | Buffer): string => hash('sha256', content, 'base64url');

/** SHA-256 of bytes, or of a text in UTF-8. In one call, which takes half the time: a tree has two hashes for each leaf. */
export const sha256 = (content: Uint8Array | string): Buffer => hash('sha256', content, 'buffer');
