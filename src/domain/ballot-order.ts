// The order of options by lot. Anyone who knows the seed and the ids of the options can draw the same order again with the
// tools of any system: `printf 'seed\nid' | sha256sum` for each option, and sort what comes out. Nothing is drawn here.

/** What is hashed (SHA-256, in UTF-8) for one option. */
export const lotText = (seed: string, optionId: string): string => `${seed}\n${optionId}`;

/** Ids of options in the order that their lots give: ascending by the hash, in lower-case hexadecimal. */
export function orderOfLots(lots: ReadonlyMap<string, string>): readonly string[] {
  return [...lots].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([id]) => id);
}
