// The kinds of phone lines that an election may admit. Lines that cost their callers more, cost them nothing, or belong to no
// country, such as those of satellites, are never admitted.
export const phoneLines = ['mobile', 'fixed', 'voip'] as const;
export type PhoneLine = (typeof phoneLines)[number];
/** Where an election names countries and no kinds of lines. */
export const phoneLinesDefault: readonly PhoneLine[] = ['mobile'];
