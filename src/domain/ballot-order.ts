// The order of options by lot. Anyone with the seed and the ids of the options can reproduce the order with the tools
// of any system: `printf 'seed\nid' | sha256sum` for each option, and sort the hashes. Nothing is drawn here.

/** The text that is hashed (SHA-256, in UTF-8) for one option. */
export const lotText = (seed: string, optionId: string): string => `${seed}\n${optionId}`;

/** Ids of options in the order of their lots: ascending by the hash, in lower-case hexadecimal. */
export function orderOfLots(lots: ReadonlyMap<string, string>): readonly string[] {
  return [...lots].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([id]) => id);
}
