// Recovery codes: shown once, with the first second factor of a user and with each authenticator. The database has keyed
// hashes of the unused ones.
import { readableSecret } from '../secret-tokens.ts';
import type { SecretTokens } from '../secret-tokens.ts';

const recoveryCodesPerUser = 10;
/** Groups of four characters in a recovery code: 80 bits. */
const recoveryGroups = 4;

export type RecoveryCodeMaker = {
  /** New codes for a user, and what the database stores of them. */
  make(user: string): { readonly texts: string[]; readonly tags: Buffer[] };
  /** One under each key. `code` without separators, in upper case. */
  tagsOf(user: string, code: string): readonly Buffer[];
};

export function createRecoveryCodes(tokens: SecretTokens): RecoveryCodeMaker {
  // The tag includes the user: the same text is a different code for another user.
  const textOf = (user: string, code: string): string => `${user}|${code}`;
  return {
    make(user) {
      const texts = Array.from({ length: recoveryCodesPerUser }, () => readableSecret(recoveryGroups));
      return { texts, tags: texts.map((text) => tokens.tag('recovery', textOf(user, text.replaceAll('-', '')))) };
    },
    tagsOf: (user, code) => tokens.each.map((keyed) => keyed.tag('recovery', textOf(user, code))),
  };
}
