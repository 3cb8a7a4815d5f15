// Names a text by its content: equal texts have equal names.
import { createHash } from 'node:crypto';

/** SHA-256 of a text, in base64url. */
export const contentHash = (text: string): string => createHash('sha256').update(text).digest('base64url');
