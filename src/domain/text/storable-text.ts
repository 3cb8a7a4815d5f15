// Texts that every part of the platform can hold. PostgreSQL's `text` has no NUL, and half of a surrogate pair has no
// form in UTF-8.

const unstorable = /[\0\p{Cs}]/u;

/** Whether a text has neither U+0000 nor half of a surrogate pair. */
export const isStorableText = (text: string): boolean => !unstorable.test(text);
