// How a voter proves a phone. text-in: the voter texts a code to us. code: we text a code to the voter, who types it.
// text-in-confirmed: the voter texts a code to us, and then types the code that we text back.
export const verificationMethods = ['text-in', 'code', 'text-in-confirmed'] as const;
export type VerificationMethod = (typeof verificationMethods)[number];
/** Longest contact in a notice to a phone, in characters: it is part of a text message. */
export const noticeContactCharactersMax = 60;

type Methods = readonly VerificationMethod[];

/** Whether voters send texts. */
export const receivesTexts = (methods: Methods): boolean => methods.some((method) => method !== 'code');
/** Whether voters get codes. */
export const sendsCodes = (methods: Methods): boolean => methods.some((method) => method !== 'text-in');

/** Why an election cannot have these methods, or null. */
export function faultOfMethods(methods: Methods): string | null {
  if (!receivesTexts(methods)) {
    return 'Codes to one phone are few, and anyone can ask for them. Let voters text in too: add a way in which they text us a code.';
  }
  if (methods.includes('text-in') && methods.includes('text-in-confirmed')) {
    return 'Where a text alone proves a phone (text-in), the code back (text-in-confirmed) protects no one. Leave one out.';
  }
  return null;
}

/** Whether one failure stops all voters although another method would let some vote. A code back needs both ways itself. */
export const lacksOtherWay = (methods: Methods): boolean =>
  methods.length === 1 && !methods.includes('text-in-confirmed');
