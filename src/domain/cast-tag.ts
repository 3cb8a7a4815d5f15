// The client's promise of one ballot key, made before the session begins.

/** A castTag is the SHA-256 of these characters, as bytes, and the ballot key. */
export const castTagPrefix = 'popvote/cast-tag/v2\0';
