// The code of an activation: an official shows it to a voter without a phone, who types it at a polling station's device.
import { checkCharacters, checkedCode, readCheckedCode } from './checked-code.ts';

/** Characters of a code without those that check it: 50 bits, drawn by chance. */
const dataCharacters = 10;
const codeCharacters = dataCharacters + checkCharacters;
/** Random bytes of which a code is made. */
export const activationCodeBytes = 7;

/** The code of random bytes: 12 characters without spaces. */
export const activationCodeOf = (bytes: Uint8Array): string => checkedCode(bytes, dataCharacters);

/** The code as it is made, from what a person typed or a scanner read; null if a character is wrong. */
export function readActivationCode(text: string): string | null {
  const read = readCheckedCode(text, codeCharacters);
  return read.kind === 'code' ? read.code : null;
}
