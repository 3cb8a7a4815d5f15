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
  /** `code` without separators, in upper case. */
  tagOf(user: string, code: string): Buffer;
};

export function createRecoveryCodes(tokens: SecretTokens): RecoveryCodeMaker {
  // The tag includes the user: the same text is a different code for another user.
  const tagOf = (user: string, code: string): Buffer => tokens.tag('recovery', `${user}|${code}`);
  return {
    make(user) {
      const texts = Array.from({ length: recoveryCodesPerUser }, () => readableSecret(recoveryGroups));
      return { texts, tags: texts.map((text) => tagOf(user, text.replaceAll('-', ''))) };
    },
    tagOf,
  };
}
