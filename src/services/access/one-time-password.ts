// One-time passwords. Another person has seen them, so they work for one login, which must set a new password.
import { readableSecret } from './secret-tokens.ts';

/** Groups of four characters: 100 bits. */
const groups = 5;

/** For example `qk4t-7wza-mmrd-2xpe-l5ch`: lower case, easy to type. */
export const oneTimePassword = (): string => readableSecret(groups).toLowerCase();
