// The codes that voters text in, under the key ring of `sms` and `ballots`: `sms` makes a code and its tag, and `ballots`
// finds out whether a tag is that of a code for this phone and binding. No code is stored.
import { createHmac } from 'node:crypto';
import type { KeyRing } from '../../protocol/key-files.ts';
import { codeTagText, textCodeBytes, textCodeDigits, textCodeStep } from '../../protocol/proofs/text-codes.ts';
import type { CodeFor } from '../../protocol/proofs/text-codes.ts';
import { hashKey, keyedHash, sameText } from './keyed-hash.ts';
import type { HashKey } from './keyed-hash.ts';

/** A text proves codes of the step in which it came, and of so many steps before: a code lives as long as one step. */
const stepsBack = 1;

export type TextCodes = {
  /** The code of this phone and binding at this moment, under the newest key, and its tag. */
  make(use: CodeFor, atMs: number): { readonly code: string; readonly codeTag: string };
  /** The tags of a code, one for each key. The sender of a code does not know its key. */
  tagsOf(code: string): string[];
  /** Whether the tag is that of a code for this phone and binding, in a text that came at this moment. */
  isTagFor(codeTag: string, use: CodeFor, atMs: number): boolean;
};

/** Throws if the ring is empty. */
export function createTextCodes(ring: KeyRing): TextCodes {
  const keys = ring.map(({ key }) => hashKey(key));
  const [newest] = keys;
  if (!newest) throw new Error('The ring of keys for codes is empty.');
  const tagOf = (key: HashKey, code: string): string => keyedHash(key, codeTagText(code));
  const codeOf = (key: HashKey, use: CodeFor, step: number): string =>
    textCodeDigits(createHmac('sha256', key).update(textCodeBytes(use, step)).digest());
  return {
    make(use, atMs) {
      const code = codeOf(newest, use, textCodeStep(atMs));
      return { code, codeTag: tagOf(newest, code) };
    },
    tagsOf: (code) => keys.map((key) => tagOf(key, code)),
    isTagFor(codeTag, use, atMs) {
      const step = textCodeStep(atMs);
      return keys.some((key) => {
        for (let back = 0; back <= stepsBack; back += 1) {
          if (sameText(tagOf(key, codeOf(key, use, step - back)), codeTag)) return true;
        }
        return false;
      });
    },
  };
}
