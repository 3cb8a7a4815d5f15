// How many elections the platform serves from memory. Current elections are open or upcoming (until two minutes after
// their end). Every reader keeps all of them, so their number is limited, and `elections` refuses an announcement beyond
// the limit. Ended elections have no limit: the last ones stay in Redis, and `ballots` has all of them as an archive.

/** Most current elections. `elections` refuses another announcement. */
export const currentElectionsMax = 2_000;
/** Most bytes of the documents of all current elections. `elections` refuses an announcement that exceeds them. */
export const currentBytesMax = 64 * 1_048_576;
/** Part of a limit from which on operators are warned. */
export const fullWarningShare = 0.9;

/** Most ended elections in the edge Redis, and most of their bytes. Those that changed first leave it. */
export const endedElectionsMax = 100;
export const endedBytesMax = 32 * 1_048_576;
/**
 * The same in the control Redis: longer, because officials may have to send a lost file again until the election is
 * counted.
 */
export const endedPaperElectionsMax = 1_000;
export const endedPaperBytesMax = 64 * 1_048_576;

/** Most elections that a reader takes from Redis. */
export const publicationsMax = currentElectionsMax + endedElectionsMax;

/**
 * The Redis hash of versions: one field per election id, the value is the hash of its publication's text. A reader that
 * has this version need not read the text again.
 */
export const publicationVersionsKey = 'publication-versions';
