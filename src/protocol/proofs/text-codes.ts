// The codes that voters text in, as `sms` makes them and `ballots` computes them again. A code is for one phone, one binding
// and one step of time, under a key that `api` does not have.

/** Digits of a code that a voter texts in. */
export const textInCodeDigits = 8;
/** Step of time of a code, in milliseconds. A text proves a code of its own step and of the one before. */
export const textCodeStepMs = 900_000;

export type CodeFor = { readonly phoneKey: string; readonly binding: string };

/** The step of time of a moment. */
export const textCodeStep = (atMs: number): number => Math.floor(atMs / textCodeStepMs);

/** What a code is the keyed hash of. */
export function textCodeBytes({ phoneKey, binding }: CodeFor, step: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(step));
  return Buffer.concat([
    Buffer.from('popvote/text-code/v2\0', 'latin1'),
    Buffer.from(phoneKey, 'base64url'),
    Buffer.from(binding, 'base64url'),
    time,
  ]);
}

/** The digits of a code, from the keyed hash. */
export function textCodeDigits(hash: Buffer): string {
  const number = hash.readBigUInt64BE() % 10n ** BigInt(textInCodeDigits);
  return number.toString().padStart(textInCodeDigits, '0');
}

/** What the tag of a code is the keyed hash of. Redis and tokens have the tag, and never the code. */
export const codeTagText = (code: string): string => `popvote/code-tag/v2|${code}`;
