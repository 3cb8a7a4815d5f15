// Passwords that somebody else has seen: they open one login, which has to set another.
import { readableSecret } from './secret-tokens.ts';

/** Groups of four characters: 100 bits. */
const groups = 5;

/** Such as `qk4t-7wza-mmrd-2xpe-l5ch`: lower case, to be typed. */
export const oneTimePassword = (): string => readableSecret(groups).toLowerCase();
